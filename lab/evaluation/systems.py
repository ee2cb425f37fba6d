"""Systems that rank firms for a need: the product and what it is measured against.

All get the same firms to choose from, those that pass the filters read from the sentence, so that a comparison
is one of ranking alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final, Protocol

import numpy as np

from lab.evaluation.nori import NoriBaseline
from search.engines.base import Candidates, Floats, Rows
from search.engines.opensearch.store import OpenSearchStore
from search.query import LexicalQuery, Need
from search.ranking.rank import DEFAULT_WEIGHTS, concept_leg
from search.service import SearchService
from search.snapshot.passing import Passing
from transforms.text import tokens

RankFirms = Callable[[str, int], list[int]]
"""From a need and a number to that many firm rows, best first."""


class Tunable(Protocol):
    """A ranking with what can be chosen for it."""

    def __call__(self, need: str, limit: int, tuning: Tuning = ...) -> list[int]: ...


_CANDIDATES: Final = 400
_NORI_CANDIDATES: Final = 4_000
"""Its candidates are filtered afterwards, so there are more of them."""
_LEAST_FIELD: Final = 0.1
RRF_K: Final = 60.0
"""The usual constant of reciprocal rank fusion."""


@dataclass(frozen=True)
class Tuning:
    """What can be chosen for a baseline: `further`, the share at which each further statement of a firm adds to its
    best one; `weighed`, whether a statement counts by its source's weight; and of a fusion `k` and the share of words.
    """

    further: float = 0.0
    weighed: bool = False
    k: float = RRF_K
    words: float = 0.5


PLAIN: Final = Tuning()


def product(service: SearchService) -> RankFirms:
    """The product as it answers: firms found by name, then hits, then firms that only resemble the need.

    A ranking is given also where the answer would be "no good match".
    """

    def rank(need: str, limit: int) -> list[int]:
        chosen = service.select(need)
        rows = [*chosen.looked_up, *chosen.ranking.hits[:limit], *chosen.ranking.related[:limit]]
        return list(dict.fromkeys(int(row) for row in rows))[:limit]

    return rank


class Baselines:
    """The baselines over the lake and the engine of a service; with OpenSearch's own analysis where there is one."""

    def __init__(self, service: SearchService, nori: NoriBaseline | None = None) -> None:
        self._service = service
        self._nori = nori
        self._asked = lru_cache(maxsize=512)(self._ask)
        self._found = lru_cache(maxsize=2_048)(self._candidates)

    def words(self, need: str, limit: int, tuning: Tuning = PLAIN) -> list[int]:
        """BM25 over our tokens."""
        return self._firms(self._found("words", need), limit, tuning)

    def meaning(self, need: str, limit: int, tuning: Tuning = PLAIN) -> list[int]:
        """Nearest statements by embedding."""
        return self._firms(self._found("meaning", need), limit, tuning)

    def concepts(self, need: str, limit: int, tuning: Tuning = PLAIN) -> list[int]:
        """Tags alone: statements by the concepts and fields that were understood."""
        return self._firms(self._found("concepts", need), limit, tuning)

    def nori(self, need: str, limit: int, tuning: Tuning = PLAIN) -> list[int]:
        """BM25 over OpenSearch's Korean analysis. Raises EngineError."""
        return self._firms(self._found("nori", need), limit, tuning)

    def fused(self, words: Tunable, need: str, limit: int, tuning: Tuning = PLAIN) -> list[int]:
        """Reciprocal rank fusion of a ranking by words and the one by meaning."""
        rankings = ((words, tuning.words), (self.meaning, 1.0 - tuning.words))
        return reciprocal_ranks([(leg(need, _CANDIDATES, tuning), share) for leg, share in rankings], tuning.k)[:limit]

    def tunable(self) -> dict[str, Tunable]:
        """All baselines by name; those of OpenSearch where there is one."""
        found: dict[str, Tunable] = {
            "BM25, our tokens": self.words,
            "dense": self.meaning,
            "RRF, our tokens and dense": partial(self.fused, self.words),
            "concepts": self.concepts,
        }
        if self._nori is not None:
            found |= {"BM25, nori": self.nori, "RRF, nori and dense": partial(self.fused, self.nori)}
        return found

    def systems(self, tunings: Mapping[str, Tuning] | None = None) -> dict[str, RankFirms]:
        """All baselines, each with its tuning where one is given."""
        chosen = tunings or {}
        return {name: partial(rank, tuning=chosen.get(name, PLAIN)) for name, rank in self.tunable().items()}

    def _ask(self, need: str) -> tuple[Need, Passing]:
        understood = self._service.understand(need)
        return understood, self._service.passing(understood.filters)

    def _candidates(self, leg: str, need: str) -> Candidates:
        """Statements of the allowed firms, best first."""
        understood, passing = self._asked(need)
        mask, rows = passing.mask, passing.rows
        engine, columns = self._service.engine, self._service.columns
        if leg == "words":
            return engine.lexical(LexicalQuery(dict.fromkeys(tokens(need), 1.0)), _CANDIDATES, rows)
        if leg == "meaning":
            return engine.dense(self._service.embedder.encode_queries([need])[0], _CANDIDATES, rows)
        if leg == "concepts":
            concepts = {c.id: c.score for c in understood.concepts}
            fields = {f.id: f.score for f in understood.fields if f.score >= _LEAST_FIELD}
            scores = concept_leg(columns, concepts, fields, DEFAULT_WEIGHTS) * mask[columns.firm_of]
            found = np.flatnonzero(scores > 0).astype(np.int32)
            return Candidates.ranked(found, scores[found])
        if self._nori is None:
            raise ValueError("nori BM25 needs an OpenSearch index of the snapshot")
        everywhere = self._nori.statements(need, _NORI_CANDIDATES)
        kept = mask[columns.firm_of[everywhere.rows]]
        return Candidates(everywhere.rows[kept], everywhere.scores[kept])

    def _firms(self, found: Candidates, limit: int, tuning: Tuning) -> list[int]:
        columns = self._service.columns
        scores = found.scores * columns.statement_weight[found.rows] if tuning.weighed else found.scores
        totals = summed(columns.firm_of[found.rows], scores, columns.size, tuning.further)
        rows = np.flatnonzero(totals > 0)
        order: Sequence[int] = rows[np.lexsort((rows, -totals[rows]))][:limit].tolist()
        return list(order)


def reciprocal_ranks(rankings: Iterable[tuple[Sequence[int], float]], k: float = RRF_K) -> list[int]:
    """Rows of several rankings, each with its share, by the sum of their reciprocal ranks (Cormack, Clarke and Büttcher
    2009); ties in row order.
    """
    scores: dict[int, float] = {}
    for ranking, share in rankings:
        for rank, row in enumerate(ranking, 1):
            scores[row] = scores.get(row, 0.0) + share / (k + rank)
    return sorted(scores, key=lambda row: (-scores[row], row))


def summed(firms: Rows, scores: Floats, size: int, further: float) -> Floats:
    """Per firm row its best score, and each further one at a falling share: the n-th counts `further ** n`."""
    order = np.lexsort((-scores, firms))
    sorted_firms = firms[order]
    starts = np.flatnonzero(np.r_[True, sorted_firms[1:] != sorted_firms[:-1]]) if len(order) else order
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    totals = np.zeros(size, np.float32)
    np.add.at(totals, sorted_firms, (np.power(further, place) * scores[order]).astype(np.float32))
    return totals


def nori_of(service: SearchService) -> NoriBaseline:
    """The peer inside OpenSearch over the snapshot's index. Raises EngineError where there is none."""
    store = OpenSearchStore()
    store.open(service.snapshot.name)
    return NoriBaseline(store.connection, store.index_name(service.snapshot.name))
