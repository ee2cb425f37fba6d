"""LanceDB over the same statements, as its guide says.

An n-gram index for words (its other tokenizers know no Korean), a bitmap on the filter, hybrid queries fused by
reciprocal ranks. Of its indexes for vectors, and of none, that one is asked that answers fastest at our recall.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import lancedb
import numpy as np
import polars as pl
import pyarrow as pa
from lancedb.index import HnswSq, IvfFlat, IvfPq
from lancedb.rerankers import RRFReranker

from lab.bench.bundled import question
from lab.bench.measure import percentiles, share_as_near
from search.engines.base import Floats
from search.service import SearchService
from search.snapshot.vectors import vectors_of

RECALL: Final = 0.98
DEPTH: Final = 100
_TRIED: Final = 60
_SEED: Final = 20_261_125


@dataclass(frozen=True)
class Effort:
    """How vectors are asked for: by which index, and how hard it tries; `probes` 0 compares with all of them."""

    index: str
    probes: int
    refined: int

    def __str__(self) -> str:
        return f"{self.index}, {self.probes} probes, refined {self.refined} times" if self.probes else self.index


_WITHOUT_INDEX: Final = Effort("no index for vectors", 0, 0)
_INDEXES: Final[dict[str, Callable[[], Any]]] = {
    "IVF_PQ": lambda: IvfPq(distance_type="dot"),
    "IVF_HNSW_SQ": lambda: HnswSq(distance_type="dot"),
    "IVF_FLAT": lambda: IvfFlat(distance_type="dot"),
}
_EFFORTS: Final = ((20, 1), (20, 10), (50, 10), (100, 10), (400, 50), (1_000, 100))
"""Probes and refinements, from the cheapest on."""


class LancePeer:
    """All statements of a lake in a LanceDB table, and its hybrid query."""

    def __init__(self, service: SearchService, folder: Path) -> None:
        columns = service.columns
        self._service = service
        embeddings = service.snapshot.table("embeddings", ["text_hash", "vector"])
        distinct, vector_of = vectors_of(columns.statements["text"], embeddings)
        vectors = distinct[vector_of]
        regions = columns.firms["region_code"].fill_null("")[columns.firm_of]
        started = time.perf_counter()
        self._table: Any = lancedb.connect(str(folder)).create_table(
            "statements",
            pl.DataFrame({"firm": columns.firm_of, "text": columns.statements["text"], "province": regions.str.head(2)})
            .to_arrow()
            .append_column("vector", _fixed(vectors)),
        )
        self._table.create_fts_index("text", base_tokenizer="ngram", ngram_min_length=2)
        self._table.create_scalar_index("province", index_type="BITMAP")
        self.build_seconds = time.perf_counter() - started
        self.effort, self.recall = _WITHOUT_INDEX, 1.0
        self._tune(vectors)

    def hybrid(self, text: str, limit: int, provinces: Sequence[str] = ()) -> list[int]:
        """Firm rows of the first statements."""
        query = (
            self._table.search(query_type="hybrid", vector_column_name="vector", fts_columns="text")
            .vector(self._service.embedder.encode_queries([text])[0])
            .text(text)
            .rerank(RRFReranker())
            .limit(limit)
        )
        self._exert(query)
        if provinces:
            query = query.where(f"province IN ({', '.join(map(repr, provinces))})", prefilter=True)
        return list(dict.fromkeys(query.to_arrow()["firm"].to_pylist()))

    def filtered(self, number: int, limit: int) -> list[int]:
        """The n-th need in the n-th region."""
        need, region = question(number)
        return self.hybrid(need, limit, region)

    def _exert(self, query: Any) -> Any:
        if not self.effort.probes:
            return query.bypass_vector_index()
        return query.nprobes(self.effort.probes).refine_factor(self.effort.refined)

    def _tune(self, vectors: Floats) -> None:
        """Keep the index and the effort that answer fastest of those that reach our recall."""
        asked = vectors[np.random.default_rng(_SEED).choice(len(vectors), 50, replace=False)]
        exact = [vectors @ vector for vector in asked]
        found = [(self._milliseconds(), self.effort, self.recall, 0.0)]
        for name, kind in _INDEXES.items():
            seconds = self._make(kind)
            for effort in _EFFORTS:
                self.effort = Effort(name, *effort)
                recall = float(
                    np.mean([share_as_near(e, self._found(v), DEPTH) for e, v in zip(exact, asked, strict=True)])
                )
                if recall >= RECALL:
                    found.append((self._milliseconds(), self.effort, recall, seconds))
                    break
        _, self.effort, self.recall, seconds = min(found, key=lambda tried: tried[0])
        self.build_seconds += seconds
        if self.effort.probes:
            self._make(_INDEXES[self.effort.index])

    def _make(self, kind: Callable[[], Any]) -> float:
        """Make the index for vectors in place of the one before; returns seconds."""
        started = time.perf_counter()
        self._table.create_index("vector", config=kind())
        return time.perf_counter() - started

    def _milliseconds(self) -> float:
        return percentiles(lambda number: self.filtered(number, 10), _TRIED)["p50"]

    def _found(self, vector: Floats) -> Floats:
        """Similarities of the first hits."""
        query = self._exert(self._table.search(vector, vector_column_name="vector").distance_type("dot"))
        distances: Floats = query.limit(DEPTH).to_arrow()["_distance"].to_numpy()
        return 1 - distances


def _fixed(vectors: Floats) -> Any:
    return pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
