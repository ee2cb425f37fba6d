"""SQL over a snapshot, or over several as a panel: read-only, and nothing else can be opened."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from schemas.lake import Snapshot
from schemas.lake.views import public_tables, quoted, view_name


def query_tables(snapshots: Sequence[Snapshot], query: str, *, panel: bool = False) -> pl.DataFrame:
    """Run a SELECT over the tables of the snapshots; in a panel every table begins with the column `snapshot`.

    A column that an older snapshot does not have yet is null there. Raises ValueError with DuckDB's reason.
    """
    connection = duckdb.connect()
    try:
        statements = connection.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise ValueError("`caplake sql` takes one SELECT")
        _open_tables(connection, snapshots, query, panel)
        return pl.DataFrame(pl.from_arrow(connection.sql(query).to_arrow_table()))
    except duckdb.Error as error:
        raise ValueError(str(error).splitlines()[0]) from None
    finally:
        connection.close()


def _open_tables(connection: duckdb.DuckDBPyConnection, snapshots: Sequence[Snapshot], query: str, panel: bool) -> None:
    """Make a view of every public table, then shut the connection off from everything else."""
    tables = public_tables({name for snapshot in snapshots for name in snapshot.manifest.tables})
    root = snapshots[0].lake.local_root
    # From object storage whole tables are loaded, so only those that the query may mean.
    wanted = tables if root else [name for name in tables if view_name(name).lower() in query.lower()]
    for name in wanted:
        having = [snapshot for snapshot in snapshots if snapshot.has(name)]
        if root:
            connection.execute(f"CREATE VIEW {view_name(name)} AS {_scan(having, name, panel)}")
        else:
            frames = [_stamped(snapshot, name, panel) for snapshot in having]
            connection.register(view_name(name), pl.concat(frames, how="diagonal").to_arrow())
    if root:
        # The files of these tables alone: refused rows lie in the same folders.
        connection.execute("SET allowed_paths = ?", [[_path(s, name) for name in tables for s in snapshots]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _scan(snapshots: Sequence[Snapshot], table: str, panel: bool) -> str:
    """A SELECT over the files of a table, by name of their columns."""
    parts = []
    for snapshot in snapshots:
        path = quoted(_path(snapshot, table))
        stamp = f"{quoted(snapshot.name)} AS snapshot, " if panel else ""
        parts.append(f"SELECT {stamp}* FROM read_parquet({path})")  # noqa: S608 (our own names, quoted)
    return " UNION ALL BY NAME ".join(parts)


def _path(snapshot: Snapshot, table: str) -> str:
    return f"{snapshot.lake.local_root}/{snapshot.folder}/{table}.parquet"


def _stamped(snapshot: Snapshot, table: str, panel: bool) -> pl.DataFrame:
    frame = snapshot.table(table)
    return frame.select(pl.lit(snapshot.name).alias("snapshot"), pl.all()) if panel else frame
