"""The pool that judges grade: `python -m lab.evaluation.pool --lake ./lake --out build/pool [--without-judged]`.

The first ten firms of every system for every judged need, one line a pair, in an order that tells nothing, without
the systems' names, and with all that a judge needs: what is published about the firm. See docs/judging.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from lab.evaluation.judgments import JUDGMENTS_FILE, read_judgments, record_keys
from lab.evaluation.needs import JudgedNeed, load_needs
from lab.evaluation.systems import Baselines, RankFirms, nori_of, product
from schemas.lake import Lake, LakeError, Snapshot
from search.engines.base import EngineError
from search.ranking.rank import DEFAULT_WEIGHTS
from search.service import SearchService

DEPTH: Final = 10
_CHUNK_NEEDS: Final = 8
_MOST_STATEMENTS: Final = 15
_LONGEST: Final = 400
_ORDER: Final = {"strong": 0, "medium": 1, "weak": 2, "hint": 3}
_MORE_CONCEPTS: Final = replace(DEFAULT_WEIGHTS, words=0.2, meaning=0.2, concepts=0.6)
"""A second setting of the product, so that what is pooled does not lean to the one that is shipped."""

Pair = dict[str, Any]


def pooled(needs: Sequence[JudgedNeed], systems: Mapping[str, RankFirms], depth: int = DEPTH) -> dict[str, set[int]]:
    """Per need the firm rows that any system has among its first `depth`."""
    return {need.id: {row for rank in systems.values() for row in rank(need.text, depth)} for need in needs}


def pairs(service: SearchService, needs: Iterable[JudgedNeed], found: Mapping[str, set[int]]) -> list[list[Pair]]:
    """Per need its pairs, needs and firms in an order by hash."""
    columns = service.columns
    keys = record_keys(columns)
    ordered = sorted(needs, key=lambda need: _hash(need.id))
    return [
        [
            _pair(need, keys[row], columns.firms.row(row, named=True), _published(service, need.text, row))
            for row in sorted(found[need.id], key=lambda row: _hash(f"{need.id} {keys[row]}"))
        ]
        for need in ordered
    ]


def _pair(need: JudgedNeed, key: str, firm: dict[str, Any], published: Sequence[str]) -> Pair:
    return {
        "pair": f"{need.id}-{_hash(key)[:8]}",
        "need_id": need.id,
        "need": need.text,
        "firm": key,
        "name": firm["name"],
        "region": firm["region"],
        "published": published,
        "statements_in_all": firm["statement_count"],
    }


def _published(service: SearchService, need: str, firm: int) -> list[str]:
    """A firm's distinct statements, products before industry names; of one with very many those nearest to the need."""
    columns = service.columns
    rows = columns.statements.with_row_index("row").filter(pl.Series(columns.firm_of == firm))
    if rows.height > _MOST_STATEMENTS:
        only = np.array([firm], np.int32)
        vector = service.embedder.encode_queries([need])[0]
        nearest = (
            service.engine.lexical(service.understand(need).lexical, _MOST_STATEMENTS // 2, only).rows,
            service.engine.dense(vector, _MOST_STATEMENTS // 2, only).rows,
        )
        rows = rows.filter(pl.col("row").is_in(np.concatenate(nearest).tolist()))
    order = pl.col("weight_class").replace_strict(_ORDER, default=len(_ORDER))
    lines = rows.select(order.alias("order"), line=pl.col("kind") + ": " + pl.col("text").str.slice(0, _LONGEST))
    return lines.unique().sort("order", "line")["line"].to_list()


def write_chunks(folder: Path, by_need: Sequence[list[Pair]]) -> list[Path]:
    """`pool_01.jsonl` and so on, about eight needs each."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, start in enumerate(range(0, len(by_need), _CHUNK_NEEDS), 1):
        lines = [
            json.dumps(pair, ensure_ascii=False) for need in by_need[start : start + _CHUNK_NEEDS] for pair in need
        ]
        path = folder / f"pool_{number:02}.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        written.append(path)
    return written


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def systems_to_pool(service: SearchService) -> dict[str, RankFirms]:
    """The product in two settings and all baselines. Raises EngineError without OpenSearch."""
    return {
        "product": product(service),
        "product, more concepts": product(SearchService(service.snapshot, weights=_MORE_CONCEPTS)),
        **Baselines(service, nori_of(service)).systems(),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation.pool", description=__doc__)
    parser.add_argument("--lake", default="./lake", help="lake with both indexes (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("build/pool"), help="folder (default: %(default)s)")
    parser.add_argument("--without-judged", action="store_true", help="only pairs that have no judgment yet")
    options = parser.parse_args(arguments)
    try:
        service = SearchService(Snapshot.current(Lake(options.lake)))
        needs = load_needs()
        found = pooled(needs, systems_to_pool(service))
        if options.without_judged:
            judged = read_judgments(JUDGMENTS_FILE, service.columns)
            found = {need: rows - judged.get(need, {}).keys() for need, rows in found.items()}
    except (EngineError, LakeError) as error:
        print(error, file=sys.stderr)
        return 1
    by_need = pairs(service, needs, found)
    for path in write_chunks(options.out, by_need):
        print(path)
    print(f"{sum(map(len, by_need))} pairs of {len(needs)} needs, snapshot {service.snapshot.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
