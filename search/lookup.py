"""Look-ups: a need that is an identifier or the name of a firm leads straight to it."""

from __future__ import annotations

from functools import cached_property

import polars as pl

from search.columns import Mask, SnapshotColumns
from search.understand import Understood
from transforms import names
from transforms.text import folded


class Lookup:
    """Finds firms by identifier and by exact name (legal forms, spaces and case aside)."""

    def __init__(self, columns: SnapshotColumns) -> None:
        self._columns = columns

    def find(self, understood: Understood, allowed: Mask) -> list[tuple[int, str]]:
        """Firm rows with why: `identifier` or `name`; several firms of one name are all there."""
        by_number = [
            (row, "identifier") for scheme, value in understood.identifiers for row in self._by_number(scheme, value)
        ]
        by_name = [(row, "name") for row in self._by_name.get(_key(understood.text), ())]
        found = dict(reversed([*by_number, *by_name]))
        return sorted(((row, why) for row, why in found.items() if allowed[row] or why == "identifier"))

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        table = self._columns.names.select("firm_id", key=names.match_key(pl.col("name"))).unique()
        rows = table.with_columns(row=pl.col("firm_id").replace_strict(self._columns.row_of, return_dtype=pl.Int32))
        grouped = rows.group_by("key").agg(pl.col("row").sort())
        return dict(zip(grouped["key"], grouped["row"].to_list(), strict=True))

    @cached_property
    def _identifiers(self) -> pl.DataFrame:
        return self._columns.snapshot.table("identifiers", ["firm_id", "scheme", "value"])

    def _by_number(self, scheme: str, value: str) -> list[int]:
        ids = self._identifiers.filter((pl.col("scheme") == scheme) & (pl.col("value") == value))["firm_id"].unique()
        return sorted(self._columns.row_of[firm_id] for firm_id in ids)


def _key(text: str) -> str:
    return str(pl.select(names.match_key(pl.lit(folded(text)))).item())
