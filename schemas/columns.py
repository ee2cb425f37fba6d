"""How a column is declared: once, with its check and its entry in the data dictionary."""

from __future__ import annotations

from typing import Any, Final

import dataframely as dy

FIRM_ID_PATTERN: Final = r"^F[0-9A-HJKMNP-TV-Z]{10}$"
RECORD_KEY_PATTERN: Final = r"^[a-z0-9_]+:[A-Za-z0-9._-]+$"
TIERS: Final = ("same", "probable", "review")
WEIGHT_CLASSES: Final = ("strong", "medium", "weak", "hint")
TRADE_NAME: Final = "a sole trader's public trade name can contain a person's name"


def column(
    kind: type[dy.Column],
    en: str,
    ko: str,
    *,
    example: str = "",
    unit: str = "",
    null: str = "",
    personal: str = "",
    origin: str = "",
    values: tuple[str, ...] = (),
    **checks: Any,
) -> dy.Column:
    """A documented column.

    `en` and `ko` are its meaning; `null` says what a missing value means (empty: never missing);
    `personal` notes why a value that looks personal may stand there (empty: nothing personal can); `origin` says where
    the values come from (empty: from where the table's note says); `values` are all there are, of a closed list;
    `checks` go to dataframely.
    """
    checks.setdefault("nullable", bool(null))
    notes = {
        "en": en,
        "ko": ko,
        "example": example,
        "unit": unit,
        "null": null,
        "personal": personal,
        "origin": origin,
        "values": list(values),
    }
    return kind(metadata=notes, description=en, **checks)


def text(en: str, ko: str, **rest: Any) -> dy.Column:
    return column(dy.String, en, ko, **rest)


def day(en: str, ko: str, **rest: Any) -> dy.Column:
    rest.setdefault("example", "2025-09-10")
    return column(dy.Date, en, ko, unit="date", **rest)


def flag(en: str, ko: str, **rest: Any) -> dy.Column:
    rest.setdefault("example", "true")
    return column(dy.Bool, en, ko, **rest)


def whole_number(en: str, ko: str, **rest: Any) -> dy.Column:
    return column(dy.Int64, en, ko, **rest)


def texts(en: str, ko: str, **rest: Any) -> dy.Column:
    """A list of strings; an empty list means none, so it is never null."""
    return column(dy.List, en, ko, inner=dy.String(nullable=False), nullable=False, **rest)


def one_of(en: str, ko: str, values: tuple[str, ...], **rest: Any) -> dy.Column:
    """A string out of a closed list; written as a string so that every reader understands the file."""
    rest.setdefault("example", values[0])
    return column(dy.String, en, ko, regex=rf"^({'|'.join(values)})$", values=values, **rest)


def firm_id(**rest: Any) -> dy.Column:
    return text(
        "Our identifier of the firm, kept for life",
        "기업의 고유 번호(평생 유지)",
        example="F3K7Q2M9XAB",
        origin="the ledger of firm ids, by the record's link",
        regex=FIRM_ID_PATTERN,
        **rest,
    )


def source(**rest: Any) -> dy.Column:
    return text(
        "Name of the source that says so", "이 값을 말한 출처", example="venture", origin="the record's source", **rest
    )


def record_key(**rest: Any) -> dy.Column:
    return text(
        "Key of the record in its source",
        "출처 안에서의 기록 번호",
        example="krx_listed:005930",
        origin="the key that the source declares: its own number, or a hash of stable columns",
        regex=RECORD_KEY_PATTERN,
        **rest,
    )


def as_of(**rest: Any) -> dy.Column:
    rest.setdefault("null", "the source gives no date")
    return day("Date the source speaks for", "출처의 기준일", origin="the edition that the record came in", **rest)
