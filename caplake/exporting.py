"""Exports of a snapshot's gold tables, each with its licences and its dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb
import polars as pl
import xlsxwriter

from schemas.dictionary import data_dictionary
from schemas.lake import LakeError, Snapshot
from schemas.lake.views import public_tables, quoted, table_comment
from transforms.spreadsheets import flat, harmless

_MOST_SHEET_ROWS: Final = 1_048_575
_IN_SHEETS: Final = ("firms", "capabilities", "certifications", "designations", "patents", "changes")
_BOOK: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def export_tables(snapshot: Snapshot, out: Path) -> None:
    """Write the gold tables but for the embeddings; XLSX gets those that people read in sheets.

    Beside them go `licences` (whose data it is and under which terms) and `dictionary` (what the columns mean).
    Raises LakeError when the target is there already, or when a table has more rows than a sheet holds.
    """
    if out.exists():
        raise LakeError(f"{out} is there already; name another target.")
    gold = [name for name in public_tables(snapshot.manifest.tables) if "/" not in name and name != "embeddings"]
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.tmp")
    if out.suffix == ".duckdb":
        aside.unlink(missing_ok=True)
        _to_duckdb(snapshot, gold, aside)
    elif out.suffix == ".xlsx":
        _to_sheets(explained(snapshot) | {name: snapshot.table(name) for name in _IN_SHEETS}, aside)
    else:
        aside.mkdir(parents=True, exist_ok=True)
        for name in gold:
            _write_csv(snapshot.table(name), aside / f"{name}.csv")
        for name, frame in explained(snapshot).items():
            _write_csv(frame, aside / f"{name}.csv")
    aside.rename(out)


def write_result(frame: pl.DataFrame, snapshot: Snapshot, out: Path) -> None:
    """One table, such as the answer to a query, as .csv, .parquet or .xlsx (with the licences).

    Raises LakeError when the target is there already or of another kind.
    """
    if out.exists():
        raise LakeError(f"{out} is there already; name another target.")
    if out.suffix == ".csv":
        _write_csv(frame, out)
    elif out.suffix == ".parquet":
        frame.write_parquet(out)
    elif out.suffix == ".xlsx":
        _to_sheets({"result": frame, "licences": explained(snapshot)["licences"]}, out)
    else:
        raise LakeError(f"{out} is neither .csv, .parquet nor .xlsx.")


def explained(snapshot: Snapshot) -> dict[str, pl.DataFrame]:
    """Licences and dictionary of a snapshot as tables."""
    return {"licences": licences(snapshot), "dictionary": _dictionary()}


def licences(snapshot: Snapshot) -> pl.DataFrame:
    """One row per source: whose data it is, under which terms, of which day, and what to beware of."""
    rows = [
        {
            "source": name,
            "title": entry.about.title_en,
            "title_ko": entry.about.title_ko,
            "publisher": entry.about.publisher,
            "licence": entry.about.licence,
            "landing_page": entry.about.landing_page,
            "as_of": entry.as_of,
            "rows": entry.valid,
            "cautions": " ".join(caution.en for caution in entry.about.cautions),
            "snapshot": snapshot.name,
        }
        for name, entry in sorted(snapshot.manifest.sources.items())
    ]
    return pl.DataFrame(rows, schema_overrides={"as_of": pl.Date})


def _dictionary() -> pl.DataFrame:
    shown = ("name", "type", "unit", "en", "ko", "source", "example", "null", "key", "personal")
    return pl.DataFrame(
        [
            {"table": table["table"], "grain": table["grain"], "licence": table["licence"]}
            | {name: column[name] for name in shown}
            for table in data_dictionary()
            if "/" not in table["table"]
            for column in table["columns"]
        ]
    )


def _to_duckdb(snapshot: Snapshot, tables: list[str], path: Path) -> None:
    """One file; tables and columns carry their meaning as comments."""
    columns = {table["table"]: table["columns"] for table in data_dictionary()}
    with duckdb.connect(str(path)) as connection:
        for name in tables:
            _create(connection, name, snapshot.table(name))
            connection.execute(f"COMMENT ON TABLE {name} IS {quoted(table_comment(name))}")
            there = set(connection.table(name).columns)
            for column in (column for column in columns[name] if column["name"] in there):
                meaning = quoted(f"{column['en']} / {column['ko']}")
                connection.execute(f'COMMENT ON COLUMN {name}."{column["name"]}" IS {meaning}')
        for name, frame in explained(snapshot).items():
            _create(connection, name, frame)


def _create(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("exported", frame.to_arrow())
    connection.table("exported").create(name)
    connection.unregister("exported")


def _to_sheets(tables: Mapping[str, pl.DataFrame], path: Path) -> None:
    """One sheet a table; texts stay texts, whatever they begin with."""
    for name, frame in tables.items():
        if frame.height > _MOST_SHEET_ROWS:
            raise LakeError(
                f"{name} has {frame.height:,} rows, a sheet holds {_MOST_SHEET_ROWS:,}. Export to a .duckdb file or a "
                "folder of CSV files."
            )
    with xlsxwriter.Workbook(str(path), _BOOK) as book:
        for name, frame in tables.items():
            flat(frame).write_excel(book, worksheet=name, autofit=False)


def _write_csv(frame: pl.DataFrame, path: Path) -> None:
    harmless(flat(frame)).write_csv(path, include_bom=True)
