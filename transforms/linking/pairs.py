"""Pairs of records worth comparing: those that share a block key.

Blocks larger than their limit are cut finer or left: what many records share tells nothing about two of them.
Keys are 64-bit hashes, compared within one call only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Rows = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_NAME_BLOCK: Final = 40
_PLACE_BLOCK: Final = 20
_SITE_BLOCK: Final = 12
_DAY_BLOCK: Final = 12
_NONE: Final = np.uint64(0)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


def candidate_pairs(table: pl.DataFrame) -> tuple[Rows, Rows]:
    """Rows (left < right) of distinct pairs of a prepared table that share a block, in order."""
    parts = [left.astype(np.uint64) << np.uint64(32) | right.astype(np.uint64) for left, right in _blocks(table)]
    packed = np.concatenate([np.empty(0, np.uint64), *parts])
    packed.sort()
    packed = packed[np.concatenate([[True], packed[1:] != packed[:-1]])[: len(packed)]]
    return (packed >> np.uint64(32)).astype(np.int64), (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)


def keys_of(values: pl.Series) -> Keys:
    """A hash of every value; 0 where there is none."""
    hashed = values.hash().to_numpy().astype(np.uint64)
    known = values.is_not_null().to_numpy()
    return np.where(known, np.where(hashed == _NONE, np.uint64(1), hashed), _NONE)


def together(*parts: Keys) -> Keys:
    """One key of several; 0 where any is missing."""
    joined = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        joined = (joined ^ part) * _MIX
        joined ^= joined >> np.uint64(29)
    present = np.logical_and.reduce([part != _NONE for part in parts])
    return np.where(present, np.where(joined == _NONE, np.uint64(1), joined), _NONE)


def _blocks(table: pl.DataFrame) -> Iterator[tuple[Rows, Rows]]:
    length = table["sound"].str.len_chars()
    named = (length >= 2).fill_null(False).to_numpy()
    sound, match = (np.where(named, keys_of(table[name]), _NONE) for name in ("sound", "match_key"))
    place = {name: keys_of(table[name]) for name in ("province", "city", "street")}
    day = keys_of(table["established"])
    for key in (match, sound):
        yield from _cut_finer(key, (together(key, place["province"]), together(key, place["city"])), _NAME_BLOCK)
    yield from _across(keys_of(table["alias"]), sound, _NAME_BLOCK)
    for name in ("site", "domain"):
        yield from within(keys_of(table[name]), _SITE_BLOCK)
    first, start, end = (
        np.where(named, keys_of(part), _NONE)
        for part in (table["sound"].str.slice(0, 1), table["sound"].str.slice(0, 2), table["sound"].str.slice(-3))
    )
    longer = np.where((length >= 4).fill_null(False).to_numpy(), keys_of(table["sound"].str.slice(0, 4)), _NONE)
    yield from within(together(place["city"], place["street"], first), _PLACE_BLOCK)
    yield from within(together(place["city"], start), _PLACE_BLOCK)
    yield from within(together(place["city"], end), _PLACE_BLOCK)
    yield from within(together(place["province"], longer), _PLACE_BLOCK)
    for other in (start, place["city"], place["street"], together(place["province"], first)):
        yield from within(together(day, other), _DAY_BLOCK)
    described = (table["product"].str.len_chars() >= 8).fill_null(False).to_numpy()
    yield from within(together(np.where(described, keys_of(table["product"]), _NONE), place["province"]), _DAY_BLOCK)
    latin = table["is_latin"].fill_null(False).to_numpy()
    bones = keys_of(table["skeleton"])
    yield from _across(np.where(latin, bones, _NONE), np.where(latin, _NONE, bones), _PLACE_BLOCK)
    yield from within(np.where(latin, bones, _NONE), _PLACE_BLOCK)


def within(keys: Keys, limit: int) -> Iterator[tuple[Rows, Rows]]:
    """All pairs of rows within blocks of 2 to `limit` rows of one key."""
    rows = np.flatnonzero(keys)
    rows = rows[np.argsort(keys[rows], kind="stable")]
    ordered = keys[rows]
    starts = (
        np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(rows) else np.empty(0, np.int64)
    )
    sizes = np.diff(np.append(starts, len(rows)))
    small = np.repeat((sizes > 1) & (sizes <= limit), sizes)
    rows, ordered = rows[small], ordered[small]
    for distance in range(1, limit):
        equal = ordered[distance:] == ordered[:-distance]
        if not equal.any():
            return
        left, right = rows[:-distance][equal], rows[distance:][equal]
        yield np.minimum(left, right), np.maximum(left, right)


def _cut_finer(keys: Keys, finer: tuple[Keys, ...], limit: int) -> Iterator[tuple[Rows, Rows]]:
    """Pairs within blocks; a block over the limit is cut by the first of the finer keys, and so on."""
    yield from within(keys, limit)
    if finer:
        sizes = pl.DataFrame({"key": keys}).select(pl.len().over("key")).to_series().to_numpy()
        crowded = (sizes > limit) & (keys != _NONE)
        if crowded.any():
            yield from _cut_finer(np.where(crowded, finer[0], _NONE), finer[1:], limit)


def _across(left: Keys, right: Keys, limit: int) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of a row with a left key and a row with the same right key, where it leads to at most `limit` of either."""
    sides = [
        pl.DataFrame({"key": keys, "row": np.arange(len(keys))})
        .filter(pl.col("key") != 0)
        .filter(pl.len().over("key") <= limit)
        for keys in (left, right)
    ]
    pairs = sides[0].join(sides[1], on="key", suffix="_right").filter(pl.col("row") != pl.col("row_right"))
    a, b = pairs["row"].to_numpy(), pairs["row_right"].to_numpy()
    yield np.minimum(a, b), np.maximum(a, b)
