"""Queries to one embedded index."""

from __future__ import annotations

from typing import Final

import numpy as np

from search.engines.base import Candidates, Floats, LexicalQuery, Rows
from search.engines.bm25 import WordSearch, largest
from search.engines.inverted import InvertedIndex
from search.engines.quantised import QuantisedVectors

_SHORTLIST: Final = 2
"""So many times the candidates asked for are compared exactly after the scan of bytes."""


class EmbeddedEngine:
    """One opened index, memory-mapped: all words and all vectors are scored, vectors as bytes and those that come near
    exactly, so that no filter or size costs recall.
    """

    def __init__(
        self, words: InvertedIndex, *, firm_of: Rows, vector_of: Rows, vectors: Floats, quantised: QuantisedVectors
    ) -> None:
        self._words = WordSearch(words)
        self._firm_of = firm_of
        self._firms = int(firm_of.max(initial=-1)) + 1
        self._starts = np.searchsorted(firm_of, np.arange(self._firms + 1))
        self._vector_of = vector_of
        self._vectors = vectors
        self._quantised = quantised
        self._allowed: tuple[Rows, Rows] | None = None

    def lexical(self, query: LexicalQuery, limit: int, allowed: Rows | None = None) -> Candidates:
        return self._words.best(query.weights, limit, None if allowed is None else self._statements_of(allowed))

    def dense(self, vector: Floats, limit: int, allowed: Rows | None = None) -> Candidates:
        if not len(self._vector_of):
            return Candidates.none()
        similarity = self._quantised.similarities(vector)[self._vector_of]
        rows = np.arange(len(similarity)) if allowed is None else self._statements_of(allowed)
        near = rows[largest(similarity[rows], _SHORTLIST * limit)]
        exact = self._vectors[self._vector_of[near]] @ vector
        top = largest(exact, limit)
        return Candidates.ranked(near[top].astype(np.int32), exact[top])

    def matching_firms(self, query: LexicalQuery) -> Rows:
        if not query.groups:
            return np.empty(0, np.int32)
        found = np.zeros(self._firms, np.bool_)
        found[self._firm_of[self._words.matching(query)]] = True
        return np.flatnonzero(found).astype(np.int32)

    def _statements_of(self, allowed: Rows) -> Rows:
        """Sorted rows of the statements of firms; both legs of a search ask for those of the same firms."""
        known = self._allowed
        if known is None or known[0] is not allowed:
            known = self._allowed = (allowed, self._spread(allowed))
        return known[1]

    def _spread(self, firms: Rows) -> Rows:
        firms = firms[: np.searchsorted(firms, self._firms)]
        starts, counts = self._starts[firms], self._starts[firms + 1] - self._starts[firms]
        skipped = starts - np.cumsum(counts) + counts
        return (np.repeat(skipped, counts) + np.arange(counts.sum())).astype(np.int32)
