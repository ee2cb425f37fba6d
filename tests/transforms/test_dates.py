"""Dates as registers write them."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import dates


def read(*texts: str | None) -> list[date | None]:
    return (
        pl.DataFrame({"t": list(texts)}, schema={"t": pl.String}).select(v=dates.iso_date(pl.col("t")))["v"].to_list()
    )


@given(st.dates(date(1897, 1, 1), date(2099, 12, 31)))
def test_every_layout_of_a_day_reads_alike(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    layouts = (
        day.isoformat(),
        f"{y}{m:02d}{d:02d}",
        f"{y}.{m}.{d}",
        f"{y}.{m:02d}.{d:02d}.",
        f"{y}/{m}/{d}",
        f"{y}년 {m}월 {d}일",
        f"{y}-{m:02d}-{d:02d} 10:11:12",
        f"{y}-{m:02d}-{d:02d}T10:11:12Z",
        f"{y}{m:02d}{d:02d}.0",
        f" {day.isoformat()} ",
        f"{y}. {m}. {d}",
    )
    assert read(*layouts) == [day] * len(layouts)


@given(st.integers(20_000, 60_000))
def test_spreadsheet_serials(serial: int) -> None:
    assert read(str(serial)) == [date(1899, 12, 30) + timedelta(days=serial)]


@pytest.mark.parametrize(
    "text", ["", "00000000", "20260230", "2026-13-01", "2026", "202603", "미정", "2026-03", "1", "99999999", "0", None]
)
def test_no_day(text: str | None) -> None:
    assert read(text) == [None]


def test_two_digit_years() -> None:
    assert read("26.03.31", "98-01-02", "'15.7.1") == [date(2026, 3, 31), date(1998, 1, 2), date(2015, 7, 1)]


def test_full_width_digits() -> None:
    assert read("２０２６．０３．３１") == [date(2026, 3, 31)]
