"""Writing a snapshot that is not committed yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import dataframely as dy
import polars as pl

from schemas.gold import GOLD_TABLES, sort_key
from schemas.lake.layout import Lake, LakeError
from schemas.lake.manifest import SCHEMA_VERSION, TableEntry


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
        checked = schema.filter(frame.select(schema.column_names()), cast=True)
        if checked.failure.counts():
            broken = ", ".join(f"{rule} ({rows} rows)" for rule, rows in sorted(checked.failure.counts().items()))
            raise LakeError(f"table {name} breaks its schema: {broken}. Nothing was committed.")
        keys = sort_key(name) if name in GOLD_TABLES else [*schema.primary_key()] or schema.column_names()
        content = parquet_bytes(checked.result.sort(keys, nulls_last=True), schema)
        return self.put(name, content, checked.result.height)

    def put(self, name: str, content: bytes, rows: int) -> TableEntry:
        """Write bytes that are a Parquet table already, e.g. an unchanged one of the snapshot before."""
        self.lake.write_bytes(f"{self.folder}/{name}.parquet", content)
        return TableEntry(rows=rows, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())

    def table(self, name: str, columns: list[str] | None = None) -> pl.DataFrame:
        return self.lake.read_table(f"{self.folder}/{name}.parquet", columns)

    def rows(self, name: str) -> int:
        """Rows of a table as it lies there."""
        return self.entry(name).rows

    def entry(self, name: str) -> TableEntry:
        """Size and hash of a table as it lies there."""
        content = self.lake.read_bytes(f"{self.folder}/{name}.parquet")
        rows = pl.scan_parquet(BytesIO(content)).select(pl.len()).collect().item()
        return TableEntry(rows=rows, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def parquet_bytes(frame: pl.DataFrame, schema: type[dy.Schema]) -> bytes:
    """Parquet with the dictionary of its columns in the file's own metadata; same rows, same bytes."""
    buffer = BytesIO()
    frame.write_parquet(
        buffer, compression="zstd", statistics=True, row_group_size=100_000, metadata=parquet_metadata(schema)
    )
    return buffer.getvalue()


def parquet_metadata(schema: type[dy.Schema]) -> dict[str, str]:
    described = {"caplake.schema_version": SCHEMA_VERSION}
    for name, column in schema.columns().items():
        notes: dict[str, Any] = column.metadata or {}
        described[f"caplake.{name}"] = f"{notes.get('en', '')} / {notes.get('ko', '')}"
    return described
