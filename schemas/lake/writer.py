"""Writing a snapshot that is not committed yet."""

from __future__ import annotations

import hashlib
import json
from copy import copy
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import dataframely as dy
import polars as pl

from schemas.dictionary import table_entry
from schemas.gold import GOLD_TABLES, sort_key
from schemas.lake.layout import Lake, LakeError
from schemas.lake.manifest import DocumentEntry, TableEntry
from schemas.versions import SCHEMA_VERSION

_ROW_GROUP: Final = 100_000

_INCOMPRESSIBLE: Final = frozenset({"embeddings"})
"""Vectors lose a sixth of their bytes to zstd, for five times the time to write them and twice that to read them."""


@dataclass(frozen=True)
class SnapshotWriter:
    """Writes the tables of a new snapshot; nothing reads it before `Lake.commit`."""

    lake: Lake
    name: str

    @property
    def folder(self) -> str:
        return f"snapshots/{self.name}"

    def write(self, name: str, frame: pl.DataFrame, schema: type[dy.Schema]) -> None:
        """Check a table against its schema and write it, rows in total order, columns as declared.

        Raises LakeError naming the broken rules: a gold table that breaks its schema is our defect,
        never one bad row of a source.
        """
        chosen = frame.select(schema.column_names())
        keys = sort_key(name) if name in GOLD_TABLES else [*schema.primary_key()] or schema.column_names()
        table = _in_order(chosen, schema, keys)
        if table is None:
            # Whether all is well is known without a copy of the table; what is not well is worth one.
            failed = schema.filter(chosen, cast=True).failure.counts()
            broken = ", ".join(f"{rule} ({rows} rows)" for rule, rows in sorted(failed.items()))
            raise LakeError(f"table {name} breaks its schema: {broken}. Nothing was committed.")
        self.put(name, parquet_bytes(table, name, schema))

    def put(self, name: str, content: bytes) -> None:
        """Write bytes that are a Parquet table already, e.g. an unchanged one of the snapshot before."""
        self.lake.write_bytes(f"{self.folder}/{name}.parquet", content)

    def document(self, name: str, content: bytes) -> DocumentEntry:
        """Write a file that is no table, such as the dictionary."""
        self.lake.write_bytes(f"{self.folder}/{name}", content)
        return DocumentEntry(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())

    def table(self, name: str, columns: list[str] | None = None) -> pl.DataFrame:
        return self.lake.read_table(f"{self.folder}/{name}.parquet", columns)

    def columns(self, name: str) -> list[str]:
        """Columns of a table as it lies there."""
        return self.lake.scan_table(f"{self.folder}/{name}.parquet").collect_schema().names()

    def rows(self, name: str) -> int:
        """Rows of a table as it lies there."""
        return int(self.lake.scan_table(f"{self.folder}/{name}.parquet").select(pl.len()).collect().item())

    def entry(self, name: str) -> TableEntry:
        """Size and hash of a table as it lies there."""
        size, sha256 = self.lake.size_and_sha256(f"{self.folder}/{name}.parquet")
        return TableEntry(rows=self.rows(name), bytes=size, sha256=sha256)


def _in_order(frame: pl.DataFrame, schema: type[dy.Schema], keys: list[str]) -> pl.DataFrame | None:
    """The table as its schema declares it, rows in the total order of `keys`; None where a row breaks the schema.

    Rows whose primary key rises from each to the next have no key twice. That costs a fraction of a count of keys.
    """
    rising = keys == [*schema.primary_key()]
    if not (_without_key(schema) if rising else schema).is_valid(frame, cast=True):
        return None
    table: pl.DataFrame = schema.cast(frame)
    if _rises(table, keys):
        return table
    table = table.sort(keys, nulls_last=True)
    return None if rising and not _rises(table, keys) else table


def _without_key(schema: type[dy.Schema]) -> type[dy.Schema]:
    """The schema but for the rule that no primary key is there twice."""
    columns = {name: copy(column) for name, column in schema.columns().items()}
    for column in columns.values():
        column.primary_key = False
    return type(schema.__name__, (schema,), columns)


def _rises(frame: pl.DataFrame, keys: list[str]) -> bool:
    """Does each row's key come after that of the row before? A missing value never does."""
    tied = pl.repeat(True, max(frame.height - 1, 0), dtype=pl.Boolean, eager=True)
    for earlier, later in ((frame[name][:-1], frame[name][1:]) for name in keys):
        still = tied & (later == earlier)
        if not (~tied | still | (later > earlier)).all(ignore_nulls=False):
            return False
        if not still.any():
            return True
        tied = still
    return not tied.any()


def parquet_bytes(frame: pl.DataFrame, name: str, schema: type[dy.Schema]) -> bytes:
    """Parquet with the table's entry of the dictionary in the file's own metadata; same rows, same bytes.

    Rows are in total order, by firm where a table is about firms, so that the statistics of the row groups let a
    reader skip all but one of them for a firm's rows (docs/decisions/0008-order-of-rows.md).
    """
    buffer = BytesIO()
    frame.write_parquet(
        buffer,
        compression="uncompressed" if name in _INCOMPRESSIBLE else "zstd",
        statistics=True,
        row_group_size=_ROW_GROUP,
        metadata=parquet_metadata(name, schema),
    )
    return buffer.getvalue()


def parquet_metadata(name: str, schema: type[dy.Schema]) -> dict[str, str]:
    """What the file says of itself: the version of its columns and, as JSON, the dictionary's entry."""
    entry = json.dumps(table_entry(name, schema), ensure_ascii=False, sort_keys=True)
    return {"caplake.schema_version": SCHEMA_VERSION, "caplake.dictionary": entry}
