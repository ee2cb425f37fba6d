"""Sources that were renamed: what was written under the old name is read under the one that counts now.

Ledgers and kept deliveries are never rewritten. Firm ids, decisions and takedowns hold record keys, which begin with
the source's name, so they are translated wherever they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import polars as pl

from flows.sources.declaration import Source, former_names

T = TypeVar("T")


def current_keys(table: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The table with the record keys in `columns` under the sources' names of today."""
    if table.is_empty() or not (old_to_new := former_names()):
        return table
    prefixes = {f"{old}:": f"{new}:" for old, new in old_to_new.items()}
    return table.with_columns(
        pl.concat_str(
            pl.col(column).str.extract(r"^([^:]*:)").replace(prefixes), pl.col(column).str.extract(r"^[^:]*:(.*)$")
        ).fill_null(pl.col(column))
        for column in columns
    )


def entry_of(source: Source, entries: Mapping[str, T]) -> T | None:
    """What is kept of a source, under this name or one it had before."""
    return next((entries[name] for name in (source.name, *source.formerly) if name in entries), None)
