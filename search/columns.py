"""The snapshot in memory: firm columns, statement columns and concept postings, shared by every engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.lake import Snapshot
from schemas.vocabulary import load_vocabulary
from search.engines.base import Floats, Rows
from search.industries import IndustryWords, statements_by_industry
from transforms.regions import covered_codes

Mask = npt.NDArray[np.bool_]

_FLAGS: Final = ("is_designated", "is_registered_supplier", "is_institution")

CLASS_WEIGHTS: Final = {"strong": 1.0, "medium": 0.8, "weak": 0.45, "hint": 0.3}
TIER_WEIGHTS: Final = {"same": 1.0, "probable": 0.85}
_HALF_LIFE_DAYS: Final = 3650.0
_NEWEST: Final = 1.0


@dataclass(frozen=True)
class Postings:
    """For each of `ids` the statement rows that carry it, in row order."""

    ids: dict[str, int]
    starts: Rows
    rows: Rows

    def of(self, name: str) -> Rows:
        position = self.ids.get(name)
        if position is None:
            return np.empty(0, np.int32)
        return self.rows[self.starts[position] : self.starts[position + 1]]

    @classmethod
    def from_lists(cls, lists: pl.Series) -> Postings:
        pairs = pl.DataFrame({"id": lists, "row": np.arange(len(lists), dtype=np.int32)}).explode("id").drop_nulls("id")
        grouped = pairs.sort("id", "row").group_by("id", maintain_order=True).agg("row")
        ids = {name: position for position, name in enumerate(grouped["id"])}
        lengths = grouped["row"].list.len().to_numpy()
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        rows = grouped["row"].explode().to_numpy().astype(np.int32) if len(ids) else np.empty(0, np.int32)
        return cls(ids, starts, rows)


class SnapshotColumns:
    """Columns of one pinned snapshot. Firm rows and statement rows are positions in its tables."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.firms = snapshot.table("firms")
        self.statements = snapshot.table("capabilities")
        ids = self.firms["firm_id"]
        self.row_of = {firm_id: row for row, firm_id in enumerate(ids)}
        self.firm_of: Rows = (
            self.statements.select("firm_id")
            .join(
                pl.DataFrame({"firm_id": ids, "row": np.arange(len(ids), dtype=np.int32)}),
                on="firm_id",
                maintain_order="left",
            )["row"]
            .to_numpy()
        )

    @property
    def size(self) -> int:
        return self.firms.height

    @cached_property
    def trading(self) -> Mask:
        """Firms not known to be closed or suspended."""
        return ~self.firms["status"].is_in(["closed", "suspended"]).to_numpy()

    @cached_property
    def korean(self) -> Mask:
        return (self.firms["country"] == "KR").to_numpy()

    @cached_property
    def statement_count(self) -> Rows:
        return self.firms["statement_count"].to_numpy().astype(np.int32)

    @cached_property
    def established(self) -> npt.NDArray[np.datetime64]:
        """Day of establishment, NaT where unknown."""
        return self.firms["established"].to_numpy().astype("datetime64[D]")

    @cached_property
    def statement_weight(self) -> Floats:
        """How much a statement counts by itself: source class, link tier and age, in (0, 1]."""
        weights = self.statements.select(
            pl.col("weight_class").replace_strict(CLASS_WEIGHTS, return_dtype=pl.Float32)
            * pl.col("tier").replace_strict(TIER_WEIGHTS, return_dtype=pl.Float32)
            * self._recency()
        )
        return weights.to_series().to_numpy().astype(np.float32)

    @staticmethod
    def _recency() -> pl.Expr:
        """Halves in ten years, counted from the newest statement, so that an old lake ranks as it did."""
        age = (pl.col("as_of").max() - pl.col("as_of")).dt.total_days().fill_null(_HALF_LIFE_DAYS)
        return (2.0 ** (-age / _HALF_LIFE_DAYS)).cast(pl.Float32)

    @cached_property
    def concepts(self) -> Postings:
        return Postings.from_lists(self.statements["concepts"])

    @cached_property
    def fields(self) -> Postings:
        return Postings.from_lists(self.statements["fields"])

    @cached_property
    def selling(self) -> dict[str, Mask]:
        """Per field the firms with a statement in it."""
        return {name: self.mask(self.firm_of[self.fields.of(name)]) for name in self.fields.ids}

    @cached_property
    def industries(self) -> dict[str, Mask]:
        """Per industry the firms with a capability statement that names it."""
        # A register's name of a firm's own industry says what the firm is, not for whom it works.
        tagged = self.statements.select("text", "concepts", "kind").with_row_index("row")
        tagged = tagged.filter((pl.col("concepts").list.len() > 0) & (pl.col("kind") != "industry"))
        words = IndustryWords(load_vocabulary().industries)
        found = statements_by_industry(tagged.select("row", "text").iter_rows(), words)
        return {name: self.mask(self.firm_of[rows]) for name, rows in sorted(found.items())}

    @cached_property
    def region_code(self) -> npt.NDArray[np.str_]:
        """Region code of each firm, of 2 or 5 digits, empty where unknown."""
        return self.firms["region_code"].fill_null("").to_numpy().astype("U5")

    @cached_property
    def province(self) -> npt.NDArray[np.str_]:
        """Two-digit region code of each firm, empty where unknown."""
        return self.region_code.astype("U2")

    def firms_in(self, code: str) -> Mask:
        """Firms in a province (2 digits), or in a city or district (5 digits; a city covers its districts)."""
        if len(code) == 2:
            return np.asarray(self._province_number == int(code), dtype=bool)
        return np.isin(self._region_number, [int(covered) for covered in covered_codes(code)])

    @cached_property
    def _region_number(self) -> npt.NDArray[np.int32]:
        """`region_code` as numbers, -1 where unknown: every search compares them, and text is slow to compare."""
        return np.where(self.region_code == "", "-1", self.region_code).astype(np.int32)

    @cached_property
    def _province_number(self) -> npt.NDArray[np.int32]:
        return np.where(self.province == "", "-1", self.province).astype(np.int32)

    @cached_property
    def certified(self) -> dict[str, tuple[Rows, npt.NDArray[np.datetime64]]]:
        """Per certification scheme: firm rows, and the last day of validity of each, NaT where not given."""
        table = self.snapshot.table("certifications", ["firm_id", "scheme", "valid_to"])
        rows = table.with_columns(row=pl.col("firm_id").replace_strict(self.row_of, return_dtype=pl.Int32))
        return {
            str(key[0]): (part["row"].to_numpy(), part["valid_to"].to_numpy().astype("datetime64[D]"))
            for key, part in rows.group_by("scheme")
        }

    @cached_property
    def has_patents(self) -> Mask:
        owners = self.snapshot.table("patents", ["firm_id"])["firm_id"].unique()
        return self.mask([self.row_of[firm_id] for firm_id in owners])

    @cached_property
    def names(self) -> pl.DataFrame:
        return self.snapshot.table("names", ["firm_id", "name", "kind"])

    @cached_property
    def sources(self) -> dict[str, Mask]:
        """Per source the firms that have a record in it."""
        links = self.snapshot.table("links", ["record_key", "firm_id"]).select(
            source=pl.col("record_key").str.split(":").list.first(),
            row=pl.col("firm_id").replace_strict(self.row_of, return_dtype=pl.Int32),
        )
        return {str(key[0]): self.mask(part["row"].to_numpy()) for key, part in links.group_by("source")}

    def flag(self, column: str) -> Mask:
        return self._flags[column]

    @cached_property
    def _flags(self) -> dict[str, Mask]:
        return {name: self.firms[name].to_numpy().astype(bool) for name in _FLAGS}

    def mask(self, rows: Rows | list[int]) -> Mask:
        found = np.zeros(self.size, bool)
        found[np.asarray(rows, np.int64)] = True
        return found
