"""What a table tells of the registers its records are from: how large they are, how far they overlap, whether they list
a firm once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.linking import rules
from transforms.linking.compare import Compared, Flags

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Origins:
    """Of every pair: `world`, the firms that either record could be taken for; `share`, the share of records taken to
    have their partner there; `is_repeated`, both are of a register that lists each firm once.
    """

    world: Floats
    share: Floats
    is_repeated: Flags


def origins(pairs: Compared, table: pl.DataFrame) -> Origins:
    """Two registers that share enough firms speak for themselves; any other pair gets those of the whole table."""
    codes = table.select(pl.col("origin").fill_null("").rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    count = int(codes.max(initial=0)) + 1
    sizes = _sizes(table, codes, count)
    first, second = codes[pairs.left], codes[pairs.right]
    agreeing = pairs.at("name", "exact") & (pairs.at("place", *rules.SUPPORT, "office") | pairs.at("home", "site"))
    shared = _shared(first[agreeing], second[agreeing], count)
    smaller = np.minimum(sizes[:, None], sizes[None, :])
    overlap = np.clip(shared / np.maximum(smaller, 1.0), *rules.SHARE_OF_REGISTER)
    larger = np.maximum(np.maximum(sizes[:, None], sizes[None, :]), rules.SMALLEST_REGISTER)
    known = (shared >= rules.ENOUGH_SHARED) & ~np.eye(count, dtype=bool)
    world = np.where(known, larger, max(_placed_names(table), rules.SMALLEST_WORLD))
    share = np.where(known, overlap, _share_linked(pairs, table, agreeing))
    within = np.diag(shared)
    across = shared.sum(axis=1) - within
    once = (across >= rules.ENOUGH_SHARED) & (within <= rules.REPEATED_AT_MOST * across)
    return Origins(world[first, second], share[first, second], (first == second) & once[first])


def _sizes(table: pl.DataFrame, codes: npt.NDArray[np.int64], count: int) -> Floats:
    """Distinct names of each register that say more than a name."""
    located = table.select("sound", "seat", "site").with_columns(code=pl.Series(codes))
    located = located.filter(pl.col("seat").is_not_null() | pl.col("site").is_not_null())
    counted = located.group_by("code").agg(pl.col("sound").n_unique())
    sizes = np.zeros(count)
    sizes[counted["code"].to_numpy()] = counted["sound"].to_numpy()
    return sizes


def _shared(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], count: int) -> Floats:
    """Agreeing pairs between registers, a symmetric matrix; within a register on its diagonal."""
    cells = np.bincount(first * count + second, minlength=count * count).reshape(count, count).astype(np.float64)
    return np.asarray(np.where(np.eye(count, dtype=bool), cells, cells + cells.T), dtype=np.float64)


def _placed_names(table: pl.DataFrame) -> float:
    return float(table.drop_nulls("province").select(pl.struct("sound", "province").n_unique()).item())


def _share_linked(pairs: Compared, table: pl.DataFrame, agreeing: Flags) -> float:
    """Share of the records with a place that agree with another in name and place, within the bounds."""
    agreeing = agreeing & pairs.at("place", *rules.SUPPORT)
    linked = len(np.union1d(pairs.left[agreeing], pairs.right[agreeing]))
    return float(np.clip(linked / max(table["province"].count(), 1), *rules.SHARE_LINKED))
