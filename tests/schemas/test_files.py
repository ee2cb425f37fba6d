"""What a reader without our library finds in the files: what they mean, and row groups that it can skip."""

from __future__ import annotations

import json
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from schemas.gold import GOLD_TABLES, sort_key
from schemas.lake import Lake
from schemas.lake.writer import SnapshotWriter

_FIRMS = 60_000
_NAMES_OF_EACH = 4
_SNAPSHOT = "2026-01-01T000000Z"
_ABOUT_FIRMS = [name for name, schema in GOLD_TABLES.items() if "firm_id" in schema.column_names()]
_ABOUT_OTHER_THINGS = {"links", "patents", "redirects"}
"""Tables that name a firm and are about records, applications and firm ids that are no more."""


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of more rows than a row group holds, written in an order that is not its own."""
    folder = tmp_path_factory.mktemp("files")
    rows = pl.DataFrame({"number": range(_FIRMS * _NAMES_OF_EACH)}).select(
        firm_id=pl.format("F{}", (pl.col("number") % _FIRMS).cast(pl.String).str.zfill(10)),
        name=pl.format("이름 {}", "number"),
        kind=pl.lit("register"),
        source=pl.lit("venture"),
        record_key=pl.format("venture:{}", "number"),
    )
    SnapshotWriter(Lake(str(folder)), _SNAPSHOT).write("names", rows, GOLD_TABLES["names"])
    return folder / "snapshots" / _SNAPSHOT / "names.parquet"


def test_a_question_about_one_firm_reads_one_row_group(names: Path) -> None:
    wanted = f"F{_FIRMS // 2:010}"
    about = pq.read_metadata(names)
    place = about.schema.names.index("firm_id")
    bounds = [about.row_group(group).column(place).statistics for group in range(about.num_row_groups)]
    assert len(bounds) > 1
    assert sum(found.min <= wanted <= found.max for found in bounds) == 1
    assert all(before.max <= after.min for before, after in pairwise(bounds))
    assert pl.scan_parquet(names).filter(pl.col("firm_id") == wanted).collect().height == _NAMES_OF_EACH


def test_row_groups_are_of_a_size_that_readers_are_made_for(names: Path) -> None:
    about = pq.read_metadata(names)
    rows = [about.row_group(group).num_rows for group in range(about.num_row_groups)]
    assert max(rows) <= 122_880  # a row group of DuckDB's own, the most that one of its threads takes at once
    assert min(rows[:-1]) >= 50_000


@pytest.mark.parametrize("table", sorted(set(_ABOUT_FIRMS) - _ABOUT_OTHER_THINGS))
def test_tables_about_firms_lie_in_order_of_firms(table: str) -> None:
    assert sort_key(table)[0] == "firm_id"


def test_the_file_says_what_it_is(names: Path) -> None:
    about = json.loads(pq.read_metadata(names).metadata[b"caplake.dictionary"])
    assert about["grain"]
    assert about["licence"]
    assert [column["name"] for column in about["columns"]] == pq.read_schema(BytesIO(names.read_bytes())).names
    assert all(column["en"] and column["ko"] and column["type"] for column in about["columns"])


def test_views_open_from_any_folder(small_lake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lake = Lake(small_lake)
    views = lake.read_bytes(f"snapshots/{lake.current()}/views.sql").decode()
    with duckdb.connect() as connection:
        connection.execute(f"SET file_search_path = '{Path(small_lake).resolve()}'")
        connection.execute(views)
        opened = connection.sql("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall()
        assert {view for view, _ in opened} > set(GOLD_TABLES) - {"changes"}
        for view, note in opened:
            assert note
            assert len(connection.sql(f'SELECT count(*) FROM "{view}"').fetchall()) == 1
