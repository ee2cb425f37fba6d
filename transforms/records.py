"""From a register's raw table to checked canonical rows, and the rows that were refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from schemas.columns import RECORD_KEY_PATTERN
from schemas.records import QUARANTINE_COLUMNS, RECORD_COLUMNS, record_schema
from transforms import dates, identifiers, names, regions

_DATES: Final = tuple(name for name, c in RECORD_COLUMNS.items() if c.dtype == pl.Date)
_MISSING_MARKS: Final = ("-", "미제공", "해당없음", "N/A", "null", "&nbsp")

NORMALISERS: Final[dict[str, Callable[[pl.Expr], pl.Expr]]] = {
    "name": names.display_name,
    "business_no": identifiers.business_no,
    "corporate_no": identifiers.corporate_no,
    "stock_code": identifiers.stock_code,
    "dart_code": identifiers.dart_code,
    "applicant_no": identifiers.applicant_no,
    **dict.fromkeys(_DATES, dates.iso_date),
    "employees": lambda e: e.str.replace_all(",", "").cast(pl.Int64, strict=False),
    # Services mark the words that were searched for inside the text.
    "title": lambda e: e.str.replace_all(r"</?(?:span|b|em|strong|font)[^>]*>", ""),
    "amount": lambda e: e.str.replace_all(",", "").str.replace(r"\.0+$", "").cast(pl.Int64, strict=False),
    "completed_projects": lambda e: e.str.replace_all(",", "").cast(pl.Int64, strict=False),
    "address": lambda e: e.str.replace(r"\s*&nbsp;?\s*$", ""),
    # Registers have telephone numbers and e-mail addresses in this column too: a person's, never a homepage.
    "homepage": lambda e: pl.when(~e.str.contains(r"@|^[\d\s()+.\-]+$")).then(e),
    "industry_code": lambda e: e.str.extract(r"^\s*[A-U]?(\d{2,5})(?:\D|$)"),
}
"""How a canonical column is read from text; a column not named here is taken as it stands."""


@dataclass(frozen=True)
class Checked:
    """`valid` has the canonical columns; `refused` those of the quarantine without source and receipt."""

    valid: pl.DataFrame
    refused: pl.DataFrame


def canonical(
    raw: pl.DataFrame,
    columns: Mapping[str, Sequence[str]],
    *,
    constants: Mapping[str, str],
    missing: Sequence[str] = (),
    values: Mapping[str, Mapping[str, str]] | None = None,
    personal: Sequence[str] = (),
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Map raw headers onto canonical columns and read their values.

    `raw` is all strings plus `_line`, `_file` and `as_of`. Of several headers for one column the first that the row
    has counts; `constants` stand where it has none; `as_of` may be a column of the row. `values` rewrites codes and
    words of a column; one that it does not name stays. Returns the canonical frame (with `_line`, `_file`) and the
    values that could not be read, as quarantine rows that keep their row, masked in `personal` columns.
    """
    marks = [*_MISSING_MARKS, *missing]
    picked = {
        name: pl.coalesce(*(_unless_mark(header, marks) for header in headers if header in raw.columns))
        for name, headers in columns.items()
        if any(header in raw.columns for header in headers)
    }
    dated = picked.pop("as_of", pl.lit(None, pl.String))
    picked |= {name: e.fill_null(constants[name]) for name, e in picked.items() if name in constants}
    texts = raw.select(
        "_line",
        "_file",
        pl.coalesce(dates.iso_date(dated), "as_of").alias("as_of"),
        *(e.alias(name) for name, e in picked.items()),
        *(pl.lit(value).alias(name) for name, value in constants.items() if name not in picked),
    )
    texts = texts.with_columns(
        pl.col(name).replace(dict(known)) for name, known in (values or {}).items() if name in picked
    )
    read = texts.with_columns(NORMALISERS[name](pl.col(name)) for name in picked if name in NORMALISERS)
    unreadable = [
        texts.filter(read[name].is_null() & texts[name].is_not_null()).select(
            file="_file",
            line="_line",
            rule=pl.lit(f"{name}|unreadable"),
            column=pl.lit(name),
            value=_masked(name, personal),
            row_kept=pl.lit(True),  # a name that cannot be read is none, and a row without one is refused by `check`
        )
        for name in picked
        if name in NORMALISERS
    ]
    return read, _stack(unreadable)


def complete(
    rows: pl.DataFrame,
    *,
    key: Sequence[str],
    hash_key: bool,
    source: str,
    corporations_only: bool,
    fallback_key: Sequence[str] = (),
) -> pl.DataFrame:
    """Add what follows from the row itself: record key, corporation or not, region code, public address.

    Of a firm not known to be a corporation the address is cut to province and district, and
    its business number, homepage and telephone are dropped: they may be a person's.
    """
    corporate = pl.lit(True) if corporations_only else names.is_corporate_name(pl.col("name"))
    if "corporate_no" in rows.columns and not corporations_only:
        corporate = corporate | pl.col("corporate_no").is_not_null()
    if "business_no" in rows.columns:
        corporate = corporate | (identifiers.business_kind(pl.col("business_no")) == "corporation")
    rows = rows.with_columns(is_corporation=corporate.fill_null(False))
    if "country" not in rows.columns:
        rows = rows.with_columns(country=pl.lit("KR"))
    if "address" in rows.columns:
        korean = pl.when(pl.col("country") == "KR").then("address")
        rows = rows.with_columns(region_code=regions.region_code(korean))
        rows = rows.with_columns(
            address=pl.when("is_corporation").then("address").otherwise(regions.public_address(pl.col("address")))
        )
    private = [name for name in ("business_no", "homepage") if name in rows.columns]
    rows = rows.with_columns(pl.when("is_corporation").then(name).alias(name) for name in private)
    keys = _record_key(rows, key, hash_key, source)
    if fallback_key:
        usable = keys.str.contains(RECORD_KEY_PATTERN).fill_null(False)
        keys = keys.zip_with(usable, _record_key(rows, fallback_key, True, source))
    return rows.with_columns(record_key=keys)


def check(rows: pl.DataFrame, *, personal: Sequence[str] = ()) -> Checked:
    """Split canonical rows into those that satisfy the declared schema and those that do not.

    Rows of one record key (several editions, repeated lines) become one: the newest edition's
    values, gaps filled from the older ones.
    """
    schema = record_schema([name for name in rows.columns if name in RECORD_COLUMNS])
    content = schema.column_names()
    merged = (
        rows.sort("as_of", "_file", "_line", descending=[True, False, False], nulls_last=True)
        .group_by("record_key", maintain_order=True)
        .agg(pl.col(*[c for c in rows.columns if c != "record_key"]).drop_nulls().first())
    )
    result = schema.filter(merged.select(content), cast=True)
    if result.failure.invalid().is_empty():
        return Checked(result.result.sort("record_key"), _stack([]))
    details = result.failure.details()
    places = rows.select("record_key", "_line", "_file")  # of every row that went into a refused one
    refused = [
        details.filter(pl.col(rule) == "invalid")
        .join(places, on="record_key", how="left", nulls_equal=True)
        .select(
            file="_file",
            line="_line",
            rule=pl.lit(rule),
            column=pl.lit(_column_of(rule)),
            value=_masked(_column_of(rule), personal),
            row_kept=pl.lit(False),
        )
        for rule in result.failure.counts()
    ]
    return Checked(result.result.sort("record_key"), _stack(refused))


def _unless_mark(header: str, marks: Sequence[str]) -> pl.Expr:
    return pl.when(~pl.col(header).is_in(marks)).then(pl.col(header))


def _record_key(rows: pl.DataFrame, key: Sequence[str], hash_key: bool, source: str) -> pl.Series:
    given = [name for name in key if name in rows.columns]
    if not given:
        return pl.Series("record_key", [None] * rows.height, pl.String)
    parts = rows.select(pl.col(name).cast(pl.String).fill_null("") for name in given)
    joined = parts.select(pl.concat_str(pl.all(), separator="|")).to_series()
    if hash_key:
        keys = pl.Series([hashlib.sha256(value.encode()).hexdigest()[:12] for value in joined], dtype=pl.String)
    else:
        keys = joined.replace("", None)
    return (f"{source}:" + keys).alias("record_key")


def _column_of(rule: str) -> str | None:
    column = rule.partition("|")[0]
    return column if column in RECORD_COLUMNS else None


def _masked(column: str | None, personal: Sequence[str]) -> pl.Expr:
    if column is None:
        return pl.lit(None, dtype=pl.String)
    return pl.lit("(masked)") if column in personal else pl.col(column).cast(pl.String)


def _stack(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    order = [name for name in QUARANTINE_COLUMNS if name not in ("source", "receipt")]
    empty = pl.DataFrame(schema={name: QUARANTINE_COLUMNS[name].dtype for name in order})
    filled = [part.select(pl.col(name).cast(empty.schema[name]) for name in order) for part in parts if part.height]
    return pl.concat([empty, *filled])
