"""SQL over a snapshot, and exports of its gold tables."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import xlsxwriter

from schemas.lake import LakeError, Snapshot
from transforms.spreadsheets import flat, harmless

_MOST_XLSX_ROWS = 1_048_575
_IN_SHEETS = ("firms", "capabilities", "certifications", "designations", "patents", "changes")


def query_tables(snapshot: Snapshot, query: str) -> pl.DataFrame:
    """Run a SELECT; the connection can neither write nor reach other files. Raises ValueError with DuckDB's reason."""
    connection = _connected(snapshot)
    try:
        statements = connection.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise ValueError("`caplake sql` takes one SELECT")
        return pl.DataFrame(pl.from_arrow(connection.sql(query).to_arrow_table()))
    except duckdb.Error as error:
        raise ValueError(str(error).splitlines()[0]) from None


def export_tables(snapshot: Snapshot, out: Path) -> None:
    """Write the gold tables but for the embeddings; XLSX gets those that people read in sheets.

    Raises LakeError when the target is there already.
    """
    if out.exists():
        raise LakeError(f"{out} is there already; name another target.")
    names = [name for name in _gold(snapshot) if name != "embeddings"]
    aside = out.with_name(f".{out.name}.tmp")
    if out.suffix == ".duckdb":
        with duckdb.connect(str(aside)) as connection:
            for name in names:
                connection.register("exported", snapshot.table(name).to_arrow())
                connection.table("exported").create(name)
                connection.unregister("exported")
    elif out.suffix == ".xlsx":
        with xlsxwriter.Workbook(str(aside), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            for name in _IN_SHEETS:
                flat(snapshot.table(name)).head(_MOST_XLSX_ROWS).write_excel(book, worksheet=name, autofit=False)
    else:
        aside.mkdir(parents=True)
        for name in names:
            harmless(flat(snapshot.table(name))).write_csv(aside / f"{name}.csv", include_bom=True)
    aside.rename(out)


def _gold(snapshot: Snapshot) -> list[str]:
    return sorted(name for name in snapshot.manifest.tables if "/" not in name)


def _connected(snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    """A connection in which every table but the quarantine is a view by its name, and nothing else can be opened."""
    connection = duckdb.connect()
    root = snapshot.lake.local_root
    folder = str(root / snapshot.folder) if root else ""
    for name in (name for name in snapshot.manifest.tables if not name.startswith("quarantine/")):
        view = name.replace("sources/", "source_")
        if root:
            connection.read_parquet(f"{folder}/{name}.parquet").create_view(view)
        else:
            connection.register(view, snapshot.table(name).to_arrow())
    if root:
        connection.execute("SET allowed_directories = [?]", [folder])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
