"""Queries to one embedded index."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import tantivy

from search.engines.base import Candidates, Floats, LexicalQuery, Rows, TermGroup
from search.engines.quantised import QuantisedVectors

_FEW_FIRMS: Final = 4_000
"""Up to so many allowed firms are named to tantivy; more are filtered from a longer list."""

_SAMPLED: Final = 64
"""One of so many values tells from where on the largest are looked for."""

_SHORTLIST: Final = 2
"""So many times the candidates asked for are compared exactly after the scan of bytes."""


class EmbeddedEngine:
    """One opened index, memory-mapped: words through tantivy; all vectors are scanned as bytes, and those that come
    near are compared exactly, so that no filter or size costs recall.
    """

    def __init__(
        self, index: tantivy.Index, *, firm_of: Rows, vector_of: Rows, vectors: Floats, quantised: QuantisedVectors
    ) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()
        self._firm_of = firm_of
        self._firms = int(firm_of.max(initial=-1)) + 1
        self._vector_of = vector_of
        self._vectors = vectors
        self._quantised = quantised

    def lexical(self, query: LexicalQuery, limit: int, allowed: Rows | None = None) -> Candidates:
        if not query.weights or not len(self._firm_of):
            return Candidates.none()
        scored = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(token), weight))
                for token, weight in query.weights.items()
            ]
        )
        if allowed is None:
            return self._search(scored, limit)
        if len(allowed) <= _FEW_FIRMS:
            firms = tantivy.Query.term_set_query(self._schema, "firm", allowed.tolist())
            silent = tantivy.Query.const_score_query(firms, 0.0)
            both = [(tantivy.Occur.Must, scored), (tantivy.Occur.Must, silent)]
            return self._search(tantivy.Query.boolean_query(both), limit)
        return self._filtered(scored, limit, allowed)

    def dense(self, vector: Floats, limit: int, allowed: Rows | None = None) -> Candidates:
        if not len(self._vector_of):
            return Candidates.none()
        similarity = self._quantised.similarities(vector)[self._vector_of]
        rows = np.arange(len(similarity)) if allowed is None else np.flatnonzero(self._mask(allowed)[self._firm_of])
        near = rows[_largest(similarity[rows], _SHORTLIST * limit)]
        exact = self._vectors[self._vector_of[near]] @ vector
        top = _largest(exact, limit)
        return Candidates.ranked(near[top].astype(np.int32), exact[top])

    def matching_firms(self, query: LexicalQuery) -> Rows:
        if not query.groups or not len(self._firm_of):
            return np.empty(0, np.int32)
        words = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._group(group)) for group in query.groups],
            minimum_number_should_match=query.minimum,
        )
        found = self._search(tantivy.Query.const_score_query(words, 1.0), len(self._firm_of))
        return np.unique(self._firm_of[found.rows])

    def _mask(self, allowed: Rows) -> npt.NDArray[np.bool_]:
        """By firm row, up to the last firm that has a statement: may it be returned?"""
        mask = np.zeros(self._firms, np.bool_)
        mask[allowed[: np.searchsorted(allowed, self._firms)]] = True
        return mask

    def _term(self, token: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, "tokens", token, index_option="freq")

    def _group(self, group: TermGroup) -> tantivy.Query:
        alternatives = [
            tantivy.Query.boolean_query([(tantivy.Occur.Must, self._term(token)) for token in tokens])
            for tokens in group.alternatives
        ]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in alternatives])

    def _search(self, query: tantivy.Query, limit: int) -> Candidates:
        hits = self._searcher.search(query, limit=max(limit, 1), count=False).hits
        if not hits:
            return Candidates.none()
        scores = np.array([score for score, _ in hits], np.float32)
        rows = np.array(self._searcher.fast_field_values("row", [address for _, address in hits]), np.int32)
        return Candidates.ranked(rows, scores)

    def _filtered(self, query: tantivy.Query, limit: int, allowed: Rows) -> Candidates:
        """Ask for longer lists until enough of them is allowed."""
        ask, mask = limit * 4, self._mask(allowed)
        while True:
            found = self._search(query, ask)
            keep = mask[self._firm_of[found.rows]]
            if keep.sum() >= limit or len(found.rows) < ask:
                return Candidates(found.rows[keep][:limit], found.scores[keep][:limit])
            ask *= 4


def _largest(values: Floats, count: int) -> npt.NDArray[np.int64]:
    """Positions of the largest values, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    # A value that a sample holds for low enough leaves few to order, of a million or two.
    sample = values[::_SAMPLED]
    some = min(len(sample) - 1, 2 * count // _SAMPLED + 8)
    high = np.flatnonzero(values >= np.partition(sample, len(sample) - 1 - some)[len(sample) - 1 - some])
    if len(high) < count:
        high = np.arange(len(values))
    return high[np.argpartition(values[high], len(high) - count)[len(high) - count :]]
