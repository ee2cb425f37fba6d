"""The ledger: what cannot be derived again. Every night appends a file; nothing is rewritten."""

from __future__ import annotations

from typing import Any

import polars as pl

from schemas.lake.layout import Lake


def read_ledger(lake: Lake, book: str, schema: dict[str, Any]) -> pl.DataFrame:
    """All entries of a book (`firm_ids`, ...), oldest file first."""
    parts = [lake.read_table(f"ledger/{book}/{name}") for name in _files(lake, book)]
    empty = pl.DataFrame(schema=schema)
    return pl.concat([empty, *(part.select(empty.columns) for part in parts)])


def append_ledger(lake: Lake, book: str, night: str, entries: pl.DataFrame) -> None:
    """Append a night's entries; writes nothing where there are none.

    A second file of the same second gets a number behind its name, which sorts after the first.
    """
    if entries.is_empty():
        return
    there = set(_files(lake, book))
    name, number = f"{night}.parquet", 1
    while name in there:
        number += 1
        name = f"{night}_{number:04d}.parquet"
    lake.write_table(f"ledger/{book}/{name}", entries)


def _files(lake: Lake, book: str) -> list[str]:
    """Names of a book's files in the order they were written."""
    names = [name for name in lake.names(f"ledger/{book}") if name.endswith(".parquet")]
    return sorted(names, key=lambda name: name.removesuffix(".parquet"))
