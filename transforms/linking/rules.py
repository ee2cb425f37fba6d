"""The rules that join two records, each with its tier and measured precision.

A rule proposes edges between records; a guard refuses those that would join two corporations.
Precision of the name rules: measured on pairs whose truth is known from hidden identifiers
(docs/benchmarks.md, "Linking").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

IDENTIFIERS: Final = ("corporate_no", "business_no", "dart_code", "stock_code", "applicant_no")
EXCLUSIVE: Final = ("corporate_no", "business_no", "stock_code", "dart_code")
"""A firm has at most one of each; two different ones in a cluster are a conflict."""

EDGE_SCHEMA: Final = {
    "left": pl.Int64, "right": pl.Int64, "tier": pl.String, "rule": pl.String, "score": pl.Float64,
}
_SHORTEST_RARE_KEY: Final = 4


@dataclass(frozen=True)
class Rule:
    name: str
    tier: str
    score: float


IDENTIFIER_RULES: Final = {scheme: Rule(scheme, "same", 1.0) for scheme in IDENTIFIERS}
NAME_DISTRICT: Final = Rule("name_and_district", "probable", 0.99)
NAME_PROVINCE_RARE: Final = Rule("rare_name_and_province", "probable", 0.97)
NAME_PROVINCE: Final = Rule("name_and_province", "review", 0.90)


def identifier_edges(records: pl.DataFrame) -> pl.DataFrame:
    """Records that share an identifier, as stars around the first of them.

    `records` has `row` and the identifier columns; returns columns of EDGE_SCHEMA.
    """
    stars = [_stars(records.drop_nulls(scheme), [scheme], rule) for scheme, rule in IDENTIFIER_RULES.items()]
    return pl.concat(stars)


def name_edges(records: pl.DataFrame) -> list[pl.DataFrame]:
    """Records that share name and place, rule by rule, surest first.

    `records` has `row`, `source`, `match_key`, `district` and `province` (codes), all as known so far.
    """
    named = records.filter(pl.col("match_key").str.len_chars() >= 2)
    by_district = named.drop_nulls("district")
    by_province = named.drop_nulls("province").with_columns(
        provinces=pl.col("province").n_unique().over("match_key"),
        twice=pl.col("row").n_unique().over("match_key", "source", "province") > 1,
    )
    rare = (
        (pl.col("provinces") == 1)
        & ~pl.col("twice").any().over("match_key")
        & (pl.col("match_key").str.len_chars() >= _SHORTEST_RARE_KEY)
    )
    by_province = by_province.with_columns(is_rare=rare)
    return [
        _stars(by_district, ["match_key", "district"], NAME_DISTRICT),
        _stars(by_province.filter("is_rare"), ["match_key", "province"], NAME_PROVINCE_RARE),
        _stars(by_province.filter(~pl.col("is_rare")), ["match_key", "province"], NAME_PROVINCE),
    ]


def _stars(records: pl.DataFrame, keys: list[str], rule: Rule) -> pl.DataFrame:
    return (
        records.select("row", left=pl.col("row").min().over(keys))
        .filter(pl.col("left") != pl.col("row"))
        .select(
            "left", right="row", tier=pl.lit(rule.tier), rule=pl.lit(rule.name), score=pl.lit(rule.score, pl.Float64)
        )
        .cast({name: EDGE_SCHEMA[name] for name in ("left", "right")})
    )
