"""Tables made from what changed since the snapshot before are those made from everything, byte for byte."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.night import Night
from flows.review import DECISIONS
from flows.sources.declaration import Source
from flows.steps.incremental import IncrementalBuild, incremental_build
from flows.steps.publish import manifest_of
from flows.steps.resolve import resolve
from flows.takedown import lift, take_down
from schemas.lake import Lake, Snapshot
from schemas.lake.ledger import append_ledger
from schemas.lake.writer import SnapshotWriter
from schemas.records import record_schema
from tests.conftest import night_at, run_here

SOURCES = ("dart", "kipris_patents", "krx_listed", "venture")
POOLS: dict[str, list[Any]] = {
    "name": [
        "(주)블랙야크아이앤씨",
        "블랙야크아이앤씨(구 가나다라)",
        "한성테크",
        "LG이노텍",
        "엘지이노텍",
        *(f"{a}람{b}솔" for a in "가나다라마바" for b in "사아자차카"),
    ],
    "name_en": [None, "GANA SMART", "LG Innotek"],
    "business_no": [*[None] * 30, *(f"12481009{number}" for number in range(10, 30))],
    "corporate_no": [*[None] * 30, *(f"13011100062{number}" for number in range(10, 30))],
    "address": [None, "서울특별시 서초구 바우뫼로 201", "경기도 수원시 영통구"],
    "region_code": [None, "11", "11650", "41117"],
    "homepage": [None, None, None, "one.co.kr", "two.co.kr"],
    "established": [None, date(2001, 1, 2), date(2015, 5, 6)],
    "as_of": [date(2026, 10, 1), date(2026, 11, 1)],
    "certification": [None, "혁신성장유형"],
    "state": [None, "등록", "공개"],
    "title": ["설비 이상 진단 방법"],
    "country": ["KR"],
    "is_corporation": [True],
}
LEFT_OUT = {"krx_listed": {"homepage"}, "venture": {"state", "title"}}
"""Registers differ in their columns."""

Rows = dict[str, dict[str, Any]]


def record(chance: random.Random) -> dict[str, Any]:
    return {name: chance.choice(pool) for name, pool in POOLS.items()}


def changed_at_random(rows: Rows, chance: random.Random) -> Rows:
    """Some records go, some come, some change."""
    kept = {key: row for key, row in rows.items() if chance.random() > 0.05}
    for _ in range(chance.randint(0, 4)):
        kept[f"{chance.choice(SOURCES)}:{chance.randint(0, 60):02d}"] = record(chance)
    return kept


def resolved(lake: Lake, snapshot: str, rows: Rows) -> dict[str, bytes]:
    """A committed snapshot of these records, whose tables are returned."""
    writer = SnapshotWriter(lake, snapshot)
    for source in SOURCES:
        schema = record_schema(["record_key", *(name for name in POOLS if name not in LEFT_OUT.get(source, ()))])
        empty = schema.create_empty()
        build = [{"record_key": key, **row} for key, row in rows.items() if key.startswith(f"{source}:")]
        frame = pl.DataFrame([{name: row[name] for name in empty.columns} for row in build], schema=empty.schema)
        writer.write(f"sources/{source}", frame, schema)
    night = night_at(lake.url, snapshot, SOURCES)
    resolve(night, list(SOURCES))
    lake.write_json(f"snapshots/{snapshot}/manifest.json", manifest_of(night, {}, "", "", []).model_dump(mode="json"))
    lake.commit(snapshot, night.before)
    tables = [name for name in lake.names(f"snapshots/{snapshot}") if name.endswith(".parquet")]
    return {name: lake.read_bytes(f"snapshots/{snapshot}/{name}") for name in tables}


@pytest.mark.parametrize("seed", range(5))
def test_the_difference_gives_what_the_whole_gives(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Night after night records come, go and change; a person decides, a firm is taken down and shown again."""
    chance = random.Random(seed)
    rows = {f"{chance.choice(SOURCES)}:{number:02d}": record(chance) for number in range(40)}
    lakes = {"difference": Lake(str(tmp_path / "difference")), "whole": Lake(str(tmp_path / "whole"))}
    made_anew: list[int] = []
    spared, taken_down = 0, ""

    def build(*arguments: Any) -> IncrementalBuild:
        found = incremental_build(*arguments)
        made_anew.append(found.touched.height)
        return found

    monkeypatch.setitem(resolve.__globals__, "incremental_build", build)
    for number in range(1, 7):
        tables = {}
        for kind, lake in lakes.items():
            monkeypatch.setattr("flows.steps.incremental._made_alike", lambda *_, kind=kind: kind == "difference")
            tables[kind] = resolved(lake, f"2026-11-{number:02d}T000000Z", rows)
        assert tables["difference"] == tables["whole"], number
        firms = Snapshot.current(lake).table("links")["firm_id"].unique().sort()
        spared += len(firms) - made_anew[-2]
        rows = changed_at_random(rows, chance)
        pair = chance.sample(sorted(rows), 2)
        if number == 3:
            taken_down = chance.choice(firms.to_list())
        for lake in lakes.values():
            if number == 2:
                decision = pl.DataFrame([[*pair, "same", ""]], schema=list(DECISIONS), orient="row")
                append_ledger(lake, "decisions", "2026-11-02T010000Z", decision)
            if number == 3:
                take_down(lake, taken_down, "asked")
            if number == 4:
                lift(lake, taken_down, "asked again")
    assert spared > 20


def test_only_a_snapshot_made_in_the_same_way_is_carried_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_here(tmp_path, ["krx_listed"]).snapshot
    lake = Lake(str(tmp_path))
    night = night_at(tmp_path, first, ("krx_listed",))
    links = Snapshot.current(lake).table("links")

    def build(sources: tuple[str, ...] = ("krx_listed",), night: Night = night) -> IncrementalBuild:
        return incremental_build(night, SnapshotWriter(lake, first), list(sources), links)

    assert build().before is not None
    assert build().touched.is_empty()
    assert build(("krx_listed", "venture")).before is None
    assert build(night=Night(str(tmp_path), first, ("krx_listed",), ())).before is None
    with monkeypatch.context() as patch:
        patch.setattr("flows.steps.incremental.code_version", lambda: "another")
        assert build().before is None
    with monkeypatch.context() as patch:
        patch.setattr(Source, "fingerprint", property(lambda _: "another"))
        anew = build()
        assert anew.before is None
        assert anew.touched.height == links["firm_id"].n_unique()
    lake.remove(f"{Snapshot.current(lake).manifest.sources['krx_listed'].receipt}/receipt.json")
    assert build().before is None
