"""Constraints as visible, removable filters, and the firms they leave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final, Self

import numpy as np
import polars as pl

from search.bands import age_masks, staff_masks
from search.columns import Mask, SnapshotColumns
from search.engines.base import Rows


@dataclass(frozen=True)
class Filters:
    """Every constraint a search can have; unset means none.

    `region` and `not_region` (where the head office is, or is not) and `service_area` (where the firm must
    come) hold codes of 2 or 5 digits, `field` field ids, `certification` schemes, `size` and
    `smart_factory_level` ids of `schemas/knowledge/constraints.yaml`. Years are those of the firm, money is
    won, `diagnosis_level` and `deadline` are the buyer's words. `age` and `staff` hold bands of `search.bands`,
    `experience` ids of industries that a statement of the firm must name; firms of which it is not known are out.
    """

    region: tuple[str, ...] = ()
    not_region: tuple[str, ...] = ()
    service_area: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    certification: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    age: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    experience: tuple[str, ...] = ()
    designated: bool = False
    registered_supplier: bool = False
    has_patent: bool = False
    include_closed: bool = False
    include_foreign: bool = False
    include_institutions: bool = False
    size: str | None = None
    min_years: int | None = None
    max_years: int | None = None
    min_employees: int | None = None
    max_employees: int | None = None
    smart_factory_level: str | None = None
    diagnosis_level: str | None = None
    budget_krw: int | None = None
    deadline: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Only the constraints that are set, for JSON and the page."""
        return {
            f.name: list(value) if isinstance(value := getattr(self, f.name), tuple) else value
            for f in fields(self)
            if getattr(self, f.name) != f.default
        }

    def without(self, *names: str) -> Filters:
        """Raises ValueError for a name that is no filter."""
        defaults: dict[str, Any] = {f.name: f.default for f in fields(self)}
        if unknown := sorted(set(names) - set(defaults)):
            raise ValueError(f"no filter {', '.join(unknown)}; there are: {', '.join(defaults)}")
        return replace(self, **{name: defaults[name] for name in names})

    def merged(self, other: Filters) -> Filters:
        """`other`'s constraints win where it has them."""
        return replace(
            self,
            **{f.name: getattr(other, f.name) for f in fields(self) if getattr(other, f.name) != f.default},
        )


_DAYS_A_YEAR: Final = 365.25

QUESTIONS: Final = (
    "service_area",
    "size",
    "min_years",
    "max_years",
    "min_employees",
    "max_employees",
    "smart_factory_level",
    "diagnosis_level",
    "budget_krw",
    "deadline",
)
"""Constraints the lake cannot decide for every firm. A firm known to break one is out; one of which nothing
is known stays, and the answer says that it has to be asked."""


def open_questions(filters: Filters, firm: Mapping[str, Any], known_schemes: Collection[str]) -> list[str]:
    """Names of the constraints that nothing in the lake decides for a row of `firms`.

    `known_schemes` are the certification schemes that the lake has at all.
    """
    decided_by = {
        "min_years": "established",
        "max_years": "established",
        "min_employees": "employees",
        "max_employees": "employees",
    }
    open_ones = [
        name
        for name in QUESTIONS
        if getattr(filters, name) and (name not in decided_by or firm[decided_by[name]] is None)
    ]
    return [*open_ones, *(["certification"] if set(filters.certification) - set(known_schemes) else [])]


@dataclass(frozen=True)
class Passing:
    """The firms that every filter leaves: as a mask, and as sorted rows where not all are left."""

    mask: Mask
    rows: Rows | None

    @classmethod
    def of(cls, columns: SnapshotColumns, filters: Filters, today: date) -> Self:
        mask = firm_mask(columns, filters, today)
        return cls(mask, None if mask.all() else np.flatnonzero(mask).astype(np.int32))


def firm_mask(columns: SnapshotColumns, filters: Filters, today: date) -> Mask:
    """The firms that every filter leaves; closed, suspended and foreign ones are out unless asked for, and so are
    universities and public bodies, which hold patents and sell nothing.

    A certification that the lake has no register of cannot be decided: it is an open question of every firm.
    """
    mask = np.ones(columns.size, bool)
    if not filters.include_closed:
        mask &= columns.trading
    if not filters.include_institutions:
        mask &= ~columns.flag("is_institution")
    if not filters.include_foreign:
        mask &= columns.korean
    if filters.region:
        mask &= np.logical_or.reduce([columns.firms_in(code) for code in filters.region])
    for code in filters.not_region:
        mask &= ~columns.firms_in(code)
    for wanted_ones, masks in (
        (filters.field, columns.selling),
        (filters.source, columns.sources),
        (filters.experience, columns.industries),
        (filters.age, columns.of_day(age_masks, today) if filters.age else {}),
        (filters.staff, staff_masks(columns) if filters.staff else {}),
    ):
        if wanted_ones:
            nobody = np.zeros(columns.size, bool)
            mask &= np.logical_or.reduce([masks.get(name, nobody) for name in wanted_ones])
    for scheme in columns.certified.keys() & set(filters.certification):
        mask &= certified(columns, scheme, today)
    for wanted, column in (
        (filters.designated, "is_designated"),
        (filters.registered_supplier, "is_registered_supplier"),
    ):
        if wanted:
            mask &= columns.flag(column)
    if filters.has_patent:
        mask &= columns.has_patents
    if bounds := _bounds_broken(filters, today):
        broken = columns.firms.select(pl.any_horizontal(*bounds).fill_null(False)).to_series()
        mask &= ~broken.to_numpy().astype(bool)
    mask.setflags(write=False)
    return mask


def _bounds_broken(filters: Filters, today: date) -> list[pl.Expr]:
    """Of a row of `firms`: is its known age or number of employees outside the bounds? Unknown breaks nothing."""
    born, people = pl.col("established"), pl.col("employees")
    years = (pl.lit(today) - born).dt.total_days() / _DAYS_A_YEAR
    broken: list[pl.Expr] = []
    if filters.min_years is not None:
        broken.append(years < filters.min_years)
    if filters.max_years is not None:
        broken.append(years >= filters.max_years + 1)
    if filters.min_employees is not None:
        broken.append(people < filters.min_employees)
    if filters.max_employees is not None:
        broken.append(people > filters.max_employees)
    return broken


def certified(columns: SnapshotColumns, scheme: str, today: date) -> Mask:
    """Firms whose certificate of the scheme is valid today; one without an end date is taken as valid."""
    held = columns.certified.get(scheme)
    if held is None:
        return np.zeros(columns.size, bool)
    rows, ends = held
    return columns.mask(rows[np.isnat(ends) | (ends >= np.datetime64(today))])
