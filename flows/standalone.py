"""`caplake resolve`: the linking of the night on any table of records."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from flows.sources import SourceError
from flows.sources.reading import read_table
from flows.sources.scaffold import guessed_columns
from transforms import dates, identifiers, names, regions
from transforms.linking import link

_OPTIONAL: Final = (
    "business_no",
    "corporate_no",
    "stock_code",
    "dart_code",
    "region",
    "address",
    "homepage",
    "product",
    "established",
    "name_en",
    "source",
)
_KNOWN: Final = ("record_id", "name", *_OPTIONAL)
_MISSING: Final = ("-", "--", "미제공", "없음", "해당없음", "N/A", "n/a", "NA", "null", "NULL", "None", "nan", "0")
_MOST_REGISTERS: Final = 50
_FREQUENT_SHAPE: Final = 0.04
_MOST_SHAPES: Final = 6


def resolve_file(path: Path) -> pl.DataFrame:
    """Links of a CSV of records: record_id, firm_same, firm_probable, rule, score, in the file's order.

    Columns that registers head otherwise (기업명, 소재지, 사업자등록번호 ...) are taken for what they are.

    Raises SourceError when `record_id` or `name` is missing or a record_id is blank or repeats.
    """
    raw = _renamed(_read(path))
    missing = [name for name in ("record_id", "name") if name not in raw.columns]
    if missing:
        raise SourceError(
            f"{path.name} lacks the column {' and '.join(missing)}. "
            f"Known columns: record_id, name, {', '.join(_OPTIONAL)}."
        )
    if blank := raw["record_id"].null_count():
        raise SourceError(f"{path.name}: {blank} rows have no record_id. Number them, then try again.")
    if (twice := raw["record_id"].is_duplicated()).any():
        raise SourceError(
            f"{path.name}: record_id {raw['record_id'].filter(twice)[0]!r} stands more than once. "
            "Give every row its own."
        )
    return resolve_records(raw)


def resolve_records(raw: pl.DataFrame) -> pl.DataFrame:
    """As `resolve_file`, of a table of strings. A firm goes by the smallest record_id of its records."""
    linked = link(standalone_records(raw)).records
    named = linked.with_columns(
        firm_same=pl.col("record_key").min().over("cluster_same"),
        firm_probable=pl.col("record_key").min().over("cluster"),
    )
    order = raw.select(record_key="record_id")
    return order.join(named, on="record_key", how="left", maintain_order="left").select(
        record_id="record_key",
        firm_same="firm_same",
        firm_probable="firm_probable",
        rule="strongest_rule",
        score="strongest_score",
    )


def standalone_records(raw: pl.DataFrame) -> pl.DataFrame:
    """A table of strings as `link` takes it."""
    table = raw.with_columns(pl.lit(None, pl.String).alias(name) for name in _OPTIONAL if name not in raw.columns)
    table = table.with_columns(pl.when(~pl.col(name).is_in(_MISSING)).then(name).alias(name) for name in _OPTIONAL)
    of_address, of_region = regions.region_code(pl.col("address")), regions.region_code(pl.col("region"))
    # The finer of the two, unless it lies elsewhere: then the address counts.
    finer = of_region.str.starts_with(of_address) & (of_region.str.len_chars() > of_address.str.len_chars())
    return table.select(
        record_key="record_id",
        source=pl.coalesce("source", pl.lit("records")),
        origin=_origin(table),
        name=names.display_name(pl.col("name")).fill_null(""),
        name_en="name_en",
        business_no=identifiers.business_no(pl.col("business_no")),
        corporate_no=identifiers.corporate_no(pl.col("corporate_no")),
        stock_code=identifiers.stock_code(pl.col("stock_code")),
        dart_code=identifiers.dart_code(pl.col("dart_code")),
        region_code=pl.when(finer).then(of_region).otherwise(pl.coalesce(of_address, of_region)),
        address=pl.coalesce("address", "region"),
        homepage="homepage",
        products="product",
        established=dates.iso_date(pl.col("established")),
    )


def _origin(table: pl.DataFrame) -> pl.Expr:
    """Which register a row is from: its column `source`, else the word its record_id begins with, else what it has.

    Rows of one register share their columns: a register that gives founding days gives them in most rows.
    """
    if table["source"].null_count() < table.height:
        return pl.col("source")
    prefix = pl.col("record_id").str.extract(r"^([A-Za-z][A-Za-z_]*\d?)[:/|#_\-.]")
    words = table.select(prefix.alias("prefix"))["prefix"]
    if words.null_count() == 0 and 1 < words.n_unique() <= min(_MOST_REGISTERS, table.height // 3 + 1):
        return prefix
    return pl.lit(_shapes(table))


def _shapes(table: pl.DataFrame) -> pl.Series:
    """What each row fills in, as a name; rare shapes count as the frequent one that is most like them.

    Where many shapes are frequent, cells are missing at random and tell no registers apart: all rows get one name.
    """
    has_number = pl.coalesce("address", "region").str.contains(r"\d").fill_null(False)
    filled = [
        pl.col(name).is_not_null()
        for name in ("established", "product", "region", "address", "business_no", "corporate_no")
    ]
    shapes = table.select(
        pl.concat_str([flag.cast(pl.Int8).cast(pl.String) for flag in (has_number, *filled)]).alias("shape")
    )["shape"]
    counts = shapes.value_counts(sort=True).sort("count", "shape", descending=[True, False])
    frequent = counts.filter(pl.col("count") >= table.height * _FREQUENT_SHAPE)["shape"].to_list()
    if not 1 < len(frequent) <= _MOST_SHAPES:
        return pl.Series("origin", ["records"]).new_from_index(0, table.height)
    nearest = {
        shape: min(frequent, key=lambda other: sum(a != b for a, b in zip(shape, other, strict=True)))
        for shape in counts["shape"].to_list()
    }
    return shapes.replace_strict(nearest, return_dtype=pl.String).alias("origin")


def _renamed(raw: pl.DataFrame) -> pl.DataFrame:
    """The table with our names of its columns, where it has them under another."""
    guessed = guessed_columns([name for name in raw.columns if name not in _KNOWN])
    ours = {("product" if name == "products" else name): header for name, header in guessed.items()}
    return raw.rename({header: name for name, header in ours.items() if name not in raw.columns and name in _KNOWN})


def _read(path: Path) -> pl.DataFrame:
    """All cells as strings; a plain UTF-8 file goes the short way, any other through the readers of sources."""
    if path.suffix.lower() == ".csv":
        try:
            frame = pl.read_csv(BytesIO(path.read_bytes()), infer_schema=False, encoding="utf8", raise_if_empty=True)
        except (pl.exceptions.ComputeError, pl.exceptions.NoDataError):
            return read_table(path.read_bytes(), path.name).frame
        if "record_id" in frame.columns:
            text = pl.col(pl.String).str.strip_chars()
            return frame.with_columns(pl.when(text != "").then(text))
    return read_table(path.read_bytes(), path.name).frame
