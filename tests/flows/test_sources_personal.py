"""Personal values stop at the door: planted in every personal column of every source, found nowhere behind it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest
from fastapi.testclient import TestClient

from caplake.exporting import export_tables
from flows.night import new_night
from flows.nightly import run_night
from flows.runner import DirectRunner
from flows.sources.declaration import Source, load_source, source_names
from schemas.lake import Lake, Snapshot
from search.app import create_app
from tests.caplake.test_cli import caplake
from tests.flows.samples import SMALL, drop_samples, raw_table, sample_files

MARK = "표식갑을"
"""Stands in every planted value; no register and no page has it."""

SOLE_TRADER = {"name": "표본공방", "business_no": "999-11-00006", "address": "경기도 안양시 만안구 표식갑을로 7"}
"""A person's trade: the street and the number must go, the name and the district may stay."""


def plant(source: Source, table: pl.DataFrame) -> pl.DataFrame:
    """Marked values in every personal column, and a row without name and key, which ends in quarantine."""
    row = pl.int_range(pl.len()).cast(pl.String)
    table = table.with_columns(
        pl.concat_str(pl.lit(f"{MARK}{source.name}{place}x"), row).alias(header)
        for place, header in enumerate(source.personal)
    )
    told = [header for name in ("name", *source.key) for header in source.columns[name] if header in table.columns]
    nameless = table.head(1).with_columns(pl.lit(None, pl.String).alias(header) for header in dict.fromkeys(told))
    if source.name == "innobiz":
        trader = {source.columns[name][0]: value for name, value in SOLE_TRADER.items()}
        trader |= {"주생산품": "가죽 재단 지그", "홈페이지": f"www.{MARK}.example"}
        table = pl.concat([table, table.head(1).with_columns(pl.lit(v).alias(k) for k, v in trader.items())])
    return pl.concat([table, nameless])


@dataclass(frozen=True)
class Told:
    """A lake of all sources with planted values, and everything that its night logged."""

    lake: Lake
    logged: str

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot.current(self.lake)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("personal")
    drop_samples(folder / "drop", plant)
    log = folder / "night.log"
    handler, root = logging.FileHandler(log, encoding="utf-8"), logging.getLogger()
    level = root.level
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAPLAKE_DROP", str(folder / "drop"))
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            lake = str(folder / "lake")
            run_night(new_night(lake, source_names(), ["embedded"], accepted=SMALL), DirectRunner())
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
    return Told(Lake(lake), log.read_text(encoding="utf-8"))


def test_every_source_has_a_sample_and_its_personal_columns_are_planted(told: Told) -> None:
    assert set(told.snapshot.manifest.sources) == set(source_names())
    planted = 0
    for name in source_names():
        source = load_source(name)
        for file in sample_files(source):
            table = plant(source, raw_table(source, file))
            planted += table.select(pl.all().str.contains(MARK, literal=True).sum()).transpose().to_series().sum()
    assert planted > 300


def test_nothing_that_looks_personal_in_a_sample_is_left_undeclared() -> None:
    """The stock placeholder stands for a person in every sample."""
    for name in source_names():
        source = load_source(name)
        for file in sample_files(source):
            table = raw_table(source, file)
            held = [h for h in table.columns if table[h].str.contains("홍길동|010-").any()]
            mapped = {header for headers in source.columns.values() for header in headers}
            assert set(held) & mapped == set(), (name, file.name)


def test_no_table_has_them(told: Told) -> None:
    for name in told.snapshot.manifest.tables:
        rows = told.snapshot.table(name)
        assert MARK not in rows.write_json(), name
        assert "9991100006" not in rows.write_json(), name


def test_a_sole_trader_keeps_name_and_district_alone(told: Told) -> None:
    row = told.snapshot.table("sources/innobiz").filter(pl.col("name") == SOLE_TRADER["name"]).row(0, named=True)
    assert row["address"] == "경기도 안양시 만안구"
    assert row["business_no"] is None
    assert row["homepage"] is None


def test_no_refused_row_shows_them(told: Told) -> None:
    refused = [name for name in told.snapshot.manifest.tables if name.startswith("quarantine/")]
    lost = pl.concat([told.snapshot.table(name) for name in refused]).filter(~pl.col("row_kept"))
    assert set(lost["source"]) >= set(source_names())
    for name in source_names():
        listing = caplake("quarantine", "show", name, "--lake", told.lake.url) if name in set(lost["source"]) else ""
        assert MARK not in listing
    assert MARK not in caplake("quarantine", "list", "--lake", told.lake.url)


def test_no_index_report_receipt_ledger_or_log_has_them(told: Told) -> None:
    private = (".csv", ".json")
    files = [path for path in Path(told.lake.url).rglob("*") if path.is_file()]
    raw = [path for path in files if "raw" in path.parts and path.name != "receipt.json" and path.suffix in private]
    assert any(MARK.encode() in path.read_bytes() for path in raw)
    public = set(files) - set(raw)
    assert [path for path in public if MARK.encode() in path.read_bytes()] == []
    assert MARK not in told.logged


def test_no_export_has_them(told: Told, tmp_path: Path) -> None:
    export_tables(told.snapshot, tmp_path / "csv")
    export_tables(told.snapshot, tmp_path / "lake.duckdb")
    assert [p.name for p in (tmp_path / "csv").rglob("*") if p.is_file() and MARK.encode() in p.read_bytes()] == []
    with duckdb.connect(str(tmp_path / "lake.duckdb"), read_only=True) as database:
        for (table,) in database.sql("SELECT table_name FROM information_schema.tables").fetchall():
            assert MARK not in json.dumps(database.table(table).fetchall(), default=str, ensure_ascii=False)


def test_no_page_or_answer_has_them(told: Told) -> None:
    client = TestClient(create_app(told.lake.url))
    firms = told.snapshot.table("firms", ["firm_id"])["firm_id"]
    pages = [f"/firm/{firm}" for firm in firms] + [
        "/suppliers",
        "/data",
        "/data/coverage",
        "/ops",
        "/review",
        "/explore",
    ]
    pages += [f"/api/v1/firms/{firm}" for firm in firms]
    answered = 0
    for address in pages:
        answer = client.get(address)
        answered += answer.status_code == 200
        assert MARK not in answer.text, address
    assert answered >= len(pages) * 0.9
    found = client.get("/api/v1/search", params={"q": f"{MARK} 머신비전", "limit": 50}).json()
    assert MARK not in json.dumps([found["hits"], found["related"]], ensure_ascii=False)
