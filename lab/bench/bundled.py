"""The figures of the bundled registers: the night, a search as a fresh process, warm searches, embedding."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import polars as pl

from flows.sources.declaration import SOURCES_FOLDER
from flows.sources.reading import read_table
from lab.bench.measure import CAPLAKE, percentiles, run_process
from lab.bench.report import Figure
from schemas.lake import Lake, Snapshot
from schemas.lake.views import public_tables
from search.answer.answer import Answer
from search.embedding import load_embedder
from search.query import Filters
from search.service import SearchService

NEEDS: Final = (
    "포장지 날짜가 흐리게 찍혀 나가요",
    "MES 구축",
    "협동로봇으로 박스 적재",
    "설비가 갑자기 멈춰요, 미리 알 수 없을까요",
    "scratches on machined parts are missed",
    "warehouse stock never matches the books",
    "digital twin of a plant",
    "설비 데이터를 한곳에 모으고 싶어요",
    "PLC 교체",
    "AGV for moving rolls",
)
REGIONS: Final = (("41",), ("27",), ("11",), ("48", "26", "31"))


def night() -> list[Figure]:
    """The whole night from an empty lake, an unchanged one, and whether two empty lakes become the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = (str(Path(folder) / name) for name in ("a", "b"))
        full = run_process([CAPLAKE, "run", "--lake", first])
        unchanged = run_process([CAPLAKE, "run", "--lake", first])
        snapshots = len(Lake(first).snapshots())
        run_process([CAPLAKE, "run", "--lake", second])
        same = _hashes(first) == _hashes(second)
        drop = Path(folder) / "drop"
        deliver_changed(drop)
        changed = run_process([CAPLAKE, "run", "--lake", first], {"CAPLAKE_DROP": str(drop)})
        manifest = Snapshot.current(Lake(first)).manifest
        names = sum(entry.read for entry in manifest.sources.values())
        search = min(run_process([CAPLAKE, "search", NEEDS[0], "--lake", first, "--json"]).seconds for _ in range(3))
    return [
        Figure(
            f"`caplake run`, {names:,} rows, {manifest.tables['firms'].rows:,} firms",
            f"{full.seconds:.1f} s",
            "at most 60 s",
        ),
        Figure("its memory at most", f"{full.peak_bytes / 2**30:.2f} GiB", "at most 2 GB"),
        Figure(
            "second run, nothing changed",
            f"{unchanged.seconds:.1f} s, {snapshots - 1} new snapshots",
            "at most 8 s, none",
        ),
        Figure("run with one row in a hundred changed in every register", f"{changed.seconds:.1f} s", "at most 15 s"),
        Figure("two runs from empty lakes: public tables", "byte-identical" if same else "DIFFERENT", "byte-identical"),
        Figure("`caplake search` as a fresh process, best of 3", f"{search:.2f} s", "at most 1.5 s"),
    ]


def deliver_changed(drop: Path, every: int = 100) -> None:
    """Put every bundled file into a drop folder, with the longest text of one row in a hundred changed."""
    for file in sorted(SOURCES_FOLDER.glob("*/data/*.csv")):
        table = read_table(file.read_bytes(), file.name).frame.drop("_line")
        longest = max(table.columns, key=lambda name: table[name].str.len_chars().sum())
        chosen = pl.int_range(pl.len()) % every == 0
        changed = table.with_columns(
            pl.when(chosen).then(pl.concat_str(longest, pl.lit(" 개정"))).otherwise(longest).alias(longest)
        )
        folder = drop / file.parent.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        changed.write_csv(folder / file.name)


def answers(lake: str, engine: str) -> list[Figure]:
    """Warm, filtered hybrid searches inside one process."""
    service = SearchService.current(Lake(lake), engine)
    target = "p95 at most 15 ms" if engine == "embedded" else "p95 at most 40 ms"

    def whole(number: int) -> object:
        return service.search(NEEDS[number % len(NEEDS)])

    return [
        _latency(f"{engine}: filtered hybrid search", filtered_search(service), target),
        _latency(f"{engine}: search of all firms", whole, target),
    ]


def filtered_search(service: SearchService) -> Callable[[int], Answer]:
    """The n-th need in the n-th region, both again and again."""

    def filtered(number: int) -> Answer:
        need, region = question(number)
        return service.search(need, filters=Filters(region=region))

    return filtered


def question(number: int) -> tuple[str, tuple[str, ...]]:
    """The n-th need and the n-th region, both again and again."""
    return NEEDS[number % len(NEEDS)], REGIONS[number % len(REGIONS)]


def _latency(what: str, call: Callable[[int], object], target: str) -> Figure:
    found = percentiles(call, 200)
    return Figure(what, f"p50 {found['p50']:.1f} ms, p95 {found['p95']:.1f} ms, p99 {found['p99']:.1f} ms", target)


def embedding(lake: str) -> list[Figure]:
    """Distinct capability texts embedded a second with the shipped model."""
    texts = Snapshot.current(Lake(lake)).table("capabilities", ["text"])["text"].unique(maintain_order=True).to_list()
    embedder = load_embedder()
    embedder.encode_passages(texts[:1_000])
    started = time.perf_counter()
    embedder.encode_passages(texts)
    rate = len(texts) / (time.perf_counter() - started)
    return [
        Figure(
            f"embedding {len(texts):,} distinct texts with {embedder.model_id}",
            f"{rate:,.0f} a second",
            "at least 25,000",
        )
    ]


def _hashes(lake: str) -> str:
    """Of the public tables; those of refused rows name the receipt, and so the minute, of their delivery."""
    tables = Snapshot.current(Lake(lake)).manifest.tables
    return hashlib.sha256(
        "".join(f"{name}{tables[name].sha256}" for name in public_tables(tables)).encode()
    ).hexdigest()
