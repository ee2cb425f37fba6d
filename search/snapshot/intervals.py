"""Intervals of a firm's age and staff, the values of filters and facets, so that counts are what a click gives."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from search.snapshot.columns import Mask, SnapshotColumns

# [from, below) in full years since establishment; seven years is where Korean law ends a start-up.
AGE: Final[dict[str, tuple[float, float]]] = {
    "under_3": (0, 3),
    "3_to_7": (3, 7),
    "7_to_20": (7, 20),
    "20_up": (20, np.inf),
}
# [from, below) in persons; 10, 50 and 300 are the borders of Korean statistics of firms.
STAFF: Final[dict[str, tuple[float, float]]] = {
    "under_10": (0, 10),
    "10_to_50": (10, 50),
    "50_to_300": (50, 300),
    "300_up": (300, np.inf),
}


def age_masks(columns: SnapshotColumns, today: date) -> dict[str, Mask]:
    """Per interval of AGE the firms known to be in it; a firm of unknown age is in none."""
    return _within(columns.firms.select(full_years(today)).to_series().cast(float).fill_null(np.nan).to_numpy(), AGE)


def full_years(today: date) -> pl.Expr:
    """Of a row of `firms`: years completed since its establishment, counted by anniversaries; null where unknown.

    Negative before the day of establishment. A firm of 29 February completes a year on 1 March where there is no such
    day.
    """
    born = pl.col("established")
    before_anniversary = (born.dt.month() > today.month) | (
        (born.dt.month() == today.month) & (born.dt.day() > today.day)
    )
    return pl.lit(today.year) - born.dt.year() - before_anniversary.cast(pl.Int32)


def staff_masks(columns: SnapshotColumns) -> dict[str, Mask]:
    """Per interval of STAFF the firms known to be in it."""
    return _within(columns.firms["employees"].cast(float).fill_null(np.nan).to_numpy(), STAFF)


def checked_intervals(values: tuple[str, ...], intervals: dict[str, tuple[float, float]]) -> tuple[str, ...]:
    """Raises ValueError naming the intervals there are."""
    if unknown := [value for value in values if value not in intervals]:
        raise ValueError(f"no interval {unknown[0]!r}; there are: {', '.join(intervals)}")
    return values


def _within(values: npt.NDArray[np.float64], intervals: dict[str, tuple[float, float]]) -> dict[str, Mask]:
    return {name: (values >= low) & (values < high) for name, (low, high) in intervals.items()}
