"""From what two records agree on to the probability that they are one firm, and the rule that says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.linking import rarity, rules
from transforms.linking.compare import LEVELS, Compared, Flags
from transforms.linking.origins import Origins, origins

Floats = npt.NDArray[np.float64]

_NAME_PARTS: Final = {
    "exact": "name",
    "sound": "sound",
    "alias": "second_name",
    "spelled": "spelling",
    "typo": "typo",
    "short": "short_name",
    "longer": "longer_name",
    "alike": "similar_name",
    "numbered": "other_number",
    "other": "other_name",
}
_PLACE_PARTS: Final = {"street": "+address", "office": "+registry_office"}
_GOODS_PARTS: Final = {"same": "+product", "trade": "+trade"}
_FINEST: Final = {"street": "city", "district": "district", "city": "city", "province": "province", "office": "seat"}
_STREETS_OF_A_CITY: Final = 1000
_NAME_ALONE: Final = 0.4
"""Score of pairs that agree in nothing but their name, below every tier."""


def scored(pairs: Compared, table: pl.DataFrame) -> pl.DataFrame:
    """`left`, `right`, `rule`, `score` and `is_apart` of compared pairs that reach the review tier or are apart.

    `table` as from `prepared`. A pair that agrees in nothing but its name scores below every tier. `is_apart`: the
    records are two firms for certain enough to keep others from joining them.
    """
    known = origins(pairs, table)
    odds = _name_odds(pairs, table, known) * _place_factor(pairs, table)
    odds *= _factor(pairs, "home") * _factor(pairs, "goods") * _founding_factor(pairs, table)
    odds *= np.where(pairs.same_origin, _by_name(rules.SAME_ORIGIN, 1.0)[pairs.levels["name"]], 1.0)
    score = _stated(pairs, table, odds / (1 + odds))
    entries = known.is_repeated & pairs.at("name", "exact", "sound")
    score = np.where(entries, np.minimum(score, rules.TWO_ENTRIES), score)
    apart = pairs.at("day", "apart") | entries
    worth = (score >= rules.REVIEW) | (apart & pairs.at("name", "exact", "sound", "alias", "spelled", "typo", "short"))
    chosen = pairs.taken(worth)
    named = pl.DataFrame(dict(chosen.levels))
    return pl.DataFrame(
        {
            "left": chosen.left,
            "right": chosen.right,
            "rule": named.select(_rule()).to_series(),
            "score": score[worth],
            "is_apart": apart[worth],
        }
    )


def _by_name(values: Mapping[str, float], default: float) -> Floats:
    return np.array([values.get(name, default) for name in LEVELS["name"]])


def _name_odds(pairs: Compared, table: pl.DataFrame, known: Origins) -> Floats:
    log_probability = table["log_probability"].to_numpy()
    commoner = np.maximum(log_probability[pairs.left], log_probability[pairs.right])
    chance = rarity.namesake_chance(commoner) + 0.3 * _namesakes(pairs, table) / known.world
    rare = known.share / (known.world * chance)
    fixed = _by_name({name: share / chance for name, (share, chance) in rules.NAME_ODDS.items()}, 0.0)
    scale = _by_name(
        {"exact": 1.0, "sound": 1 / rules.SOUND_COLLISION, "spelled": rules.SPELLED_SHARE / rules.SPELLED_CHANCE}, 0.0
    )[pairs.levels["name"]]
    odds = np.where(scale > 0, rare * scale, fixed[pairs.levels["name"]] / known.world)
    slip = rules.TYPO_SHARE / (known.world * rarity.near_chance(commoner))
    return np.asarray(np.where(pairs.at("name", "typo"), slip, odds), dtype=np.float64)


def _factor(pairs: Compared, kind: str) -> Floats:
    """The factor of a kind of evidence, weaker where the names are unequal and the pair may be of one group."""
    usual = np.array([rules.FACTORS[kind][level] for level in LEVELS[kind]])
    key = {"home": "site", "goods": "goods", "day": "day"}[kind]
    weaker = _by_name({name: factors[key] for name, factors in rules.AFFILIATED.items() if key in factors}, np.nan)
    agreed = pairs.levels[kind] == 0
    affiliated = weaker[pairs.levels["name"]]
    return np.where(agreed & ~np.isnan(affiliated), affiliated, usual[pairs.levels[kind]])


def _founding_factor(pairs: Compared, table: pl.DataFrame) -> Floats:
    """Two registers that give one founding day under two names speak of one firm; one register seldom does."""
    across = _by_name(rules.FOUNDED_ACROSS, np.nan)[pairs.levels["name"]]
    applies = pairs.at("day", "same") & ~pairs.same_origin & ~np.isnan(across) & _sole_founding(pairs, table)
    return np.where(applies, across, _factor(pairs, "day"))


def _place_factor(pairs: Compared, table: pl.DataFrame) -> Floats:
    """The finer and the rarer the place two records agree on, the more it says."""
    most = _by_name({name: factors["street"] for name, factors in rules.AFFILIATED.items()}, rules.MOST_OF_PLACE)
    factor = np.array([rules.FACTORS["place"].get(level, 1.0) for level in LEVELS["place"]])[pairs.levels["place"]]
    for level, column in _FINEST.items():
        at = pairs.at("place", level)
        share = (
            table.select((pl.len().over(column) + 20) / (pl.col(column).count() + 400))
            .to_series()
            .to_numpy()[pairs.left[at]]
        )
        if level == "street":
            share = share / _STREETS_OF_A_CITY
        factor[at] = np.maximum(rules.PLACE_SHARE[level] / share, 1.0)
    return np.asarray(np.minimum(factor, most[pairs.levels["name"]]), dtype=np.float64)


def _stated(pairs: Compared, table: pl.DataFrame, score: Floats) -> Floats:
    """The score, where the measured cases of rules.py do not say otherwise."""
    supported = (
        pairs.at("place", *rules.SUPPORT)
        | pairs.at("home", "site", "domain")
        | pairs.at("day", "same")
        | pairs.at("goods", "same")
    )
    registered = pairs.at("place", "office") & pairs.at("name", "exact", "sound")
    at_most = np.where(registered, rules.OFFICE_AT_MOST, _NAME_ALONE)
    score = np.where(supported, score, np.minimum(score, at_most))
    apart = pairs.at("day", "apart")
    near, far = (_by_name(scores, np.nan)[pairs.levels["name"]] for scores in (rules.SOLE_SITE, rules.SOLE_SITE_APART))
    sole = np.where(pairs.at("place", "apart", "other_city"), far, near)
    applies = _sole_site(pairs, table) & ~apart & ~np.isnan(sole)
    score = np.where(applies, np.maximum(score, sole), score)
    moved = pairs.at("place", "apart") & ~pairs.at("day", "same")
    score = np.where(moved, np.minimum(score, rules.MOVED_AT_MOST), score)
    return np.where(apart, np.minimum(score, rules.TWO_FOUNDINGS), score)


def _namesakes(pairs: Compared, table: pl.DataFrame) -> Floats:
    """Further cities, beside those of the pair itself, in which the table has the pair's name."""
    cities = (
        table.select(pl.col("city").drop_nulls().n_unique().over("sound")).to_series().to_numpy().astype(np.float64)
    )
    own = np.where(pairs.at("place", "other_city", "apart"), 2.0, 1.0)
    most = np.maximum(cities[pairs.left], cities[pairs.right])
    return np.asarray(np.maximum(most - own, 0.0), dtype=np.float64)


def _sole_site(pairs: Compared, table: pl.DataFrame) -> Flags:
    """Pairs on a homepage that exactly two names share, no source having both."""
    held = (
        table.drop_nulls("site")
        .group_by("site")
        .agg(
            names=pl.col("sound").n_unique(),
            listed=pl.struct("sound", "origin").n_unique(),
            origins=pl.col("origin").n_unique(),
        )
    )
    sole = (pl.col("names") == 2) & (pl.col("listed") == pl.col("origins"))
    flags = (
        table.select("site")
        .join(held, on="site", how="left", maintain_order="left")
        .select(sole.fill_null(False))
        .to_series()
    )
    return np.asarray(pairs.at("home", "site") & flags.to_numpy()[pairs.left], dtype=bool)


def _sole_founding(pairs: Compared, table: pl.DataFrame) -> Flags:
    """Pairs of one founding day whose homepage and address have no third name of that day."""
    alone = np.ones(table.height, bool)
    for place in ("site", "street"):
        founded = table.select("row", "sound", "established", place).drop_nulls(["established", place])
        crowd = founded.filter(pl.len().over("established", place) > 2)
        alone[crowd.filter(pl.col("sound").n_unique().over("established", place) > 2)["row"]] = False
    return np.asarray(alone[pairs.left] & alone[pairs.right], dtype=bool)


def _rule() -> pl.Expr:
    """The parts that agree, joined by +: `name+district+homepage`."""
    places = [_PLACE_PARTS.get(level, f"+{level}" if level in rules.SUPPORT else "") for level in LEVELS["place"]]
    homes = ["+homepage" if level in ("site", "domain") else "" for level in LEVELS["home"]]
    days = ["+established" if level == "same" else "" for level in LEVELS["day"]]
    goods = [_GOODS_PARTS.get(level, "") for level in LEVELS["goods"]]
    names = [_NAME_PARTS[level] for level in LEVELS["name"]]
    parts = {"name": names, "place": places, "home": homes, "day": days, "goods": goods}
    return pl.concat_str(
        pl.col(kind).replace_strict(dict(enumerate(words)), return_dtype=pl.String) for kind, words in parts.items()
    ).alias("rule")
