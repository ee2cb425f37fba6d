"""Dates as registers write them."""

from __future__ import annotations

from typing import Final

import polars as pl

_EXCEL_EPOCH: Final = pl.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000  # 1927 .. 2119: as years, months or codes these make no sense
_YEAR_MONTH_DAY: Final = r"^(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})(?:\D.*)?$"
_SHORT_YEAR: Final = r"^'?(\d{2})[./-]\s?(\d{1,2})[./-]\s?(\d{1,2})\.?$"


def iso_date(text: pl.Expr) -> pl.Expr:
    """A date out of 2026-03-31, 20260331, 2026.3.31., 2026년 3월 31일, 26.03.31, with a time behind it, or an
    Excel serial number; null where the text says no day (a year alone, an impossible day, 00000000).
    """
    plain = text.cast(pl.String).str.normalize("NFKC").str.strip_chars(" \t\r\n'\u00a0\u200b")
    whole = plain.str.replace(r"^(\d+)\.0+$", "$1")
    compact = whole.str.extract(r"^(\d{8})(?:\d{4}|\d{6})?$").str.to_date("%Y%m%d", strict=False)
    parts = whole.str.extract_groups(_YEAR_MONTH_DAY)
    short = whole.str.extract_groups(_SHORT_YEAR)
    year = short.struct.field("1").cast(pl.Int32, strict=False)
    # Two-digit years: registers of firms reach back to 1897 and at most a few years ahead.
    full_year = pl.when(year <= 40).then(year + 2000).otherwise(year + 1900)
    serial = whole.str.extract(r"^(\d{5})$").cast(pl.Int64, strict=False)
    from_serial = pl.when(serial.is_between(_FIRST_SERIAL, _LAST_SERIAL)).then(_EXCEL_EPOCH + pl.duration(days=serial))
    read = pl.coalesce(
        compact,
        _day(parts.struct.field("1"), parts, "2", "3"),
        _day(full_year, short, "2", "3"),
        from_serial.cast(pl.Date),
    )
    return pl.when(read.dt.year().is_between(1800, 2199)).then(read)


def _day(year: pl.Expr, groups: pl.Expr, month: str, day: str) -> pl.Expr:
    joined = pl.concat_str(
        year.cast(pl.String), groups.struct.field(month).str.zfill(2), groups.struct.field(day).str.zfill(2)
    )
    return joined.str.to_date("%Y%m%d", strict=False)
