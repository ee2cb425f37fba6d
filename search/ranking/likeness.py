"""Firms that are like a description: what a firm does as a whole, against a text that says what some firm does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import simsimd

from search.engines.base import Candidates, Floats, Rows
from search.snapshot.columns import Mask, SnapshotColumns
from search.snapshot.vectors import matrix, vector_rows

Halves = npt.NDArray[np.float16]


@dataclass(frozen=True)
class LikenessWeights:
    """Shares of words and meaning, what the place adds, and what statements of each class add to their firm.

    Chosen on development firms by `python -m lab.evaluation.known_item` (docs/benchmarks.md, "Known item").
    """

    words: float = 0.25
    meaning: float = 0.75
    place: float = 0.3
    industry: float = 0.7
    hint: float = 0.3


_PART: Final = 100_000
"""Vectors at a time."""

DEFAULT_LIKENESS: Final = LikenessWeights()
LEAST_LIKENESS: Final = 0.2
"""Firms whose meaning is at least so near to a description's (cosine) count as like it."""


class Likeness:
    """Firms of one snapshot as wholes. Vectors and places are the lake's, so every engine ranks the same."""

    def __init__(self, columns: SnapshotColumns, weights: LikenessWeights = DEFAULT_LIKENESS) -> None:
        self._columns = columns
        self._weights = weights

    @cached_property
    def _share(self) -> Floats:
        """Per statement row what it adds to its firm."""
        shares = {"weak": self._weights.industry, "hint": self._weights.hint}
        classes = self._columns.statements["weight_class"]
        found: Floats = classes.replace_strict(shares, default=1.0, return_dtype=pl.Float32).to_numpy()
        return found

    @cached_property
    def _spoken(self) -> Rows:
        """Sorted rows of the firms that have a statement."""
        return np.unique(self._columns.firm_of)

    @cached_property
    def _vectors(self) -> Halves:
        """Unit vector of all that a firm says, shape (firms that have a statement, dimensions).

        Read a part at a time and kept as half floats: of a million firms all vectors at once would be the most memory
        that a server takes, and cosines are within a thousandth.
        """
        columns = self._columns
        embeddings, read = columns.snapshot.scan("embeddings"), columns.snapshot.collected
        hashes, one = read([embeddings.select("text_hash"), embeddings.select("vector").head(1)])
        vector_of = vector_rows(columns.statements["text"], hashes["text_hash"])
        firm = np.searchsorted(self._spoken, columns.firm_of).astype(np.int32)
        by_vector = np.argsort(vector_of, kind="stable")
        starts = range(0, hashes.height, _PART)
        bounds = np.searchsorted(vector_of[by_vector], [*starts, hashes.height])
        found = np.zeros((len(self._spoken), matrix(one["vector"]).shape[1]), np.float16)
        for start, (first, end) in zip(starts, pairwise(bounds), strict=True):
            part = read([embeddings.select("vector").slice(start, _PART)])[0]
            rows = np.sort(by_vector[first:end])
            said = matrix(part["vector"])[vector_of[rows] - start] * self._share[rows, None]
            _add_runs(found, firm[rows], said)
        for start in range(0, len(found), _PART):
            whole = found[start : start + _PART].astype(np.float32)
            norm = np.linalg.norm(whole, axis=1, keepdims=True)
            found[start : start + _PART] = np.divide(whole, norm, out=whole, where=norm > 0)
        return found

    def meaning(self, vector: Floats) -> Floats:
        """Cosine of every firm with a unit vector; zero of one that says nothing."""
        found = np.zeros(self._columns.size, np.float32)
        asked = vector[None].astype(np.float16)
        found[self._spoken] = simsimd.cdist(asked, self._vectors, metric="dot", out_dtype="float32")
        return found

    def words(self, lexical: Candidates) -> Floats:
        """Every firm's sum over its found statements, as a share of the best firm's."""
        found = np.zeros(self._columns.size, np.float32)
        np.add.at(found, self._columns.firm_of[lexical.rows], lexical.scores * self._share[lexical.rows])
        best = found.max(initial=0.0)
        return found / best if best > 0 else found

    def place(self, codes: Sequence[str]) -> Floats:
        """Half for a firm in a named province, and half more for one in the named city."""
        found = np.zeros(self._columns.size, np.float32)
        for code in codes:
            here = 0.5 * self._columns.firms_in(code[:2]).astype(np.float32)
            if len(code) > 2:
                here += 0.5 * self._columns.firms_in(code)
            found = np.maximum(found, here)
        return found

    def score(self, lexical: Candidates, meaning: Floats, places: Sequence[str]) -> Floats:
        """How like a description every firm is, from below 0 to 1."""
        weights = self._weights
        score = weights.words * self.words(lexical) + weights.meaning * meaning + weights.place * self.place(places)
        found: Floats = (score / (1 + weights.place)).astype(np.float32)
        return found


def alike(meaning: Floats) -> Mask:
    """The predicate of a description: firms whose meaning is near enough, whatever the engine finds."""
    return np.asarray(meaning >= LEAST_LIKENESS)


def _add_runs(found: Halves, places: Rows, added: Floats) -> None:
    """Add each row to that of `found` at its place; places are sorted. All firsts of a place, then all seconds, and so
    on: numpy is fast at many rows that go to different places.
    """
    starts = np.flatnonzero(np.diff(places, prepend=-1))
    counts = np.diff(np.append(starts, len(places)))
    for turn in range(counts.max(initial=0)):
        rows = starts[counts > turn] + turn
        found[places[rows]] += added[rows]
