"""Ranking: three legs score statements, statements score firms. The rule is documented in docs/ranking.md.

Legs are normalised here, never by an engine, so that every engine ranks the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.base import Candidates, Floats, Rows
from search.snapshot.columns import SnapshotColumns


@dataclass(frozen=True)
class Weights:
    """Share of each leg in a statement's score, and how further statements of a firm add up.

    `field_only` is what a statement in a sought field counts beside one with the concept, `broader` one with a
    wider concept, `context` one with a concept of a field that is not meant; `named` weighs the words of the sought
    concepts' names, `sense` their share of the embedding; `literal` is what a firm gains that says all of several words
    in one statement, and `wish` what a firm gains in a place that is preferred and does not filter.

    Chosen on the development needs by `python -m lab.evaluation.tune` (docs/evaluation.md).
    """

    words: float = 0.25
    meaning: float = 0.35
    concepts: float = 0.40
    further: float = 0.5
    field_only: float = 0.4
    broader: float = 0.7
    context: float = 0.2
    named: float = 1.0
    sense: float = 0.5
    literal: float = 0.4
    wish: float = 0.15


DEFAULT_WEIGHTS: Final = Weights()
_STATEMENTS_THAT_COUNT: Final = 4


@dataclass(frozen=True)
class Scores:
    """The statements that any leg found: their `rows`, in order, the legs in [0, 1] and their weighted sum."""

    rows: Rows
    words: Floats
    meaning: Floats
    concepts: Floats
    total: Floats

    def of(self, leg: Floats, rows: Rows) -> Floats:
        """What a leg gives the statements in `rows`; zero where none found them."""
        places = np.minimum(np.searchsorted(self.rows, rows), max(len(self.rows) - 1, 0))
        if not len(self.rows):
            return np.zeros(len(rows), np.float32)
        return np.where(self.rows[places] == rows, leg[places], np.float32(0))


def score_statements(
    columns: SnapshotColumns,
    lexical: Candidates,
    dense: Candidates,
    concepts: Mapping[str, float],
    fields: Mapping[str, float],
    weights: Weights = DEFAULT_WEIGHTS,
) -> Scores:
    """Score the statements found; `concepts` and `fields` are what is sought, each with a score in [0, 1]."""
    leg = concept_leg(columns, concepts, fields, weights)
    found = leg > 0
    found[lexical.rows] = found[dense.rows] = True
    rows = np.flatnonzero(found).astype(np.int32)
    words = _spread(lexical, rows, floor=0.0)
    meaning = _spread(dense, rows, floor=None)
    tagged = leg[rows]
    total = weights.words * words + weights.meaning * meaning + weights.concepts * tagged
    return Scores(rows, words, meaning, tagged, (total * columns.statement_weight[rows]).astype(np.float32))


def concept_leg(
    columns: SnapshotColumns, concepts: Mapping[str, float], fields: Mapping[str, float], weights: Weights
) -> Floats:
    """By statement row (all of them) its best sought concept, or its field's score at a lower weight."""
    leg = np.zeros(len(columns.firm_of), np.float32)
    for postings, sought, factor in ((columns.fields, fields, weights.field_only), (columns.concepts, concepts, 1.0)):
        for name, score in sought.items():
            rows = postings.of(name)
            leg[rows] = np.maximum(leg[rows], factor * score)
    return leg


def score_firms(firms: Rows, scores: Floats, size: int, weights: Weights = DEFAULT_WEIGHTS) -> Floats:
    """Every firm's score, of `size` firms: its best statement, plus each further one at a falling share (saturation).

    The n-th best of a firm counts `further ** n`, up to four, so that 500 patents cannot flood a page. `scores` are
    those of statements, at least 0, and `firms` whose each is.
    """
    # A score that is not negative is ordered as its bits are: firm and score in one number are sorted many times
    # faster than one by the other.
    packed = firms.astype(np.uint64) << np.uint64(32) | ~scores.astype(np.float32).view(np.uint32)
    packed.sort()
    firms, best = (packed >> np.uint64(32)).astype(np.int32), (~packed.astype(np.uint32)).view(np.float32)
    starts = np.flatnonzero(np.diff(firms, prepend=-1))
    place = np.arange(len(firms)) - np.repeat(starts, np.diff(starts, append=len(firms)))
    found = np.zeros(size, np.float32)
    for nth in range(_STATEMENTS_THAT_COUNT):
        at = place == nth
        found[firms[at]] += np.float32(weights.further**nth) * best[at]
    return found / np.float32(sum(weights.further**n for n in range(_STATEMENTS_THAT_COUNT)))


def ordered(
    columns: SnapshotColumns,
    scores: Floats,
    rows: Rows,
    first: int | None = None,
    precedence: npt.NDArray[np.int8] | None = None,
) -> Rows:
    """These firm rows by `precedence` (per firm row, larger first) and score, or the first so many of them; ties by
    completeness of the record, then by firm id.
    """
    if precedence is not None:
        scores = scores + 2 * precedence.astype(np.float32)
    if first is not None and first < len(rows):
        own = scores[rows]
        rows = rows[own >= np.partition(own, len(rows) - first - 1)[len(rows) - first - 1]]
    complete = columns.statement_count[rows]
    return rows[np.lexsort((rows, -complete, -scores[rows]))][:first].astype(np.int32)


def _spread(found: Candidates, rows: Rows, floor: float | None) -> Floats:
    """Candidates' scores scaled to [0, 1], by the rows they are among; `floor` None takes the lowest score."""
    leg = np.zeros(len(rows), np.float32)
    if not len(found.rows):
        return leg
    low = float(found.scores.min()) if floor is None else floor
    span = float(found.scores.max()) - low
    leg[np.searchsorted(rows, found.rows)] = (found.scores - low) / span if span > 0 else 1.0
    return leg
