"""Pairs of records worth comparing: those that share a block key.

Blocks larger than their limit are cut finer or left: what many records share tells nothing about two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

_NAME_BLOCK: Final = 40
_PLACE_BLOCK: Final = 25
_SITE_BLOCK: Final = 12
_DAY_BLOCK: Final = 12

PAIRS: Final = {"left": pl.Int64, "right": pl.Int64}


def candidate_pairs(table: pl.DataFrame) -> pl.DataFrame:
    """Distinct pairs (left < right, rows of the prepared table) that share a block."""
    return pl.concat([pl.DataFrame(schema=PAIRS), *_blocks(table)]).unique(maintain_order=False).sort("left", "right")


def _blocks(table: pl.DataFrame) -> Iterator[pl.DataFrame]:
    named = table.filter(pl.col("sound").str.len_chars() >= 2)
    for keys in (["match_key"], ["sound"]):
        yield from _within(named, keys, _NAME_BLOCK)
        crowded = named.filter(pl.len().over(keys) > _NAME_BLOCK)
        yield from _within(crowded, [*keys, "province"], _NAME_BLOCK)
        yield from _within(crowded.filter(pl.len().over([*keys, "province"]) > _NAME_BLOCK), [*keys, "city"], _NAME_BLOCK)
    yield from _across(table.drop_nulls("alias"), named, "alias", "sound", _NAME_BLOCK)
    yield from _within(table, ["site"], _SITE_BLOCK)
    yield from _within(table, ["domain"], _SITE_BLOCK)
    begun = named.with_columns(
        first=pl.col("sound").str.slice(0, 1), start=pl.col("sound").str.slice(0, 2), end=pl.col("sound").str.slice(-3)
    )
    yield from _within(begun, ["city", "street", "first"], _PLACE_BLOCK)
    yield from _within(begun, ["city", "start"], _PLACE_BLOCK)
    yield from _within(begun, ["city", "end"], _PLACE_BLOCK)
    yield from _within(begun.with_columns(longer=_prefix(4)), ["province", "longer"], _PLACE_BLOCK)
    yield from _within(begun, ["established", "start"], _DAY_BLOCK)
    yield from _within(table, ["established", "city"], _DAY_BLOCK)
    yield from _within(table, ["established", "street"], _DAY_BLOCK)
    yield from _within(table.filter(pl.col("product").str.len_chars() >= 8), ["product", "province"], _DAY_BLOCK)
    latin = table.filter("is_latin")
    spelled = pl.col("skeleton")
    yield from _across(latin.drop_nulls("skeleton"), table.filter(~pl.col("is_latin")), "skeleton", "skeleton", _PLACE_BLOCK)
    yield from _within(latin.with_columns(spelled.alias("skeleton")), ["skeleton"], _PLACE_BLOCK)


def _prefix(length: int) -> pl.Expr:
    return pl.when(pl.col("sound").str.len_chars() >= length).then(pl.col("sound").str.slice(0, length))


def _within(table: pl.DataFrame, keys: list[str], limit: int) -> Iterator[pl.DataFrame]:
    """All pairs within blocks of 2 to `limit` records; a missing key is no block."""
    rows = table.select("row", *keys).drop_nulls()
    size = pl.len().over(keys)
    rows = rows.filter(size.is_between(2, limit))
    if rows.height:
        pairs = rows.join(rows, on=keys, suffix="_right").filter(pl.col("row") < pl.col("row_right"))
        yield pairs.select(left="row", right="row_right")


def _across(left: pl.DataFrame, right: pl.DataFrame, left_key: str, right_key: str, limit: int) -> Iterator[pl.DataFrame]:
    """Pairs of a record of one table with one of another, where the key leads to at most `limit` of either."""
    a = left.select("row", key=left_key).drop_nulls().filter(pl.len().over("key") <= limit)
    b = right.select("row", key=right_key).drop_nulls().filter(pl.len().over("key") <= limit)
    pairs = a.join(b, on="key", suffix="_right").filter(pl.col("row") != pl.col("row_right"))
    if pairs.height:
        yield pairs.select(
            left=pl.min_horizontal("row", "row_right"), right=pl.max_horizontal("row", "row_right")
        )
