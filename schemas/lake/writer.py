"""Writing a snapshot that is not committed yet."""

from __future__ import annotations

import hashlib
import json
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


@dataclass(frozen=True)
class SnapshotWriter:
    """Writes the tables of a new snapshot; nothing reads it before `Lake.commit`."""

    lake: Lake
    name: str

    @property
    def folder(self) -> str:
        return f"snapshots/{self.name}"

    def write(self, name: str, frame: pl.DataFrame, schema: type[dy.Schema]) -> TableEntry:
        """Check a table against its schema and write it, rows in total order, columns as declared.

        Raises LakeError naming the broken rules: a gold table that breaks its schema is our defect,
        never one bad row of a source.
        """
        chosen = frame.select(schema.column_names())
        # Whether all is well is known without a copy of the table; what is not well is worth one.
        if not schema.is_valid(chosen, cast=True):
            failed = schema.filter(chosen, cast=True).failure.counts()
            broken = ", ".join(f"{rule} ({rows} rows)" for rule, rows in sorted(failed.items()))
            raise LakeError(f"table {name} breaks its schema: {broken}. Nothing was committed.")
        keys = sort_key(name) if name in GOLD_TABLES else [*schema.primary_key()] or schema.column_names()
        content = parquet_bytes(_ordered(schema.cast(chosen), keys), name, schema)
        return self.put(name, content, chosen.height)

    def put(self, name: str, content: bytes, rows: int) -> TableEntry:
        """Write bytes that are a Parquet table already, e.g. an unchanged one of the snapshot before."""
        self.lake.write_bytes(f"{self.folder}/{name}.parquet", content)
        return TableEntry(rows=rows, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())

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


def _ordered(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Rows in total order; a table whose first key rises from row to row is not copied."""
    first = frame[keys[0]]
    return frame if (first[1:] > first[:-1]).all(ignore_nulls=False) else frame.sort(keys, nulls_last=True)


def parquet_bytes(frame: pl.DataFrame, name: str, schema: type[dy.Schema]) -> bytes:
    """Parquet with the table's entry of the dictionary in the file's own metadata; same rows, same bytes.

    Rows are in total order, by firm where a table is about firms, so that the statistics of the row groups let a
    reader skip all but one of them for a firm's rows (docs/decisions/0008-order-of-rows.md).
    """
    buffer = BytesIO()
    frame.write_parquet(
        buffer, compression="zstd", statistics=True, row_group_size=_ROW_GROUP, metadata=parquet_metadata(name, schema)
    )
    return buffer.getvalue()


def parquet_metadata(name: str, schema: type[dy.Schema]) -> dict[str, str]:
    """What the file says of itself: the version of its columns and, as JSON, the dictionary's entry."""
    entry = json.dumps(table_entry(name, schema), ensure_ascii=False, sort_keys=True)
    return {"caplake.schema_version": SCHEMA_VERSION, "caplake.dictionary": entry}
