"""Pairs of records worth comparing: those that share a block key.

Blocks larger than their limit are cut finer or left: what many records share tells nothing about two of them.
Keys are 64-bit hashes, compared within one call only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.linking.rules import IDENTIFIERS

Rows = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_NAME_BLOCK: Final = 40
_PLACE_BLOCK: Final = 20
_SITE_BLOCK: Final = 12
_DAY_BLOCK: Final = 12
_EVIDENCE: Final = ("province", "city", "district", "street", "seat", "site", "domain", "established", "product")
_NONE: Final = np.uint64(0)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


def candidate_pairs(table: pl.DataFrame) -> tuple[Rows, Rows]:
    """Rows (left < right) of distinct pairs of a prepared table that share a block and may tell something, in order."""
    telling = _Telling.of(table)
    parts = [
        left.astype(np.uint64) << np.uint64(32) | right.astype(np.uint64)
        for left, right in map(telling.chosen, _blocks(table))
    ]
    packed = np.concatenate([np.empty(0, np.uint64), *parts])
    packed.sort()
    packed = packed[np.concatenate([[True], packed[1:] != packed[:-1]])[: len(packed)]]
    return (packed >> np.uint64(32)).astype(np.int64), (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)


@dataclass(frozen=True)
class _Telling:
    """Which pairs may join two records or keep them apart.

    Where one of two records has nothing but its name, they can at most be shown to be two firms, by a register that
    lists each firm once; and not even that where both have the same numbers.
    `is_bare`: rows without evidence beside name and numbers; `origin`: a key of the register; `echo`: of the bare rows
    that have numbers a key of register and numbers, else 0.
    """

    is_bare: npt.NDArray[np.bool_]
    origin: Keys
    echo: Keys

    @classmethod
    def of(cls, table: pl.DataFrame) -> _Telling:
        is_bare, numbered = table.select(
            bare=pl.all_horizontal(pl.col(name).is_null() for name in _EVIDENCE),
            numbered=pl.any_horizontal(pl.col(name).is_not_null() for name in IDENTIFIERS),
        )
        origin = keys_of(table["origin"])
        numbers = table.select("origin", *IDENTIFIERS).hash_rows().to_numpy()
        return cls(is_bare.to_numpy(), origin, np.where((is_bare & numbered).to_numpy(), numbers, _NONE))

    def chosen(self, pairs: tuple[Rows, Rows]) -> tuple[Rows, Rows]:
        left, right = pairs
        bare = np.flatnonzero(self.is_bare[left] | self.is_bare[right])
        one, other = left[bare], right[bare]
        echoed = (self.echo[one] == self.echo[other]) & (self.echo[one] != _NONE)
        silent = bare[(self.origin[one] != self.origin[other]) | echoed]
        return np.delete(left, silent), np.delete(right, silent)


def keys_of(values: pl.Series) -> Keys:
    """A hash of every value; 0 where there is none."""
    keys: Keys = np.maximum(values.hash().to_numpy(), np.uint64(1))
    if values.has_nulls():
        keys[values.is_null().to_numpy()] = _NONE
    return keys


def together(*parts: Keys) -> Keys:
    """One key of several; 0 where any is missing."""
    joined = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        joined = (joined ^ part) * _MIX
        joined ^= joined >> np.uint64(29)
    present = np.logical_and.reduce([part != _NONE for part in parts])
    return np.where(present, np.maximum(joined, np.uint64(1)), _NONE)


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
    skeletons = keys_of(table["skeleton"])
    yield from _across(np.where(latin, skeletons, _NONE), np.where(latin, _NONE, skeletons), _PLACE_BLOCK)
    yield from within(np.where(latin, skeletons, _NONE), _PLACE_BLOCK)


def within(keys: Keys, limit: int) -> Iterator[tuple[Rows, Rows]]:
    """All pairs of rows within blocks of 2 to `limit` rows of one key."""
    yield from _cut_finer(keys, (), limit)


def _cut_finer(keys: Keys, finer: tuple[Keys, ...], limit: int) -> Iterator[tuple[Rows, Rows]]:
    """Pairs within blocks; a block over the limit is cut by the first of the finer keys, and so on."""
    rows = np.flatnonzero(keys)
    rows = rows[np.argsort(keys[rows])]
    ordered = keys[rows]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(rows)])
    sizes = np.diff(starts, append=len(rows))
    sizes = np.repeat(sizes, sizes)
    small = (sizes > 1) & (sizes <= limit)
    yield from _neighbours(rows[small], ordered[small], limit)
    crowded = rows[sizes > limit]
    if finer and len(crowded):
        cut = np.zeros_like(keys)
        cut[crowded] = finer[0][crowded]
        yield from _cut_finer(cut, finer[1:], limit)


def _neighbours(rows: Rows, keys: Keys, limit: int) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of rows of one key, where equal `keys` stand together, at most `limit` of them."""
    for distance in range(1, limit):
        equal = keys[distance:] == keys[:-distance]
        if not equal.any():
            return
        left, right = rows[:-distance][equal], rows[distance:][equal]
        yield np.minimum(left, right), np.maximum(left, right)


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
