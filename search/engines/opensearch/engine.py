"""Queries to one OpenSearch index, with the answers the embedded engine gives.

Words are scored by BM25 over our own tokens and vectors exactly, over the allowed firms; ties go by row.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from opensearchpy.exceptions import NotFoundError, TransportError

from search.engines.base import Candidates, EngineError, Floats, Rows
from search.engines.opensearch.client import Connection, in_words, is_passing
from search.query import LexicalQuery, TermGroup

_PAGE: Final = 10_000
"""Hits of one answer; OpenSearch's own limit by default."""
_MOST_CLAUSES: Final = 1_000
"""Terms of one query; OpenSearch refuses more than 1,024 by default. Longer ones are asked in parts."""
_MOST_FIRMS: Final = 60_000
"""Firms named in one clause; the limit by default is 65,536."""

_EXACT_STATEMENTS: Final = 200_000
"""Up to so many statements that may be found vectors are compared one by one; beyond, by the graph."""
_LOOKED_AT: Final = 1_000
"""Texts that the graph looks at, at least: with fewer it misses more of the nearest (docs/benchmarks.md)."""
_SPARE: Final = 1.5
"""So many times more texts are taken from the graph than it would take if filters left the same share everywhere."""

_PAUSES: Final = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between the tries while an index is being replaced."""

_FIRM_BITS: Final = {
    "init_script": "state.firms = new BitSet()",
    "map_script": "state.firms.set((int) doc['firm_row'].value)",
    "combine_script": "return state.firms.toLongArray()",
    "reduce_script": "return states",
}

Query = dict[str, Any]


class OpenSearchEngine:
    """One index of one snapshot. Safe to use from several threads.

    `firms` is one more than the largest firm row in the index, `statements` their number.
    """

    def __init__(
        self, connection: Connection, index: str, *, statements: int, firms: int,
        exact_statements: int = _EXACT_STATEMENTS,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._client = connection.client()
        self._index = index
        self._statements = statements
        self._firms = firms
        self._exact_statements = exact_statements

    def lexical(self, query: LexicalQuery, limit: int, allowed: Rows | None = None) -> Candidates:
        if not query.weights or not self._statements or (allowed is not None and not len(allowed)):
            return Candidates.none()
        terms = [{"term": {"tokens": {"value": token, "boost": weight}}} for token, weight in query.weights.items()]
        if len(terms) <= _MOST_CLAUSES:
            return _candidates(self._best(_any_of(terms, self._only(allowed)), limit))
        parts = [
            self._best(_any_of(part, self._only(allowed)), self._statements) for part in _parts(terms, _MOST_CLAUSES)
        ]
        return _summed(parts, limit)

    def dense(self, vector: Floats, limit: int, allowed: Rows | None = None) -> Candidates:
        if not self._statements or (allowed is not None and not len(allowed)):
            return Candidates.none()
        only = self._only(allowed)
        share = 1.0 if allowed is None else min(len(allowed) / self._firms, 1.0)
        if share * self._statements <= self._exact_statements:
            found, rows, _ = self._best(_exact(vector, only), limit)
        else:
            found, rows = self._by_graph(vector, limit, share, only)
        # Lucene's score of a product s is 1 + s for s >= 0 and 1 / (1 - s) below.
        scores = np.where(found >= 1, found - 1, 1 - 1 / found)
        return Candidates.ranked(rows, scores)

    def _by_graph(self, vector: Floats, limit: int, share: float, only: list[Query]) -> tuple[Floats, Rows]:
        """The nearest texts by the index's graph, and the best statements of allowed firms that have one of them;
        `share` of the statements are of allowed firms.
        """
        wanted = min(math.ceil(_SPARE * limit / share), _PAGE)
        query = {"knn": {"text_vector": {"vector": vector.tolist(), "k": min(max(wanted, _LOOKED_AT), _PAGE)}}}
        body = {"query": query, "size": wanted, "sort": [{"_score": "desc"}, {"row": "asc"}, {"text.keyword": "asc"}]}
        texts = self._sorted(body)
        if not texts:
            return np.empty(0, np.float32), np.empty(0, np.int32)
        having = [{"constant_score": {"filter": _having(text, row), "boost": score}} for score, row, text in texts]
        parts = [self._best(_any_of(part, only), limit) for part in _parts(having, _MOST_CLAUSES)]
        found, rows = (np.concatenate([part[column] for part in parts]) for column in (0, 1))
        first = np.lexsort((rows, -found))[:limit]
        return found[first], rows[first]

    def matching_firms(self, query: LexicalQuery) -> Rows:
        groups = [clause for group in query.groups if (clause := _group(group))]
        minimum = max(query.minimum, 1)
        if not self._statements or minimum > len(groups):
            return np.empty(0, np.int32)
        parts = list(_parts(groups, _MOST_CLAUSES))
        if len(parts) == 1:
            return self._all_firms({"bool": {"filter": {"bool": {"should": groups, "minimum_should_match": minimum}}}})
        return self._firms_of_parts(parts, minimum)

    def _all_firms(self, query: Query) -> Rows:
        """Every firm with a matching statement: a shard answers with one bit a firm, so none is cut off."""
        answer = self._ask(
            {"size": 0, "query": query, "aggs": {"firms": {"scripted_metric": _FIRM_BITS}}}, "aggregations"
        )
        words = np.zeros(self._firms // 64 + 1, np.int64)
        for shard in answer["aggregations"]["firms"]["value"]:
            words[: len(shard)] |= np.array(shard, np.int64)
        bits = np.unpackbits(words.astype("<i8").view(np.uint8), bitorder="little")
        return np.flatnonzero(bits).astype(np.int32)

    def _firms_of_parts(self, parts: Sequence[list[Query]], minimum: int) -> Rows:
        """Count the groups each statement meets, part by part: a constant score of one for each."""
        met = np.zeros(self._statements, np.float32)
        firm_of = np.zeros(self._statements, np.int32)
        for part in parts:
            counting = [{"constant_score": {"filter": group}} for group in part]
            scores, rows, firms = self._best(_any_of(counting, []), self._statements)
            met[rows] += scores
            firm_of[rows] = firms
        return np.unique(firm_of[met >= minimum])

    def _best(self, query: Query, limit: int) -> tuple[Floats, Rows, Rows]:
        """Scores, statement rows and firm rows of the best hits, ties in row order."""
        body: dict[str, Any] = {
            "query": query,
            "sort": [{"_score": "desc"}, {"row": "asc"}, {"firm_row": "asc"}],
        }
        found: list[list[float]] = []
        while len(found) < limit:
            body["size"] = min(_PAGE, limit - len(found))
            page = self._sorted(body)
            found += page
            if len(page) < body["size"]:
                break
            body["search_after"] = found[-1]
        table = np.array(found, np.float64).reshape(-1, 3)
        return table[:, 0].astype(np.float32), table[:, 1].astype(np.int32), table[:, 2].astype(np.int32)

    def _sorted(self, body: Query) -> list[list[Any]]:
        """What each hit is sorted by, and nothing else of it."""
        answer = self._ask({**body, "_source": False, "stored_fields": "_none_"}, "hits.hits.sort")
        return [hit["sort"] for hit in answer.get("hits", {}).get("hits", [])]

    def _ask(self, body: Query, wanted: str) -> Any:
        """One search, by the statistics of the whole index, however many shards it has.

        What passes is waited out; then EngineError is raised.
        """
        with in_words(self._connection):
            for pause in _PAUSES:
                try:
                    return self._search(body, wanted)
                except TransportError as error:
                    if not is_passing(error):
                        raise
                    time.sleep(pause)
            try:
                return self._search(body, wanted)
            except NotFoundError:
                raise EngineError(
                    f"OpenSearch at {self._connection.address} has no index {self._index} any more: "
                    "build it with `caplake run --engine opensearch`."
                ) from None

    def _search(self, body: Query, wanted: str) -> Any:
        return self._client.search(
            index=self._index,
            body={"track_total_hits": False, **body},
            filter_path=f"{wanted},_shards.failed",
            search_type="dfs_query_then_fetch",
            allow_partial_search_results=False,
        )

    def _only(self, allowed: Rows | None) -> list[Query]:
        """The filter for the allowed firms; the shorter of naming them and naming the others."""
        if allowed is None:
            return []
        named = allowed[allowed < self._firms]
        if len(named) * 2 <= self._firms:
            return [_firms_in(named)]
        others = np.setdiff1d(np.arange(self._firms, dtype=np.int32), named, assume_unique=True)
        return [{"bool": {"must_not": [_firms_in(others)]}}] if len(others) else []


def _exact(vector: Floats, only: list[Query]) -> Query:
    """Every statement that `only` lets through, scored by its vector."""
    parameters = {"field": "vector", "query_value": vector.tolist(), "space_type": "innerproduct"}
    script = {"lang": "knn", "source": "knn_score", "params": parameters}
    return {"script_score": {"query": {"bool": {"filter": only}}, "script": script}}


def _having(text: str | None, row: int) -> Query:
    """The statements with a text; the one of that row alone where the text is too long to be searched whole."""
    return {"term": {"row": row}} if text is None else {"term": {"text.keyword": text}}


def _firms_in(rows: Rows) -> Query:
    parts = [{"terms": {"firm_row": part}} for part in _parts(rows.tolist(), _MOST_FIRMS)]
    return {"bool": {"should": parts}} if parts else {"match_none": {}}


def _group(group: TermGroup) -> Query | None:
    """The clause of a group: all tokens of any one alternative; None where nothing can meet it."""
    every = [
        {"bool": {"filter": [{"term": {"tokens": token}} for token in dict.fromkeys(tokens)]}}
        for tokens in group.alternatives
        if tokens
    ]
    return {"bool": {"should": every}} if every else None


def _any_of(clauses: list[Query], only: list[Query]) -> Query:
    return {"bool": {"should": clauses, "minimum_should_match": 1, "filter": only}}


def _parts(items: list[Any], most: int) -> Iterator[list[Any]]:
    """The items in order, in lists that hold at most `most` terms each."""
    part: list[Any] = []
    size = 0
    for item in items:
        terms = _terms(item)
        if part and size + terms > most:
            yield part
            part, size = [], 0
        part.append(item)
        size += terms
    if part:
        yield part


def _terms(clause: Any) -> int:
    """Term queries in a clause; a plain value counts one."""
    if not isinstance(clause, dict) or "bool" not in clause:
        return 1
    inner = clause["bool"]
    return sum(_terms(part) for part in (*inner.get("should", ()), *inner.get("filter", ())))


def _candidates(found: tuple[Floats, Rows, Rows]) -> Candidates:
    scores, rows, _ = found
    return Candidates.ranked(rows, scores)


def _summed(parts: list[tuple[Floats, Rows, Rows]], limit: int) -> Candidates:
    """The best by the sum of their scores in several answers."""
    rows, place = np.unique(np.concatenate([rows for _, rows, _ in parts]), return_inverse=True)
    totals = np.zeros(len(rows), np.float32)
    np.add.at(totals, place, np.concatenate([scores for scores, _, _ in parts]))
    found = Candidates.ranked(rows.astype(np.int32), totals)
    return Candidates(found.rows[:limit], found.scores[:limit])
