"""From what two records agree on to the probability that they are one firm, and the rule that says why."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from transforms.linking import rarity, rules

_NAME_PARTS: Final = {
    "exact": "name", "sound": "sound", "alias": "second_name", "spelled": "spelling", "typo": "typo", "longer": "longer_name",
    "alike": "similar_name", "other": "other_name",
}


def scored(levels: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """`left`, `right`, `rule`, `score` and `is_apart` of compared pairs.

    `levels` as from `compared`, `table` as from `prepared`. A pair that agrees in nothing but its name scores
    below every tier. `is_apart`: the records are two firms for certain enough to keep others from joining them.
    """
    placed = table.drop_nulls("province").select(pl.struct("sound", "province").n_unique()).item()
    world = max(float(placed), rules.SMALLEST_WORLD)
    levels = levels.with_columns(
        place_share=_place_share(levels, table),
        namesakes=pl.max_horizontal(*_gathered(_namesakes(table), levels)),
        is_sole=_sole_site(levels, table),
    )
    levels = levels.with_columns(
        chance=pl.Series(rarity.namesake_chance(levels["log_probability"].to_numpy())) + 0.3 * pl.col("namesakes") / world
    )
    odds = _name_odds(_share_linked(levels, table), world) * _place_factor() * _origin_factor()
    for kind in ("home", "day", "goods"):
        odds = odds * _factor(kind)
    levels = levels.with_columns(odds=odds).with_columns(score=pl.col("odds") / (1 + pl.col("odds")))
    return levels.select("left", "right", rule=_rule(), score=_stated(), is_apart=pl.col("day") == "apart")


def _stated() -> pl.Expr:
    """The score, where the two measured cases of rules.py do not say otherwise."""
    sole = pl.col("name").replace_strict(rules.SOLE_SITE, default=None, return_dtype=pl.Float64)
    is_near = pl.col("place") != "apart"
    sole_score = pl.when(is_near).then(sole).otherwise(rules.SOLE_SITE_APART)
    is_sole = pl.col("is_sole") & sole.is_not_null() & (pl.col("day") != "apart")
    supported = (
        pl.col("place").is_in(rules.SUPPORT) | pl.col("home").is_in(["site", "domain"])
        | (pl.col("day") == "same") | (pl.col("goods") == "same")
    )
    return (
        pl.when(is_sole).then(pl.max_horizontal("score", sole_score))
        .when(pl.col("day") == "apart").then(pl.min_horizontal("score", rules.TWO_FOUNDINGS))
        .when(supported).then("score")
        .otherwise(pl.min_horizontal("score", 0.4))
    )


def _name_odds(share: float, world: float) -> pl.Expr:
    rare = share / (world * pl.col("chance"))
    fixed = {name: part / (world * chance) for name, (part, chance) in rules.NAME_ODDS.items()}
    return (
        pl.when(pl.col("name") == "exact").then(rare)
        .when(pl.col("name") == "sound").then(rare / rules.SOUND_COLLISION)
        .when(pl.col("name") == "spelled").then(rare * rules.SPELLED_SHARE / rules.SPELLED_CHANCE)
        .otherwise(pl.col("name").replace_strict(fixed, default=0.0, return_dtype=pl.Float64))
    )


_AGREED: Final = {"home": "site", "goods": "same", "day": "same", "place": "street"}
_KEYS: Final = {"home": "site", "goods": "goods", "day": "day", "place": "street"}


def _factor(kind: str) -> pl.Expr:
    """The factor of a kind of evidence, weaker where the names are unequal and the pair may be of one group."""
    usual = pl.col(kind).replace_strict(rules.FACTORS[kind], return_dtype=pl.Float64)
    return pl.when(pl.col(kind) == _AGREED[kind]).then(pl.coalesce(_affiliated(kind), usual)).otherwise(usual)


def _affiliated(kind: str) -> pl.Expr:
    weaker = {name: factors[_KEYS[kind]] for name, factors in rules.AFFILIATED.items() if _KEYS[kind] in factors}
    return pl.col("name").replace_strict(weaker, default=None, return_dtype=pl.Float64)


def _place_factor() -> pl.Expr:
    """The finer and the rarer the place two records agree on, the more it says."""
    share = pl.col("place").replace_strict(rules.PLACE_SHARE, default=None, return_dtype=pl.Float64)
    usual = pl.col("place").replace_strict(rules.FACTORS["place"], default=1.0, return_dtype=pl.Float64)
    factor = pl.when(share.is_null()).then(usual).otherwise(pl.max_horizontal(share / pl.col("place_share"), 1.0))
    most = pl.coalesce(_affiliated("place"), rules.MOST_OF_STREET)
    return pl.when(pl.col("place") == "street").then(pl.min_horizontal(factor, most)).otherwise(factor)


def _origin_factor() -> pl.Expr:
    repeated = pl.col("name").replace_strict(rules.SAME_ORIGIN, default=1.0, return_dtype=pl.Float64)
    return pl.when("same_origin").then(repeated).otherwise(1.0)


def _gathered(values: pl.Series, pairs: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    left, right = values.gather(pairs["left"]).alias("of_left"), values.gather(pairs["right"]).alias("of_right")
    return left, right


def _place_share(levels: pl.DataFrame, table: pl.DataFrame) -> pl.Series:
    """Share of the table's records in the place that a pair agrees on, smoothed; 1 where it agrees on none."""
    finest = {"street": "city", "district": "district", "city": "city", "province": "province"}
    shares = {}
    for level, column in finest.items():
        share = table.select((pl.len().over(column) + 20) / (pl.col(column).count() + 20 * 20)).to_series()
        shares[level] = share.gather(levels["left"]).alias(level)
    chosen = pl.coalesce(*(pl.when(pl.col("place") == level).then(pl.col(f"share_{level}")) for level in finest), pl.lit(1.0))
    wide = levels.with_columns(series.alias(f"share_{level}") for level, series in shares.items())
    street = pl.when(pl.col("place") == "street").then(pl.lit(1e-3)).otherwise(1.0)
    return wide.select((chosen * street).alias("place_share")).to_series()


def _namesakes(table: pl.DataFrame) -> pl.Series:
    """Further cities in which the table has the name of a record."""
    cities = pl.col("city").n_unique().over("sound") - pl.col("city").is_null().any().over("sound").cast(pl.UInt32)
    return table.select((cities.cast(pl.Float64) - 1).clip(0)).to_series()


def _share_linked(levels: pl.DataFrame, table: pl.DataFrame) -> float:
    """Share of records that agree with another in name and place, as far as the bounds let it count."""
    agreeing = levels.filter((pl.col("name") == "exact") & pl.col("place").is_in(["street", "district", "city", "province"]))
    linked = pl.concat([agreeing["left"], agreeing["right"]]).n_unique()
    low, high = rules.SHARE_LINKED
    return float(np.clip(linked / max(table.height, 1), low, high))


def _sole_site(levels: pl.DataFrame, table: pl.DataFrame) -> pl.Series:
    """Pairs on a homepage that exactly two names share, no source having both."""
    held = table.drop_nulls("site").group_by("site").agg(
        names=pl.col("sound").n_unique(),
        twice=pl.struct("sound", "origin").n_unique() > pl.col("origin").n_unique(),
    )
    sole = table.select("site").join(held, on="site", how="left", maintain_order="left").select(
        ((pl.col("names") == 2) & ~pl.col("twice")).fill_null(False)
    ).to_series()
    return (levels["home"] == "site") & sole.gather(levels["left"])


def _rule() -> pl.Expr:
    """The parts that agree, joined by +: `name+district+homepage`."""
    place = pl.when(pl.col("place").is_in(rules.SUPPORT)).then(pl.lit("+") + pl.col("place").replace("street", "address")).otherwise(pl.lit(""))
    home = pl.when(pl.col("home").is_in(["site", "domain"])).then(pl.lit("+homepage")).otherwise(pl.lit(""))
    day = pl.when(pl.col("day") == "same").then(pl.lit("+established")).otherwise(pl.lit(""))
    goods = pl.when(pl.col("goods") == "same").then(pl.lit("+product")).otherwise(pl.lit(""))
    return pl.concat_str(pl.col("name").replace_strict(_NAME_PARTS, return_dtype=pl.String), place, home, day, goods)
