"""What changed between two snapshots, value by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

_SCHEMA: Final = dict.fromkeys(("firm_id", "change", "table", "column", "old", "new"), pl.String)

MEMBERS: Final[dict[str, tuple[str, ...]]] = {
    "capabilities": ("text",),
    "certifications": ("scheme", "number", "valid_from", "valid_to"),
    "designations": ("field", "number", "valid_from", "valid_to"),
    "statuses": ("status", "source"),
    "patents": ("application_no", "state"),
}
"""Tables whose rows come and go, and the columns that tell one row of a firm from another."""

COMPARED: Final = ("firms", *MEMBERS)
"""Tables that are compared; `firms` is compared column by column."""


def compared(table: str, columns: Sequence[str]) -> list[str]:
    """Those of a table's columns that are compared."""
    return [name for name in columns if table == "firms" or name in ("firm_id", *MEMBERS[table])]


def changes_table(
    before: Mapping[str, pl.DataFrame] | None,
    now: Mapping[str, pl.DataFrame],
    redirects: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Changes between two snapshots' tables by name, of those in `COMPARED` that both have.

    Without an earlier snapshot there is nothing to compare with, and the table is empty. With `redirects` (old_firm_id,
    firm_id) a merge of two firms is listed as a change of the firm id, and what it had is looked for under the new one.
    """
    if before is None:
        return pl.DataFrame(schema=_SCHEMA)
    if redirects is not None and not redirects.is_empty():
        merged = _merged(before["firms"], redirects)
        before = {name: _followed(table, redirects) for name, table in before.items()}
        before["firms"] = before["firms"].join(merged, left_on="_old_id", right_on="old", how="anti")
    else:
        merged = pl.DataFrame(schema=_SCHEMA)
    parts = [_firms(before["firms"], now["firms"]), merged]
    parts += [_members(name, before[name], now[name]) for name in MEMBERS if name in before and name in now]
    return pl.concat(parts)


def _merged(firms: pl.DataFrame, redirects: pl.DataFrame) -> pl.DataFrame:
    """Firms of before whose id leads elsewhere now."""
    return firms.join(redirects, left_on="firm_id", right_on="old_firm_id").select(
        firm_id="firm_id_right",
        change=pl.lit("changed"),
        table=pl.lit("firms"),
        column=pl.lit("firm_id"),
        old="firm_id",
        new="firm_id_right",
    )


def _followed(table: pl.DataFrame, redirects: pl.DataFrame) -> pl.DataFrame:
    """The table under the ids of now; `_old_id` keeps the one of before."""
    now = pl.col("firm_id").replace(redirects["old_firm_id"], redirects["firm_id"])
    return table.with_columns(now, _old_id="firm_id")


def _firms(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    columns = [name for name in now.columns if name != "firm_id" and name in before.columns]
    # Of most firms nothing changed: a digest of the row tells, and only the others are compared column by column.
    digests = [frame.select("firm_id", digest=pl.struct(columns).hash()) for frame in (now, before)]
    differing = digests[0].join(digests[1], on=["firm_id", "digest"], how="anti").select("firm_id")
    now_text, before_text = (
        frame.join(differing, on="firm_id", how="semi").select("firm_id", *(_as_text(frame, name) for name in columns))
        for frame in (now, before)
    )
    both = now_text.join(before_text, on="firm_id", suffix="_before")
    differ = [pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in columns]
    changed = both.filter(pl.any_horizontal(differ))
    return pl.concat(
        [
            _whole(now.join(before, on="firm_id", how="anti"), "added", "firms", pl.col("name")),
            _whole(before.join(now, on="firm_id", how="anti"), "removed", "firms", pl.col("name")),
            *(_changed(changed, column) for column in columns),
        ]
    )


def _members(table: str, before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    key = ["firm_id", *(name for name in MEMBERS[table] if name in before.columns and name in now.columns)]
    shown = pl.concat_str([pl.col(name).cast(pl.String) for name in key[1:]], separator=" ", ignore_nulls=True)
    return pl.concat(
        [
            _whole(now.join(before, on=key, how="anti", nulls_equal=True), "added", table, shown),
            _whole(before.join(now, on=key, how="anti", nulls_equal=True), "removed", table, shown),
        ]
    )


def _whole(rows: pl.DataFrame, change: str, table: str, value: pl.Expr) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    old, new = (nothing, value) if change == "added" else (value, nothing)
    return rows.select("firm_id", change=pl.lit(change), table=pl.lit(table), column=nothing, old=old, new=new)


def _changed(both: pl.DataFrame, column: str) -> pl.DataFrame:
    differ = both.filter(pl.col(column).ne_missing(pl.col(f"{column}_before")))
    return differ.select(
        "firm_id",
        change=pl.lit("changed"),
        table=pl.lit("firms"),
        column=pl.lit(column),
        old=f"{column}_before",
        new=column,
    )


def _as_text(frame: pl.DataFrame, column: str) -> pl.Expr:
    if isinstance(frame.schema[column], pl.List):
        return pl.col(column).list.join(" ")
    return pl.col(column).cast(pl.String)
