"""Firms that are like a description: what a firm does as a whole, against a text that says what some firm does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from search.columns import Mask, SnapshotColumns
from search.engines.base import Candidates, Floats, Rows
from search.vectors import vectors_of


@dataclass(frozen=True)
class LikenessWeights:
    """Shares of words and meaning, what the place adds, and what statements of each class add to their firm.

    Chosen on development firms by `python -m search.evaluation.known_item` (docs/benchmarks.md, "Known item").
    """

    words: float = 0.25
    meaning: float = 0.75
    place: float = 0.3
    industry: float = 0.7
    hint: float = 0.3


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
    def _vectors(self) -> Floats:
        """Unit vector of all that a firm says, shape (firms that have a statement, dimensions)."""
        columns = self._columns
        embeddings = columns.snapshot.table("embeddings", ["text_hash", "vector"])
        vectors, vector_of = vectors_of(columns.statements["text"], embeddings)
        found = np.zeros((len(self._spoken), vectors.shape[1]), np.float32)
        firm = np.searchsorted(self._spoken, columns.firm_of)
        np.add.at(found, firm, vectors[vector_of] * self._share[:, None])
        norm = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Floats = np.divide(found, norm, out=found, where=norm > 0)
        return unit

    def meaning(self, vector: Floats) -> Floats:
        """Cosine of every firm with a unit vector; zero of one that says nothing."""
        found = np.zeros(self._columns.size, np.float32)
        found[self._spoken] = self._vectors @ vector
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
