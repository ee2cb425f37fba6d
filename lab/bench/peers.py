"""The search beside what one would pick instead, on the same data in one run.

LanceDB ranks statements by words and vectors; the product also understands the need, ranks firms, explains and counts
facets. So both are told: the whole answer, and the two legs of the embedded engine, fused as LanceDB fuses its own.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lab.bench.bundled import filtered_search, question
from lab.bench.generate import generate
from lab.bench.lance import DEPTH, RECALL, LancePeer
from lab.bench.measure import CAPLAKE, percentiles, run_process
from lab.bench.questions import WAYS, questions
from lab.bench.report import Figure
from lab.bench.scale import ACCEPTED
from lab.bench.searching import recall
from lab.evaluation.product_lines import places, product_lines
from lab.evaluation.systems import product, reciprocal_ranks
from schemas.lake import Lake
from search.engines.stores import open_store
from search.query import Filters, LexicalQuery
from search.service import SearchService
from transforms.text import tokens

_FIRST: Final = 10
_CALLS: Final = 200
_ITEMS: Final = 200
_PREFIX: Final = "caplake_bench"
"""Of the indexes in OpenSearch: those of a lake in use stay as they are."""
_SEED: Final = 20_261_125

_LEGS: Final = "caplake, embedded: words and vectors fused"
_PROMISED: Final = {"caplake, OpenSearch node": (2, "caplake, embedded"), "LanceDB hybrid": (5, _LEGS)}
"""So many times slower than which of ours."""


def beside_peers(firms: int) -> list[Figure]:
    """Everything at one size. Needs the extra `bench` and a running OpenSearch node (`make opensearch`)."""
    os.environ["CAPLAKE_OPENSEARCH_PREFIX"] = _PREFIX
    with tempfile.TemporaryDirectory() as work, _indexes(lake := str(Path(work) / "lake")):
        drop = Path(work) / "drop"
        generate(drop, firms)
        run_process([CAPLAKE, "run", "--lake", lake, "--engine", "both", *ACCEPTED], {"CAPLAKE_DROP": str(drop)})
        return [*search_beside_peers(lake, Path(work) / "lance"), *questions(lake, WAYS)]


@contextmanager
def _indexes(lake: str) -> Iterator[None]:
    """Leaves no index in OpenSearch. Raises EngineError before the night, not after it, where it cannot be reached."""
    store = open_store("opensearch", Lake(lake))
    store.snapshots()
    try:
        yield
    finally:
        for snapshot in store.snapshots():
            store.drop(snapshot)


def search_beside_peers(lake: str, folder: Path) -> list[Figure]:
    """The same filtered needs asked of the product on both engines and of LanceDB; and the same known items."""
    ours, outside = (SearchService.current(Lake(lake), engine) for engine in ("embedded", "opensearch"))
    peer = LancePeer(ours, folder)
    systems: dict[str, Callable[[int], object]] = {
        "caplake, embedded": filtered_search(ours),
        _LEGS: legs(ours),
        "caplake, OpenSearch node": filtered_search(outside),
        "LanceDB hybrid": lambda number: peer.filtered(number, _FIRST),
    }
    taken = {name: percentiles(call, _CALLS) for name, call in systems.items()}
    items = product_lines(ours, _ITEMS, _SEED)
    shares = {
        "caplake, embedded": (places(items, product(ours), _FIRST) < _FIRST).mean(),
        "LanceDB hybrid": (places(items, peer.hybrid, _FIRST) < _FIRST).mean(),
    }
    firms, statements = ours.columns.size, ours.columns.statements.height
    return [
        Figure("data", f"{firms:,} firms, {statements:,} statements"),
        Figure("LanceDB: build", f"{peer.build_seconds:.0f} s"),
        *(
            Figure(f"{name}: recall@{DEPTH} of the vector leg, all firms", value, f"at least {RECALL}")
            for name, value in {
                "caplake, embedded": f"{recall(ours):.3f}",
                "caplake, OpenSearch node": f"{recall(outside):.3f}",
                "LanceDB hybrid": f"{peer.recall:.3f} with {peer.effort}",
            }.items()
        ),
        *(_latency(name, taken) for name in systems),
        *(
            Figure(f"{name}: known items in the first ten", f"{share:.3f}", "no worse")
            for name, share in shares.items()
        ),
    ]


def legs(service: SearchService) -> Callable[[int], list[int]]:
    """The n-th need in the n-th region by words and vectors alone: firm rows of the first statements."""
    service.warm_up()

    def hybrid(number: int) -> list[int]:
        text, region = question(number)
        rows = service.passing(Filters(region=region)).rows
        lexical = service.engine.lexical(LexicalQuery(dict.fromkeys(tokens(text), 1.0)), _FIRST, rows)
        dense = service.engine.dense(service.embedder.encode_queries([text])[0], _FIRST, rows)
        fused = reciprocal_ranks([(found.rows.tolist(), 1.0) for found in (lexical, dense)])[:_FIRST]
        return list(dict.fromkeys(service.columns.firm_of[fused].tolist()))

    return hybrid


def _latency(name: str, taken: dict[str, dict[str, float]]) -> Figure:
    times = taken[name]
    ratios = ", ".join(
        f"{times['p95'] / taken[own]['p95']:.1f} times {what}"
        for own, what in (("caplake, embedded", "the whole answer's"), (_LEGS, "the legs'"))
        if own != name
    )
    least, own = _PROMISED.get(name, (0, ""))
    return Figure(
        f"{name}: filtered hybrid search",
        f"p50 {times['p50']:.1f} ms, p95 {times['p95']:.1f} ms; p95 {ratios}",
        f"at least {least} times {'the legs' if own == _LEGS else 'the whole answer'}" if least else "",
    )
