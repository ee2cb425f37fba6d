"""Records as linking compares them: every column normalised once."""

from __future__ import annotations

from typing import Final

import polars as pl

from schemas.reference import load_registry_offices
from transforms import identifiers, names, regions, sites, sounds, trades
from transforms.linking import rarity
from transforms.linking.rules import IDENTIFIERS

_TEXTS: Final = ("name", "name_en", "region_code", "address", "homepage", "products", "industry", *IDENTIFIERS)
_ROAD: Final = r"([가-힣][가-힣0-9·.]*(?:로|길))\s*(?:지하\s*)?([0-9]+(?:-[0-9]+)?)"
_LOT: Final = r"([가-힣]+[0-9]*(?:동|리|가))\s*(산?\s*[0-9]+(?:-[0-9]+)?)(?:[^0-9호층]|번지|$)"


def prepared(records: pl.DataFrame) -> pl.DataFrame:
    """One row a record in the order of record keys, with `row` (Int64) as its number.

    `records` needs `record_key`, `source` and `name`, and uses what else it has of name_en, region_code, address,
    homepage, products, industry, established and the identifiers. `origin` tells records of one register from those of
    another, where `source` does not; `registry_office` is that of a corporate number that is not given; `is_supplier`
    marks records of registers that list suppliers of manufacturing technology alone.

    Result: `row`, `record_key`, `source`, `origin`, the identifiers with `corporation` and `business`
    (rules.EXCLUSIVE), `match_key`, `sound`, `skeleton`, `is_latin`, `alias` (sound of a second name), `numerals`,
    `log_probability` (of the name), `district`, `city`, `province` (codes), `seat` (the province, or else that of the
    registry office), `street`, `site`, `domain`, `established`, `product`, `is_supplier`, `is_technical` (whether
    products or industry name technology; null where they are not given or no record is a supplier's).
    """
    absent = [pl.lit(None, pl.String).alias(name) for name in _TEXTS if name not in records.columns]
    dated = [] if "established" in records.columns else [pl.lit(None, pl.Date).alias("established")]
    where = [] if "origin" in records.columns else [pl.col("source").alias("origin")]
    if "is_supplier" not in records.columns:
        absent.append(pl.lit(False).alias("is_supplier"))
    if "registry_office" not in records.columns:
        number = pl.col("corporate_no") if "corporate_no" in records.columns else pl.lit(None, pl.String)
        absent.append(identifiers.registry_office(number).alias("registry_office"))
    table = records.with_columns(*absent, *dated, *where)
    code = pl.col("region_code")
    is_branch = identifiers.business_kind(pl.col("business_no")) == "branch"
    table = table.select(
        "record_key",
        "source",
        "origin",
        *(name for name in IDENTIFIERS if name != "business_no"),
        # A branch has a number of its own: it says nothing about which corporation this is.
        pl.when(~is_branch.fill_null(False)).then("business_no").alias("business_no"),
        bare=names.bare_name(pl.col("name")),
        second=names.remarks(pl.col("name")),
        english=names.bare_name(pl.col("name_en")),
        district=pl.when(code.str.len_chars() == 5).then(code),
        city=pl.when(code.str.len_chars() == 5).then(regions.city_code(code)),
        province=regions.province_code(code),
        seat=pl.coalesce(regions.province_code(code), _seat(pl.col("registry_office"))),
        street=street(pl.col("address")),
        site=sites.site(pl.col("homepage")),
        established="established",
        product=pl.col("products").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars(),
        is_supplier=pl.col("is_supplier").fill_null(False),
        is_technical=pl.when(pl.col("is_supplier").any()).then(trades.is_technical("products", "industry")),
    ).sort("record_key")
    second = sounds.spoken_key(pl.coalesce(names.bare_name(pl.col("second")), "english"))
    table = table.join(_read_names(table["bare"]), on="bare", how="left", nulls_equal=True, maintain_order="left")
    table = table.with_columns(
        alias=pl.coalesce(second, "with_numbers"), domain=sites.domain(pl.col("site"))
    ).with_columns(
        alias=pl.when((pl.col("alias") != pl.col("sound")) & (pl.col("alias").str.len_chars() >= 2)).then("alias")
    )
    return (
        _with_entities(table)
        .drop("bare", "second", "english", "with_numbers")
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
    )


def _read_names(bare: pl.Series) -> pl.DataFrame:
    """What is compared of bare names, by `bare`; each is read once, however many records bear it."""
    table = (
        bare.unique()
        .to_frame()
        .with_columns(
            match_key=names.squeezed(pl.col("bare")),
            sound=sounds.spoken_key(pl.col("bare")),
            skeleton=sounds.skeleton(pl.col("bare")),
            with_numbers=sounds.spoken_key(sounds.spoken_numbers(pl.col("bare"))),
            is_latin=pl.col("bare").str.contains(r"[a-z]{3}"),
        )
    )
    numerals = pl.when(pl.col("sound").str.contains(r"\d")).then(pl.col("sound").str.replace_all(r"[^0-9]+", "."))
    likely = pl.Series(rarity.log_probability(table["sound"]))
    return table.with_columns(numerals=numerals.fill_null(""), log_probability=likely)


def _with_entities(table: pl.DataFrame) -> pl.DataFrame:
    """Add the exclusive columns `corporation` and `business` (see rules.EXCLUSIVE)."""
    known = (
        table.drop_nulls(["business_no", "corporate_no"])
        .group_by("business_no")
        .agg(corporation=pl.col("corporate_no").first(), several=pl.col("corporate_no").n_unique())
        .filter(pl.col("several") == 1)
        .select("business_no", "corporation")
    )
    table = table.join(known, on="business_no", how="left", maintain_order="left")
    return table.with_columns(
        corporation=pl.coalesce("corporate_no", "corporation"),
        business=pl.when(pl.coalesce("corporate_no", "corporation").is_null()).then("business_no"),
    )


def _seat(office: pl.Expr) -> pl.Expr:
    return office.replace_strict(load_registry_offices(), default=None, return_dtype=pl.String)


def street(address: pl.Expr) -> pl.Expr:
    """Road and number (`가상로12`) or quarter and lot (`가상동123-4`) of an address, without blanks."""
    road = address.str.extract_groups(_ROAD)
    lot = address.str.extract_groups(_LOT)
    return pl.coalesce(_joined(road), _joined(lot)).str.replace_all(r"[\s.·]", "")


def _joined(groups: pl.Expr) -> pl.Expr:
    return groups.struct.field("1") + groups.struct.field("2")
