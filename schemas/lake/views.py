"""The views that analysts open: one per public table, with the paths of the snapshot."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.lake.manifest import Manifest
from schemas.tables import table_note


def public_tables(tables: Iterable[str]) -> list[str]:
    """The tables that readers may see, sorted: all but the quarantine."""
    return sorted(name for name in tables if not name.startswith("quarantine/"))


def view_name(table: str) -> str:
    """The name a table goes by in SQL: `sources/venture` is `source_venture`."""
    return table.replace("sources/", "source_")


def views_sql(manifest: Manifest) -> str:
    """DuckDB views of the snapshot's public tables, with paths relative to the lake's folder."""
    lines = [
        f"-- Views of snapshot {manifest.snapshot} (columns of version {manifest.schema_version}).",
        "-- In the lake's folder:  duckdb -init snapshots/<snapshot>/views.sql",
        "-- From anywhere else, first:  SET file_search_path = '<folder of the lake>';",
    ]
    for table in public_tables(manifest.tables):
        path = f"snapshots/{manifest.snapshot}/{table}.parquet"
        lines.append(f"CREATE OR REPLACE VIEW {view_name(table)} AS FROM read_parquet('{path}');")
        lines.append(f"COMMENT ON VIEW {view_name(table)} IS {quoted(table_comment(table))};")
    return "\n".join(lines) + "\n"


def table_comment(table: str) -> str:
    note = table_note(table)
    return f"{note.en}; one row per {note.grain.removeprefix('one ')}"


def quoted(text: str) -> str:
    """A string as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
