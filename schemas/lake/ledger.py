"""The ledger: what cannot be derived again. Every night appends a file; nothing is rewritten."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import polars as pl

from schemas.lake.layout import Lake


def read_ledger(lake: Lake, book: str, schema: dict[str, Any]) -> pl.DataFrame:
    """All entries of a book (`firm_ids`, ...), oldest file first."""
    parts = [
        lake.read_table(f"ledger/{book}/{name}") for name in lake.names(f"ledger/{book}") if name.endswith(".parquet")
    ]
    empty = pl.DataFrame(schema=schema)
    return pl.concat([empty, *(part.select(empty.columns) for part in parts)])


def append_ledger(lake: Lake, book: str, night: str, entries: pl.DataFrame) -> None:
    """Append a night's entries; writes nothing where there are none."""
    if entries.is_empty():
        return
    buffer = BytesIO()
    entries.write_parquet(buffer)
    lake.write_bytes(f"ledger/{book}/{night}.parquet", buffer.getvalue())
