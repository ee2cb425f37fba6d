"""The snapshot in memory: firm columns, statement columns and concept postings, shared by every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Self, TypeVar, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.lake import LakeError, Snapshot
from schemas.vocabulary import load_vocabulary
from search.engines.arrays import ranges
from search.engines.base import Floats, Rows
from search.snapshot.industries import IndustryWords, naming_an_industry
from transforms.regions import covered_codes

Mask = npt.NDArray[np.bool_]
Made = TypeVar("Made")

_FLAGS: Final = ("is_designated", "is_registered_supplier", "is_institution")
_FEW_VALUES: Final = ("language", "kind", "source", "weight_class", "tier", "role")
"""Columns of statements that have a handful of values: kept as numbers."""

NO_STATEMENT: Final = ("industry", "firm_name")
"""Kinds of statement that name what a firm is, and none of its products."""

CLASS_WEIGHTS: Final = {"strong": 1.0, "medium": 0.8, "weak": 0.45, "hint": 0.3}
TIER_WEIGHTS: Final = {"same": 1.0, "probable": 0.85}
_HALF_LIFE_DAYS: Final = 3650.0


@dataclass(frozen=True)
class Postings:
    """For each of `ids` the rows that carry it, in row order."""

    ids: dict[str, int]
    starts: npt.NDArray[np.int64]
    rows: Rows

    def of(self, name: str) -> Rows:
        position = self.ids.get(name)
        if position is None:
            return np.empty(0, np.int32)
        return self.rows[self.starts[position] : self.starts[position + 1]]

    @classmethod
    def from_lists(cls, lists: pl.Series) -> Self:
        """Of a column of lists, by its rows."""
        lengths = lists.list.len().to_numpy()
        return cls.from_pairs(lists.explode().drop_nulls(), np.repeat(np.arange(len(lists), dtype=np.int32), lengths))

    @classmethod
    def from_pairs(cls, values: pl.Series, rows: Rows) -> Self:
        """Of values, each with the row that carries it; rows of one value keep their order."""
        names = values.unique().drop_nulls().sort()
        codes = values.cast(pl.Enum(names)).to_physical().to_numpy()
        starts = np.append(0, np.cumsum(np.bincount(codes, minlength=len(names))))
        return cls({name: at for at, name in enumerate(names)}, starts, rows[np.argsort(codes, kind="stable")])


class FirmIds(Mapping[str, int]):
    """The row of a firm by its id, without a dictionary of a million strings: the ids are sorted."""

    def __init__(self, ids: pl.Series) -> None:
        self._ids = ids

    def __getitem__(self, firm_id: str) -> int:
        row = int(self._ids.search_sorted(firm_id))
        if row == len(self._ids) or self._ids[row] != firm_id:
            raise KeyError(firm_id)
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def rows(self, firm_ids: pl.Series) -> Rows:
        """The row of each id. Raises LakeError for one that is no firm's."""
        rows = self._ids.search_sorted(firm_ids)
        known = self._ids.gather(rows.clip(upper_bound=len(self._ids) - 1)) == firm_ids if len(self._ids) else rows < 0
        if not known.all():
            strangers = firm_ids.filter(~known).unique().sort().head(3).to_list()
            raise LakeError(f"not in firms: {', '.join(strangers)}. `caplake lake verify` names damaged tables.")
        return rows.to_numpy().astype(np.int32)


class SnapshotColumns:
    """Columns of one pinned snapshot. Firm rows and statement rows are positions in its tables, which are sorted by
    firm, so that the statements of a firm stand together.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.firms = snapshot.table("firms")
        table = snapshot.table("capabilities")
        self.statements = table.drop("firm_id").with_columns(pl.col(_FEW_VALUES).cast(pl.Categorical))
        self.row_of = FirmIds(self.firms["firm_id"])
        self.firm_of = self._runs(table["firm_id"])
        self._day: tuple[date | None, dict[object, object]] = (None, {})

    def _runs(self, firm_ids: pl.Series) -> Rows:
        """Firm rows of a column in which a firm's entries stand together."""
        runs = firm_ids.rle().struct.unnest()
        return np.repeat(self.row_of.rows(runs["value"]), runs["len"].to_numpy())

    @property
    def size(self) -> int:
        return self.firms.height

    def statements_of(self, firms: Rows) -> Rows:
        """Rows of the statements of some firms, firm by firm."""
        start, end = (np.searchsorted(self.firm_of, firms, side=side) for side in ("left", "right"))
        return ranges(start, end - start)

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
    def statement_weight(self) -> Floats:
        """How much a statement counts by itself: source class, link tier and age, in (0, 1]."""
        weights = self.statements.select(
            pl.col("weight_class").replace_strict(CLASS_WEIGHTS, return_dtype=pl.Float32)
            * pl.col("tier").replace_strict(TIER_WEIGHTS, return_dtype=pl.Float32)
            * self._recency()
        )
        return weights.to_series().to_numpy().astype(np.float32)

    @cached_property
    def is_stated(self) -> Mask:
        """Statements of a capability, as against the line of an industry or a firm's own name, which say what it is."""
        return ~self.statements["kind"].cast(pl.String).is_in(NO_STATEMENT).to_numpy()

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

    def stating(self, concept: str) -> Mask:
        """The firms with a statement of a capability that names a concept."""
        rows = self.concepts.of(concept)
        return self.mask(self.firm_of[rows[self.is_stated[rows]]])

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
        found = naming_an_industry(tagged["text"], IndustryWords(load_vocabulary().industries))
        named = Postings.from_pairs(found["industry"], self.firm_of[tagged["row"].gather(found["row"])])
        return {name: self.mask(named.of(name)) for name in named.ids}

    @cached_property
    def region_number(self) -> npt.NDArray[np.int32]:
        """Region code of each firm, of 2 or 5 digits, as a number, -1 where unknown: text is slow to compare."""
        return self.firms["region_code"].cast(pl.Int32).fill_null(-1).to_numpy()

    @cached_property
    def province_number(self) -> npt.NDArray[np.int32]:
        """Two-digit region code of each firm as a number, -1 where unknown."""
        return self.firms["region_code"].str.head(2).cast(pl.Int32).fill_null(-1).to_numpy()

    def firms_in(self, code: str) -> Mask:
        """Firms in a province (2 digits), or in a city or district (5 digits; a city covers its districts)."""
        if len(code) == 2:
            return np.asarray(self.province_number == int(code), dtype=bool)
        return np.isin(self.region_number, [int(covered) for covered in covered_codes(code)])

    @cached_property
    def certified(self) -> dict[str, tuple[Rows, npt.NDArray[np.datetime64]]]:
        """Per certification scheme: firm rows, and the last day of validity of each, NaT where not given."""
        table = self.snapshot.table("certifications", ["firm_id", "scheme", "valid_to"])
        firms, ends = self._runs(table["firm_id"]), table["valid_to"].to_numpy().astype("datetime64[D]")
        schemes = Postings.from_pairs(table["scheme"], np.arange(table.height, dtype=np.int32))
        return {name: (firms[schemes.of(name)], ends[schemes.of(name)]) for name in schemes.ids}

    @cached_property
    def has_patents(self) -> Mask:
        return self.mask(self.row_of.rows(self.snapshot.table("patents", ["firm_id"])["firm_id"].unique()))

    @property
    def names(self) -> pl.DataFrame:
        """Every name of every firm by every record, with its firm's row; read when it is asked for."""
        table = self.snapshot.table("names", ["firm_id", "name", "source"])
        return table.with_columns(row=pl.Series(self._runs(table["firm_id"])))

    @cached_property
    def sources(self) -> dict[str, Mask]:
        """Per source the firms that have a record in it: every record has a name."""
        table = self.snapshot.table("names", ["firm_id", "source"])
        firms = Postings.from_pairs(table["source"], self._runs(table["firm_id"]))
        return {name: self.mask(firms.of(name)) for name in firms.ids}

    def of_day(self, made: Callable[[SnapshotColumns, date], Made], today: date) -> Made:
        """What is made of the columns and a day; kept until another day is asked for."""
        if self._day[0] != today:
            self._day = (today, {})
        kept = self._day[1]
        if made not in kept:
            kept[made] = made(self, today)
        return cast(Made, kept[made])

    def flag(self, column: str) -> Mask:
        return self._flags[column]

    @cached_property
    def _flags(self) -> dict[str, Mask]:
        return {name: self.firms[name].to_numpy().astype(bool) for name in _FLAGS}

    def mask(self, rows: npt.ArrayLike) -> Mask:
        found = np.zeros(self.size, bool)
        found[np.asarray(rows, np.int64)] = True
        return found
