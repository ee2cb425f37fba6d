"""What changed between two snapshots, value by value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

_SCHEMA: Final = {name: pl.String for name in ("firm_id", "change", "table", "column", "old", "new")}


def changes_table(before: Mapping[str, pl.DataFrame] | None, now: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Changes of `firms` (by column) and `capabilities` (statements come and go).

    Without an earlier snapshot there is nothing to compare with, and the table is empty.
    """
    if before is None:
        return pl.DataFrame(schema=_SCHEMA)
    return pl.concat([_firms(before["firms"], now["firms"]), _statements(before["capabilities"], now["capabilities"])])


def _firms(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    columns = [name for name in now.columns if name != "firm_id" and name in before.columns]
    return pl.concat(
        [
            _whole(now.join(before, on="firm_id", how="anti"), "added", "firms", "name"),
            _whole(before.join(now, on="firm_id", how="anti"), "removed", "firms", "name"),
            *(_changed(before, now, column) for column in columns),
        ]
    )


def _statements(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(
        [
            _whole(now.join(before, on=["firm_id", "text"], how="anti"), "added", "capabilities", "text"),
            _whole(before.join(now, on=["firm_id", "text"], how="anti"), "removed", "capabilities", "text"),
        ]
    )


def _whole(rows: pl.DataFrame, change: str, table: str, shown: str) -> pl.DataFrame:
    value, nothing = pl.col(shown), pl.lit(None, pl.String)
    old, new = (nothing, value) if change == "added" else (value, nothing)
    return rows.select("firm_id", change=pl.lit(change), table=pl.lit(table), column=nothing, old=old, new=new)


def _changed(before: pl.DataFrame, now: pl.DataFrame, column: str) -> pl.DataFrame:
    both = now.select("firm_id", new=_as_text(now, column)).join(
        before.select("firm_id", old=_as_text(before, column)), on="firm_id"
    )
    differ = both.filter(pl.col("old").ne_missing(pl.col("new")))
    return differ.select(
        "firm_id", change=pl.lit("changed"), table=pl.lit("firms"), column=pl.lit(column), old="old", new="new"
    )


def _as_text(frame: pl.DataFrame, column: str) -> pl.Expr:
    if isinstance(frame.schema[column], pl.List):
        return pl.col(column).list.join(" ")
    return pl.col(column).cast(pl.String)
