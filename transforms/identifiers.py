"""Identifiers of firms: read from text as columns, checked, and found in free text.

A check digit that fails is a flag, never a reason to discard: the authorities do not publish the rules and
a small share of genuine numbers breaks them. Numbers of one repeated digit and placeholders are refused.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

_BUSINESS_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_CORPORATE_WEIGHTS: Final = (1, 2) * 6
_PLACEHOLDERS: Final = ("1234567890", "0123456789", "1234567890123", "12345678", "123456")
_ONE_DIGIT: Final = rf"^(?:{'|'.join(f'{digit}+' for digit in range(10))})$"
_SEPARATORS: Final = r"[\s\-‐-―−.·]+"

BUSINESS_KINDS: Final = {
    **{f"{n:02d}": "sole_trader" for n in range(1, 80)},
    **{f"{n:02d}": "sole_trader" for n in range(90, 100)},
    "80": "unincorporated",
    "81": "corporation",
    "82": "non_profit",
    "83": "government",
    "84": "foreign",
    "85": "branch",
    "86": "corporation",
    "87": "corporation",
    "88": "corporation",
    "89": "unincorporated",
}
"""What the fourth and fifth digit of a business registration number say about its holder."""


def business_no(text: pl.Expr) -> pl.Expr:
    """Ten digits out of `123-45-67890`, `1234567890`, `1234567890.0`; null for anything else."""
    return _number(text, 10)


def corporate_no(text: pl.Expr) -> pl.Expr:
    """Thirteen digits out of `110111-1234567` or `1101111234567.0`; null for anything else."""
    return _number(text, 13)


def dart_code(text: pl.Expr) -> pl.Expr:
    """Eight digits; leading zeros that a spreadsheet ate are put back."""
    return _number(text, 8, padded_from=5)


def applicant_no(text: pl.Expr) -> pl.Expr:
    """The twelve digits of a patent applicant number; hyphens allowed."""
    return _number(text, 12)


def stock_code(text: pl.Expr) -> pl.Expr:
    """Six digits or letters (`005930`, `0130H0`), also as `A005930`, `KRX:005930` or `005930.KS`."""
    bare = (
        _plain(text)
        .str.to_uppercase()
        .str.replace(r"^(KRX|KOSPI|KOSDAQ|KONEX):", "")
        .str.replace(r"\.(KS|KQ|KN|0)$", "")
        .str.replace(r"^A(\w{6})$", "$1")
    )
    filled = pl.when(bare.str.contains(r"^[0-9]{3,5}$")).then(bare.str.zfill(6)).otherwise(bare)
    return pl.when(filled.str.contains(r"^[0-9][0-9A-Z]{5}$") & ~_is_refused(filled)).then(filled)


def business_no_checksum_ok(number: pl.Expr) -> pl.Expr:
    """Whether the tenth digit fits the first nine; null where the number is null."""
    digits = _digits(number, 10)
    total = _weighted(digits, _BUSINESS_WEIGHTS) + digits[8] * 5 // 10
    return (10 - total % 10) % 10 == digits[9]


def corporate_no_checksum_ok(number: pl.Expr) -> pl.Expr:
    """Whether the thirteenth digit fits the first twelve; null where the number is null.

    Numbers issued since 2025-01-31 may carry no check digit at all.
    """
    digits = _digits(number, 13)
    return (10 - _weighted(digits, _CORPORATE_WEIGHTS) % 10) % 10 == digits[12]


def business_kind(number: pl.Expr) -> pl.Expr:
    """Kind of holder of a business number (values of BUSINESS_KINDS); null where it says nothing."""
    return number.str.slice(3, 2).replace_strict(BUSINESS_KINDS, default=None, return_dtype=pl.String)


def registry_office(number: pl.Expr) -> pl.Expr:
    """The office that registered a corporation: the first four digits of its corporate number."""
    return number.str.slice(0, 4)


_IN_TEXT: Final = (
    ("business_no", re.compile(r"(?<![\d-])(\d{3}-\d{2}-\d{5})(?![\d-])")),
    ("corporate_no", re.compile(r"(?<![\d-])(\d{6}-\d{7})(?![\d-])")),
    ("firm_id", re.compile(r"(?<![0-9A-Za-z])(F[0-9A-HJKMNP-TV-Z]{10})(?![0-9A-Za-z])")),
    ("corporate_no", re.compile(r"(?<!\d)(\d{13})(?!\d)")),
    ("applicant_no", re.compile(r"(?<!\d)(\d{12})(?!\d)")),
    ("business_no", re.compile(r"(?<!\d)(\d{10})(?!\d)")),
    ("dart_code", re.compile(r"(?<!\d)(\d{8})(?!\d)")),
    (
        "stock_code",
        re.compile(r"(?<![0-9A-Za-z.,])(\d[0-9A-Z]{5})(?![0-9A-Za-z.,]|\s*(?:mm|rpm|개|원|명|대|톤|kg|시간))"),
    ),
)


def find_identifiers(text: str) -> tuple[tuple[str, str], ...]:
    """Identifiers in free text as (scheme, normalised value), in the order of the text.

    Numbers written with the hyphens of their kind, or bare with exactly its digits. A bare number that
    fits a kind only by its length is still reported: whether a firm bears it is for the caller to look up.
    """
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for scheme, pattern in _IN_TEXT:
        for match in pattern.finditer(text):
            value = match.group(1).replace("-", "")
            overlaps = any(match.start(1) < end and start < match.end(1) for start, end in found)
            if not overlaps and len(set(value)) > 1 and value not in _PLACEHOLDERS:
                found[match.span(1)] = (scheme, value)
    return tuple(dict.fromkeys(found[span] for span in sorted(found)))


def _plain(text: pl.Expr) -> pl.Expr:
    return text.cast(pl.String).str.normalize("NFKC").str.strip_chars(" \t\r\n'\"`\u00a0\u200b\ufeff")


def _number(text: pl.Expr, length: int, padded_from: int | None = None) -> pl.Expr:
    bare = _plain(text).str.replace(r"^\+?(\d+)\.0+$", "$1").str.replace_all(_SEPARATORS, "")
    if padded_from is not None:
        short = bare.str.contains(rf"^\d{{{padded_from},{length - 1}}}$")
        bare = pl.when(short).then(bare.str.zfill(length)).otherwise(bare)
    return pl.when(bare.str.contains(rf"^[0-9]{{{length}}}$") & ~_is_refused(bare)).then(bare)


def _is_refused(bare: pl.Expr) -> pl.Expr:
    repeated = bare.str.contains(_ONE_DIGIT)
    return repeated | bare.is_in(_PLACEHOLDERS)


def _digits(number: pl.Expr, count: int) -> list[pl.Expr]:
    return [number.str.slice(i, 1).cast(pl.Int32, strict=False) for i in range(count)]


def _weighted(digits: list[pl.Expr], weights: tuple[int, ...]) -> pl.Expr:
    return pl.sum_horizontal([d * w for d, w in zip(digits, weights, strict=False)], ignore_nulls=False)
