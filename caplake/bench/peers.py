"""The search beside what one would pick instead, on the same data in one run.

LanceDB as its guide says: an n-gram index for words (its other tokenizers know no Korean), IVF-PQ for vectors with the
fewest probes and refinements that reach our recall, or no index for vectors where none do, a bitmap on the filter,
hybrid queries fused by reciprocal ranks. It ranks statements by words and vectors; the product also understands the
need, ranks firms, explains and counts facets.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import lancedb
import numpy as np
import polars as pl
import pyarrow as pa
from lancedb.rerankers import RRFReranker

from caplake.bench.bundled import NEEDS, REGIONS, filtered_search
from caplake.bench.generate import generate
from caplake.bench.measure import CAPLAKE, percentiles, run_process, share_as_near
from caplake.bench.questions import WAYS, questions
from caplake.bench.report import Figure
from caplake.bench.scale import ACCEPTED
from schemas.lake import Lake
from search.engines.base import Floats
from search.evaluation.product_lines import places, product_lines
from search.evaluation.systems import product
from search.service import SearchService
from search.vectors import vectors_of

_RECALL: Final = 0.98
_DEPTH: Final = 100
_FIRST: Final = 10
_CALLS: Final = 200
_ITEMS: Final = 200
_EFFORTS: Final = (("20 probes", 20, 10), ("100 probes", 100, 10), ("400 probes, refined 50 times", 400, 50))
"""Name, probes and refinements of the index for vectors, from the cheapest on."""
_WITHOUT_INDEX: Final = ("no index for vectors", 0, 0)
_SEED: Final = 20_261_125


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
        self._table.create_index(metric="dot", vector_column_name="vector")
        self._table.create_scalar_index("province", index_type="BITMAP")
        self.build_seconds = time.perf_counter() - started
        self._effort = _WITHOUT_INDEX
        self.recall = self._tuned(vectors)

    @property
    def effort(self) -> str:
        return self._effort[0]

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

    def _exert(self, query: Any) -> Any:
        _, probes, refinements = self._effort
        return query.nprobes(probes).refine_factor(refinements) if probes else query.bypass_vector_index()

    def _tuned(self, vectors: Floats) -> float:
        """Choose the least effort that reaches our recall; returns the recall."""
        asked = vectors[np.random.default_rng(_SEED).choice(len(vectors), 50, replace=False)]
        exact = [vectors @ vector for vector in asked]
        recall = 0.0
        for effort in (*_EFFORTS, _WITHOUT_INDEX):
            self._effort = effort
            shares = [share_as_near(e, self._found(vector), _DEPTH) for e, vector in zip(exact, asked, strict=True)]
            recall = float(np.mean(shares))
            if recall >= _RECALL:
                break
        return recall

    def _found(self, vector: Floats) -> Floats:
        """Similarities of the first hits."""
        query = self._exert(self._table.search(vector, vector_column_name="vector").distance_type("dot"))
        distances: Floats = query.limit(_DEPTH).to_arrow()["_distance"].to_numpy()
        return 1 - distances


def beside_peers(firms: int) -> list[Figure]:
    """Everything at one size. Needs the extra `bench` and a running OpenSearch node (`make opensearch`)."""
    with tempfile.TemporaryDirectory() as work:
        lake, drop = str(Path(work) / "lake"), Path(work) / "drop"
        generate(drop, firms)
        run_process([CAPLAKE, "run", "--lake", lake, "--engine", "both", *ACCEPTED], {"CAPLAKE_DROP": str(drop)})
        return [*search_beside_peers(lake, Path(work) / "lance"), *questions(lake, WAYS)]


def search_beside_peers(lake: str, folder: Path) -> list[Figure]:
    """The same filtered needs asked of the product on both engines and of LanceDB; and the same known items."""
    ours, outside = (SearchService.current(Lake(lake), engine) for engine in ("embedded", "opensearch"))
    peer = LancePeer(ours, folder)

    systems: dict[str, Callable[[int], object]] = {
        "caplake, embedded": filtered_search(ours),
        "caplake, OpenSearch node": filtered_search(outside),
        "LanceDB hybrid": lambda i: peer.hybrid(NEEDS[i % len(NEEDS)], _FIRST, REGIONS[i % len(REGIONS)]),
    }
    taken = {name: percentiles(call, _CALLS) for name, call in systems.items()}
    own = taken["caplake, embedded"]["p95"]
    items = product_lines(ours, _ITEMS, _SEED)
    shares = {
        "caplake, embedded": (places(items, product(ours), _FIRST) < _FIRST).mean(),
        "LanceDB hybrid": (places(items, peer.hybrid, _FIRST) < _FIRST).mean(),
    }
    firms, statements = ours.columns.size, ours.columns.statements.height
    return [
        Figure("data", f"{firms:,} firms, {statements:,} statements"),
        Figure("LanceDB: build", f"{peer.build_seconds:.0f} s"),
        Figure(f"LanceDB: recall@{_DEPTH} of its vector leg", f"{peer.recall:.3f} with {peer.effort}"),
        *(
            Figure(
                f"{name}: filtered hybrid search",
                f"p50 {times['p50']:.1f} ms, p95 {times['p95']:.1f} ms, {times['p95'] / own:.1f} times ours",
                {"LanceDB hybrid": "at least 5", "caplake, OpenSearch node": "at least 2"}.get(name, ""),
            )
            for name, times in taken.items()
        ),
        *(
            Figure(f"{name}: known items in the first ten", f"{share:.3f}", "no worse")
            for name, share in shares.items()
        ),
    ]


def _fixed(vectors: Floats) -> Any:
    return pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
