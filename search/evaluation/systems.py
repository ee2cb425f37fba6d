"""Systems that rank firms for a need: the product and what it is measured against.

All get the same firms to choose from, those that pass the filters read from the sentence, so that a comparison
is one of ranking alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from search.columns import Mask
from search.engines.base import Candidates, Floats, LexicalQuery, Rows
from search.engines.opensearch import OpenSearchStore
from search.evaluation.nori import NoriBaseline
from search.filters import firm_mask
from search.rank import DEFAULT_WEIGHTS, concept_leg
from search.service import SearchService
from search.understand import Understood
from transforms.text import tokens

RankFirms = Callable[[str, int], list[int]]
"""From a need and a number to that many firm rows, best first."""

_CANDIDATES: Final = 400
_NORI_CANDIDATES: Final = 4_000
"""Its candidates are filtered afterwards, so there are more of them."""
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
        rows = [*chosen.leads, *chosen.ranking.hits[:limit], *chosen.ranking.related[:limit]]
        return list(dict.fromkeys(int(row) for row in rows))[:limit]

    return rank


class Baselines:
    """The baselines over the lake and the engine of a service; with OpenSearch's own analysis where there is one."""

    def __init__(self, service: SearchService, nori: NoriBaseline | None = None) -> None:
        self._service = service
        self._nori = nori
        self._asked = lru_cache(maxsize=512)(self._ask)

    def words(self, need: str, limit: int, tuning: Tuning = PLAIN) -> list[int]:
        """BM25 over our tokens."""
        _, _, rows = self._asked(need)
        query = LexicalQuery(dict.fromkeys(tokens(need), 1.0))
        return self._firms(self._service.engine.lexical(query, _CANDIDATES, rows), limit, tuning)

    def meaning(self, need: str, limit: int, tuning: Tuning = PLAIN) -> list[int]:
        """Nearest statements by embedding."""
        _, _, rows = self._asked(need)
        vector = self._service.embedder.encode_queries([need])[0]
        return self._firms(self._service.engine.dense(vector, _CANDIDATES, rows), limit, tuning)

    def concepts(self, need: str, limit: int, tuning: Tuning = PLAIN) -> list[int]:
        """Tags alone: statements by the concepts and fields that were understood."""
        understood, mask, _ = self._asked(need)
        service = self._service
        concepts = {c.id: c.score for c in understood.concepts}
        fields = {f.id: f.score for f in understood.fields if f.score >= 0.1}
        leg = concept_leg(service.columns, concepts, fields, DEFAULT_WEIGHTS)
        leg *= mask[service.columns.firm_of]
        found = np.flatnonzero(leg > 0).astype(np.int32)
        return self._firms(Candidates.ranked(found, leg[found]), limit, tuning)

    def nori(self, need: str, limit: int, tuning: Tuning = PLAIN) -> list[int]:
        """BM25 over OpenSearch's Korean analysis. Raises EngineError."""
        if self._nori is None:
            raise ValueError("nori BM25 needs an OpenSearch index of the snapshot")
        _, mask, _ = self._asked(need)
        found = self._nori.statements(need, _NORI_CANDIDATES)
        kept = mask[self._service.columns.firm_of[found.rows]]
        return self._firms(Candidates(found.rows[kept], found.scores[kept]), limit, tuning)

    def fused(self, words: Callable[[str, int, Tuning], list[int]], need: str, limit: int, tuning: Tuning) -> list[int]:
        """Reciprocal rank fusion of a ranking by words and the one by meaning."""
        scores: dict[int, float] = {}
        for ranking, share in ((words, tuning.words), (self.meaning, 1.0 - tuning.words)):
            for rank, row in enumerate(ranking(need, _CANDIDATES, tuning), 1):
                scores[row] = scores.get(row, 0.0) + share / (tuning.k + rank)
        return sorted(scores, key=lambda row: (-scores[row], row))[:limit]

    def systems(self, tunings: Mapping[str, Tuning] | None = None) -> dict[str, RankFirms]:
        """All baselines by name, each with its tuning where one is given."""
        chosen = tunings or {}
        plain: dict[str, Callable[[str, int, Tuning], list[int]]] = {
            "BM25, our tokens": self.words,
            "dense": self.meaning,
            "RRF, our tokens and dense": lambda need, limit, t: self.fused(self.words, need, limit, t),
            "concepts": self.concepts,
        }
        if self._nori is not None:
            plain["BM25, nori"] = self.nori
            plain["RRF, nori and dense"] = lambda need, limit, t: self.fused(self.nori, need, limit, t)
        return {name: _tuned(ranking, chosen.get(name, PLAIN)) for name, ranking in plain.items()}

    def _ask(self, need: str) -> tuple[Understood, Mask, Rows]:
        understood = self._service.understand(need)
        mask = firm_mask(self._service.columns, understood.filters, self._service.today())
        return understood, mask, np.flatnonzero(mask).astype(np.int32)

    def _firms(self, found: Candidates, limit: int, tuning: Tuning) -> list[int]:
        columns = self._service.columns
        scores = found.scores * columns.statement_weight[found.rows] if tuning.weighed else found.scores
        totals = summed(columns.firm_of[found.rows], scores, columns.size, tuning.further)
        rows = np.flatnonzero(totals > 0)
        order: Sequence[int] = rows[np.lexsort((rows, -totals[rows]))][:limit].tolist()
        return list(order)


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


def _tuned(ranking: Callable[[str, int, Tuning], list[int]], tuning: Tuning) -> RankFirms:
    return lambda need, limit: ranking(need, limit, tuning)
