"""Constraints as visible, removable filters, and the firms they leave."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np

from search.columns import Mask, SnapshotColumns


@dataclass(frozen=True)
class Filters:
    """Every filter a search can have; empty means no constraint.

    `region` holds codes of 2 or 5 digits, `field` and `not_field` field ids, `certification` schemes.
    Those the lake has no data for (`size`, `budget_krw`, `deadline`, ...) become questions, not filters.
    """

    region: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    certification: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    designated: bool = False
    registered_supplier: bool = False
    has_patent: bool = False
    include_closed: bool = False
    include_foreign: bool = False
    size: str | None = None
    min_years: int | None = None
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
        defaults = {f.name: f.default for f in fields(self)}
        if unknown := sorted(set(names) - set(defaults)):
            raise ValueError(f"no filter {', '.join(unknown)}; there are: {', '.join(defaults)}")
        return replace(self, **{name: defaults[name] for name in names})

    def merged(self, other: Filters) -> Filters:
        """`other`'s constraints win where it has them."""
        return replace(self, **{f.name: getattr(other, f.name) for f in fields(self) if getattr(other, f.name) != f.default})


QUESTIONS = ("size", "min_years", "budget_krw", "deadline")
"""Constraints the lake cannot decide for most firms: asked, never filtered."""


def firm_mask(columns: SnapshotColumns, filters: Filters, today: date) -> Mask:
    """The firms that every filter leaves. Closed and suspended firms and foreign ones are out unless asked for."""
    mask = np.ones(columns.size, bool)
    if not filters.include_closed:
        mask &= ~np.isin(columns.firms["status"].to_numpy().astype("U9"), ["closed", "suspended"])
    if not filters.include_foreign:
        mask &= columns.firms["country"].to_numpy().astype("U2") == "KR"
    if filters.region:
        mask &= np.logical_or.reduce([columns.firms_in(code) for code in filters.region])
    if filters.field:
        sold = [columns.mask(columns.firm_of[columns.fields.of(name)]) for name in filters.field]
        mask &= np.logical_or.reduce(sold)
    for scheme in filters.certification:
        mask &= certified(columns, scheme, today)
    if filters.source:
        nobody = np.zeros(columns.size, bool)
        mask &= np.logical_or.reduce([columns.sources.get(name, nobody) for name in filters.source])
    for wanted, column in ((filters.designated, "is_designated"), (filters.registered_supplier, "is_registered_supplier")):
        if wanted:
            mask &= columns.flag(column)
    if filters.has_patent:
        mask &= columns.has_patents
    return mask


def certified(columns: SnapshotColumns, scheme: str, today: date) -> Mask:
    """Firms whose certificate of the scheme is valid today; one without an end date is taken as valid."""
    held = columns.certified.get(scheme)
    if held is None:
        return np.zeros(columns.size, bool)
    valid = held.filter(held["valid_to"].is_null() | (held["valid_to"] >= today))
    return columns.mask(valid["row"].to_numpy())
