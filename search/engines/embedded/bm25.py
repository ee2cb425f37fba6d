"""BM25 over an inverted index, and which statements have enough of the words; exact for any set of firms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.base import Candidates, Floats, Rows
from search.engines.embedded.inverted import InvertedIndex
from search.query import LexicalQuery, TermGroup

_LONG: Final = 50_000
"""Postings beyond which adding them costs more than finding out whether they can still matter."""

_ROUNDING: Final = 1.0001
"""Sums of the same parts in another order differ by less."""

_SAMPLED: Final = 64
"""One of so many values tells from where on the largest are looked for."""


@dataclass(frozen=True)
class _Term:
    """One token of a query: where its postings are, what it weighs, and the most that it can add."""

    postings: slice
    weight: np.float32
    most: float

    @property
    def is_long(self) -> bool:
        return bool(self.postings.stop - self.postings.start > _LONG)


class WordSearch:
    """Queries to one inverted index. Safe to use from several threads."""

    def __init__(self, index: InvertedIndex) -> None:
        self._index = index
        self._size = len(index.lengths)

    def best(self, weights: Mapping[str, float], limit: int, among: Rows | None = None) -> Candidates:
        """The best statements by the sum of their tokens' scores; `among` are the sorted rows of those that may be.

        Long postings come last; where those that are left cannot lift a new statement among the best, they are added
        to the ones that can still be among them only (MaxScore, Turtle and Flood 1995).
        """
        terms = self._terms(weights)
        to_come = np.cumsum([0.0, *(term.most for term in reversed(terms))])[::-1]
        scores = np.zeros(self._size, np.float32)
        least, done = 0.0, len(terms)
        for number, term in enumerate(terms):
            if term.is_long:
                least = least_of(_leading(scores, among)[1], limit) / _ROUNDING - to_come[number]
                if least > 0:
                    done = number
                    break
            scores[self._index.rows[term.postings]] += term.weight * self._index.shares[term.postings]
        rows, found = _leading(scores, among, max(least, 0.0))
        for term in terms[done:]:
            at, there = self._holding(rows, term.postings)
            found[at] += term.weight * self._index.shares[term.postings][there]
        top = largest(found, limit)
        return Candidates.ranked(rows[top], found[top])

    def matching(self, query: LexicalQuery) -> Rows:
        """Sorted rows of all statements that meet at least `query.minimum` of its groups."""
        met = np.zeros(self._size, np.uint16)
        for group in query.groups:
            met += self._meeting(group)
        return np.flatnonzero(met >= query.minimum).astype(np.int32)

    def _terms(self, weights: Mapping[str, float]) -> list[_Term]:
        terms = []
        for token, boost in weights.items():
            if (position := self._index.posting(token)) is not None:
                postings = self._index.span(position)
                holding = postings.stop - postings.start
                rarity = math.log(1 + (self._size - holding + 0.5) / (holding + 0.5))
                terms.append(_Term(postings, np.float32(boost * rarity), boost * rarity * self._index.peaks[position]))
        return sorted(terms, key=lambda term: (term.is_long, -term.most, term.postings.start))

    def _holding(self, rows: Rows, postings: slice) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Positions of those of the sorted `rows` that have a posting, and of their postings."""
        held = self._index.rows[postings]
        there = np.minimum(np.searchsorted(held, rows), len(held) - 1)
        at = np.flatnonzero(held[there] == rows)
        return at, there[at]

    def _meeting(self, group: TermGroup) -> npt.NDArray[np.bool_]:
        """By statement row: does it have all tokens of any alternative?"""
        met = np.zeros(self._size, np.bool_)
        for tokens in group.alternatives:
            met[self._having_all(tokens)] = True
        return met

    def _having_all(self, tokens: Sequence[str]) -> Rows:
        positions = [self._index.posting(token) for token in tokens]
        if not positions or None in positions:
            return np.empty(0, np.int32)
        spans = sorted(
            (self._index.span(position) for position in positions if position is not None),
            key=lambda span: span.stop - span.start,
        )
        rows: Rows = np.asarray(self._index.rows[spans[0]])
        for span in spans[1:]:
            rows = rows[self._holding(rows, span)[0]]
        return rows


def _leading(scores: Floats, among: Rows | None, least: float = 0.0) -> tuple[Rows, Floats]:
    """The rows that score more than `least`, with their scores."""
    if among is None:
        rows = np.flatnonzero(scores > least).astype(np.int32)
        return rows, scores[rows]
    found = scores[among]
    higher = found > least
    return among[higher], found[higher]


def largest(values: Floats, count: int) -> npt.NDArray[np.int64]:
    """Positions of the largest values, in order; of equal ones at the end the first."""
    if len(values) <= count:
        return np.arange(len(values))
    least = least_of(values, count)
    above = np.flatnonzero(values > least)
    return np.sort(np.append(above, np.flatnonzero(values == least)[: count - len(above)]))


def least_of(values: Floats, count: int) -> float:
    """The lowest of the `count` largest values; 0 where there are fewer."""
    if len(values) < count:
        return 0.0
    # A value that a sample holds for low enough leaves few to order, of a million or two.
    sample = values[::_SAMPLED]
    some = min(len(sample) - 1, 2 * count // _SAMPLED + 8)
    high = values[values >= np.partition(sample, len(sample) - 1 - some)[len(sample) - 1 - some]]
    if len(high) < count:
        high = values
    return float(np.partition(high, len(high) - count)[len(high) - count])
