"""Queries to one embedded index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.engines.arrays import ranges
from search.engines.base import Candidates, Floats, Rows
from search.engines.embedded.bm25 import WordSearch, largest
from search.engines.embedded.inverted import InvertedIndex
from search.engines.embedded.quantised import QuantisedVectors
from search.engines.embedded.vector_file import VectorFile
from search.query import LexicalQuery

_SPARE: Final = 100
"""So many more than the candidates asked for are compared exactly after the scan of bytes."""
_KEPT: Final = 8
"""Sets of firms of which it is known what they say."""


@dataclass(frozen=True)
class _Reach:
    """Sorted rows of some firms, of their statements, and of the vectors of these."""

    firms: Rows
    statements: Rows
    vectors: Rows


class EmbeddedEngine:
    """One opened index, memory-mapped: all words and all vectors are scored, vectors by their signs, those that come
    near as bytes and the nearest exactly, so that no filter or size costs recall.
    """

    def __init__(
        self, words: InvertedIndex, *, firm_of: Rows, vector_of: Rows, vectors: VectorFile, quantised: QuantisedVectors
    ) -> None:
        self._words = WordSearch(words)
        self._firm_of = firm_of
        self._firms = int(firm_of.max(initial=-1)) + 1
        self._starts = np.searchsorted(firm_of, np.arange(self._firms + 1))
        self._vector_of = vector_of
        self._by_vector = np.argsort(vector_of, kind="stable").astype(np.int32)
        self._vector_starts = np.append(0, np.cumsum(np.bincount(vector_of, minlength=len(vectors)))).astype(np.int32)
        self._vectors = vectors
        self._quantised = quantised
        self._reaches: tuple[_Reach, ...] = ()

    def lexical(self, query: LexicalQuery, limit: int, allowed: Rows | None = None) -> Candidates:
        return self._words.best(query.weights, limit, None if allowed is None else self._reach(allowed).statements)

    def dense(self, vector: Floats, limit: int, allowed: Rows | None = None) -> Candidates:
        near = self._quantised.shortlist(vector, None if allowed is None else self._reach(allowed).vectors)
        if not len(near):
            return Candidates.none()
        near = near[largest(self._quantised.similarities(vector, near), limit + _SPARE)]
        exact = self._vectors.of(near) @ vector
        best = largest(exact, limit)
        rows, of = self._with_vectors(near[best])
        if allowed is not None:
            may = _are_in(self._firm_of[rows], allowed)
            rows, of = rows[may], of[may]
        scores = exact[best][of]
        first = np.lexsort((rows, -scores))[:limit]
        return Candidates.ranked(rows[first], scores[first])

    def _with_vectors(self, vectors: Rows) -> tuple[Rows, Rows]:
        """Rows of the statements that have these vectors, and which of these each has."""
        starts, counts = self._vector_starts[vectors], self._vector_starts[vectors + 1] - self._vector_starts[vectors]
        return self._by_vector[ranges(starts, counts)], np.repeat(np.arange(len(vectors), dtype=np.int32), counts)

    def matching_firms(self, query: LexicalQuery) -> Rows:
        if not query.groups:
            return np.empty(0, np.int32)
        found = np.zeros(self._firms, np.bool_)
        found[self._firm_of[self._words.matching(query)]] = True
        return np.flatnonzero(found).astype(np.int32)

    def _reach(self, allowed: Rows) -> _Reach:
        """What firms say. Both legs of a search, and the next search with the same filters, ask for the same firms."""
        for known in self._reaches:
            if known.firms is allowed:
                return known
        firms = allowed[: np.searchsorted(allowed, self._firms)]
        statements = ranges(self._starts[firms], self._starts[firms + 1] - self._starts[firms])
        said = np.zeros(len(self._vectors), np.bool_)
        said[self._vector_of[statements]] = True
        found = _Reach(allowed, statements, np.flatnonzero(said).astype(np.int32))
        self._reaches = (found, *self._reaches)[:_KEPT]
        return found


def _are_in(values: Rows, among: Rows) -> npt.NDArray[np.bool_]:
    """Which of a few values are among many sorted ones."""
    found: npt.NDArray[np.bool_] = np.append(among, -1)[np.searchsorted(among, values)] == values
    return found
