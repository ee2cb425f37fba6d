"""Constraints as visible, removable filters, and the firms they leave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import numpy as np
import polars as pl

from search.engines.base import Rows
from search.query import QUESTIONS, Filters
from search.snapshot.columns import Mask, SnapshotColumns
from search.snapshot.intervals import age_masks, full_years, staff_masks


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
    people, years = pl.col("employees"), full_years(today)
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
