"""What two records agree and disagree on: one level per kind of evidence."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Jaro, OSA

_NEAR: Final = 0.84
_LONGEST_TYPO_SHARE: Final = 0.26
_PRODUCT_ALIKE: Final = 85.0
_COMPARED: Final = (
    "origin", "match_key", "sound", "skeleton", "is_latin", "alias", "numerals", "log_probability", "district", "city", "province", "street",
    "site", "domain", "established", "product",
)


def compared(pairs: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """`left`, `right` and the levels `name`, `place`, `home`, `day`, `goods` (strings) of every pair, with
    `log_probability` of the more common name.

    Levels: name = exact, sound, alias, spelled (same consonants, one of them in Latin letters), typo, longer
    (one is the other and more), other. place = street, district, city, province, apart, unknown. home = site, domain, apart,
    unknown. day = same, year, apart, unknown. goods = same, apart, unknown.
    """
    ends = [
        table.select(pl.col(name).gather(pairs[side]).name.suffix(f"_{side}") for name in _COMPARED)
        for side in ("left", "right")
    ]
    both = pl.concat([pairs, *ends], how="horizontal")
    both = both.with_columns(_alike(both))
    return both.select(
        "left", "right",
        name=_name_level(), place=_place_level(), home=_home_level(), day=_day_level(), goods=_goods_level(),
        log_probability=pl.max_horizontal("log_probability_left", "log_probability_right"),
        same_origin=(pl.col("origin_left") == pl.col("origin_right")).fill_null(False),
    )


def _same(column: str) -> pl.Expr:
    return (pl.col(f"{column}_left") == pl.col(f"{column}_right")).fill_null(False)


def _known(column: str) -> pl.Expr:
    return pl.col(f"{column}_left").is_not_null() & pl.col(f"{column}_right").is_not_null()


def _alike(both: pl.DataFrame) -> list[pl.Series]:
    """Likeness of names (letter by letter, Hangul taken apart) and of products, where it has to be worked out."""
    undecided = (both["sound_left"] != both["sound_right"]).fill_null(False).to_numpy()
    letters = np.zeros(both.height)
    typos = np.zeros(both.height)
    skeletons = np.zeros(both.height)
    goods = np.zeros(both.height)
    if undecided.any():
        rows = np.flatnonzero(undecided)
        names = [both[f"sound_{side}"].gather(rows) for side in ("left", "right")]
        apart = [name.str.normalize("NFD").to_list() for name in names]
        letters[rows] = process.cpdist(*apart, scorer=OSA.normalized_similarity, workers=2)
        typos[rows] = process.cpdist(*(name.to_list() for name in names), scorer=OSA.distance, workers=2)
        bones = [both[f"skeleton_{side}"].gather(rows).fill_null("").to_list() for side in ("left", "right")]
        skeletons[rows] = process.cpdist(*bones, scorer=Jaro.normalized_similarity, workers=2)
    described = (both["product_left"].is_not_null() & both["product_right"].is_not_null()).to_numpy()
    if described.any():
        rows = np.flatnonzero(described)
        texts = [both[f"product_{side}"].gather(rows).to_list() for side in ("left", "right")]
        goods[rows] = process.cpdist(*texts, scorer=fuzz.token_set_ratio, workers=2)
    return [pl.Series("letters", letters), pl.Series("typos", typos), pl.Series("bones", skeletons), pl.Series("goods_alike", goods)]


def _name_level() -> pl.Expr:
    left, right = pl.col("sound_left"), pl.col("sound_right")
    shorter = pl.min_horizontal(left.str.len_chars(), right.str.len_chars())
    alias = (pl.col("alias_left") == right).fill_null(False) | (left == pl.col("alias_right")).fill_null(False)
    latin = pl.col("is_latin_left") | pl.col("is_latin_right")
    numbered = _same("numerals")
    longer = (left.str.starts_with(right) | right.str.starts_with(left) | left.str.ends_with(right) | right.str.ends_with(left)).fill_null(False)
    return (
        pl.when(_same("match_key")).then(pl.lit("exact"))
        .when(_same("sound")).then(pl.lit("sound"))
        .when(alias).then(pl.lit("alias"))
        .when(latin & _same("skeleton") & numbered).then(pl.lit("spelled"))
        .when(numbered & longer & (shorter >= 2)).then(pl.lit("longer"))
        .when(numbered & (shorter >= 3) & ((pl.col("letters") >= _NEAR) | ((pl.col("typos") == 1) & (shorter >= 4)))).then(pl.lit("typo"))
        .when(numbered & (shorter >= 2) & ((pl.col("letters") >= 0.6) | (latin & (pl.col("bones") >= 0.85)))).then(pl.lit("alike"))
        .otherwise(pl.lit("other"))
    )


def _place_level() -> pl.Expr:
    apart = _known("city") & ~_same("city")
    return (
        pl.when(_same("street") & (_same("city") | ~_known("city")) & ~(_known("province") & ~_same("province"))).then(pl.lit("street"))
        .when(_same("district")).then(pl.lit("district"))
        .when(_same("city")).then(pl.lit("city"))
        .when(_same("province") & apart).then(pl.lit("other_city"))
        .when(_same("province")).then(pl.lit("province"))
        .when(_known("province")).then(pl.lit("apart"))
        .otherwise(pl.lit("unknown"))
    )


def _home_level() -> pl.Expr:
    return (
        pl.when(_same("site")).then(pl.lit("site"))
        .when(_same("domain")).then(pl.lit("domain"))
        .when(_known("site")).then(pl.lit("apart"))
        .otherwise(pl.lit("unknown"))
    )


def _day_level() -> pl.Expr:
    years = (pl.col("established_left").dt.year() - pl.col("established_right").dt.year()).abs()
    return (
        pl.when(_same("established")).then(pl.lit("same"))
        .when(_known("established") & (years <= 1)).then(pl.lit("year"))
        .when(_known("established")).then(pl.lit("apart"))
        .otherwise(pl.lit("unknown"))
    )


def _goods_level() -> pl.Expr:
    return (
        pl.when(~_known("product")).then(pl.lit("unknown"))
        .when(pl.col("goods_alike") >= _PRODUCT_ALIKE).then(pl.lit("same"))
        .otherwise(pl.lit("apart"))
    )
