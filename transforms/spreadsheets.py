"""Tables made fit for spreadsheets: lists as text, and no cell that runs as a formula."""

from __future__ import annotations

from typing import Final

import polars as pl

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as text joined by blanks, for formats that have no lists."""
    return frame.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join(" ")
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.List)
    )


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts that a spreadsheet would run as a formula get an apostrophe in front."""
    cell = pl.col(pl.String)
    return frame.with_columns(
        pl.when(cell.str.slice(0, 1).is_in(_FORMULA_STARTS)).then("'" + cell).otherwise(cell).name.keep()
    )
