"""From edges to clusters: surest first, and never two firms in one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.linking.rules import EXCLUSIVE, FOUNDED_WITHIN

Labels = npt.NDArray[np.int64]
_CLEARLY_BETTER: Final = 10.0
"""How many times the odds of one partner must exceed those of another, opposed one."""


@dataclass(frozen=True)
class ClusterLimits:
    """What a cluster may not hold: two values of an exclusive column of `table`, both ends of a pair of `apart`
    (shape (n, 2), rows), or, with `by_founding`, firms founded more than a year apart."""

    table: pl.DataFrame
    apart: Labels
    by_founding: bool = True

    @cached_property
    def values(self) -> pl.DataFrame:
        """`row`, the exclusive columns and `founded` (year) of the records that have any of them."""
        year = pl.col("established").dt.year() if self.by_founding else pl.lit(None, pl.Int32)
        known = self.table.select("row", *EXCLUSIVE, founded=year.cast(pl.Int32))
        return known.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in (*EXCLUSIVE, "founded")))

    def violations(self, labels: Labels) -> Labels:
        """Labels of the clusters that hold what they may not."""
        known = self.values.with_columns(cluster=pl.Series(labels[self.values["row"]]))
        span = pl.col("founded").max() - pl.col("founded").min()
        held = known.group_by("cluster").agg(*(pl.col(name).drop_nulls().n_unique() for name in EXCLUSIVE), span=span)
        several = pl.any_horizontal(pl.col(name) > 1 for name in EXCLUSIVE)
        mixed = held.filter(several | (pl.col("span") > FOUNDED_WITHIN).fill_null(False))["cluster"].to_numpy()
        ends = labels[self.apart]
        return np.union1d(mixed, ends[ends[:, 0] == ends[:, 1], 0])


def components(size: int, left: Labels, right: Labels, labels: Labels | None = None) -> Labels:
    """Connected components by label propagation: every node gets the smallest label it can reach."""
    found = np.arange(size) if labels is None else labels.copy()
    while True:
        low = np.minimum(found[left], found[right])
        before = found.copy()
        np.minimum.at(found, found[left], low)
        np.minimum.at(found, found[right], low)
        found = found[found]
        if np.array_equal(before, found):
            return found


def unambiguous(edges: pl.DataFrame, opposed: pl.DataFrame) -> pl.Series:
    """Whether an edge stands alone: false where one of its records fits another partner about as well, and the
    two partners are two firms. A record in such doubt is no bridge to others that fit no better.

    `edges` has left, right and score; `opposed` pairs of rows that are two firms.
    """
    odds = edges.select("left", "right", odds=pl.col("score") / (1 - pl.col("score") + 1e-12))
    both = pl.concat([odds, odds.select(left="right", right="left", odds="odds")])
    against = pl.concat([opposed.select("left", "right"), opposed.select(left="right", right="left")])
    rivals = (
        both.join(against.rename({"left": "right", "right": "rival"}), on="right")
        .join(both.select("left", rival="right", rival_odds="odds"), on=["left", "rival"])
        .filter(pl.col("rival_odds") * _CLEARLY_BETTER >= pl.col("odds"))
    )
    doubtful = rivals.select(
        left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right"), doubtful=pl.lit(True)
    ).unique()
    marked = odds.join(doubtful, on=["left", "right"], how="left", maintain_order="left")
    torn = marked.filter("doubtful")
    torn = pl.concat([torn.select("odds", row=side) for side in ("left", "right")])
    limit = torn.group_by("row").agg(limit=pl.col("odds").max() * _CLEARLY_BETTER)
    for side in ("left", "right"):
        marked = marked.join(
            limit.rename({"row": side, "limit": f"limit_{side}"}), on=side, how="left", maintain_order="left"
        )
    bridge = pl.max_horizontal("limit_left", "limit_right") > pl.col("odds")
    return marked.select((pl.col("doubtful").is_null() & ~bridge.fill_null(False)).alias("clear"))["clear"]


def joined(labels: Labels, edges: pl.DataFrame, limits: ClusterLimits) -> tuple[Labels, pl.Series]:
    """Join clusters along edges; returns the labels and which edges were refused.

    Where joining all of a component's edges breaks the limits, they are taken one by one, surest first.
    """
    left, right = edges["left"].to_numpy(), edges["right"].to_numpy()
    whole = components(len(labels), labels[left], labels[right], labels)[labels]
    bad = limits.violations(whole)
    if not len(bad):
        return whole, pl.Series("refused", np.zeros(edges.height, bool))
    in_bad = np.isin(whole[left], bad)
    kept = ~in_bad
    fresh = components(len(labels), labels[left[kept]], labels[right[kept]], labels)[labels]
    troubled = (
        edges.with_row_index("edge")
        .filter(pl.Series(in_bad))
        .sort("score", "left", "right", descending=[True, False, False])
    )
    fresh, accepted = _one_by_one(fresh, troubled, limits, np.flatnonzero(np.isin(whole, bad)))
    refused = np.zeros(edges.height, bool)
    refused[troubled["edge"].to_numpy()] = ~accepted
    return fresh, pl.Series("refused", refused)


def _one_by_one(
    labels: Labels, edges: pl.DataFrame, limits: ClusterLimits, rows: Labels
) -> tuple[Labels, npt.NDArray[np.bool_]]:
    """Join edge by edge within the troubled rows."""
    values: dict[int, list[set[Any]]] = defaultdict(lambda: [set() for _ in (*EXCLUSIVE, "founded")])
    members: dict[int, list[int]] = defaultdict(list)
    for row in rows.tolist():
        members[int(labels[row])].append(row)
    for row, *own in limits.values.filter(pl.col("row").is_in(pl.Series(rows).implode())).iter_rows():
        for held, value in zip(values[int(labels[row])], own, strict=True):
            if value is not None:
                held.add(value)
    opposed: dict[int, set[int]] = defaultdict(set)
    for a, b in limits.apart.tolist():
        opposed[a].add(b)
        opposed[b].add(a)
    result = labels.copy()
    accepted = np.zeros(edges.height, bool)
    for number, (a, b) in enumerate(edges.select("left", "right").iter_rows()):
        first, second = sorted((int(result[a]), int(result[b])))
        accepted[number] = first == second or not _opposed(values, members, opposed, first, second)
        if first != second and accepted[number]:
            result[members[second]] = first
            members[first] += members.pop(second)
            for held, others in zip(values[first], values.pop(second), strict=True):
                held |= others
    return result, accepted


def _opposed(
    values: dict[int, list[set[Any]]],
    members: dict[int, list[int]],
    opposed: dict[int, set[int]],
    first: int,
    second: int,
) -> bool:
    *one, one_founded = values[first]
    *other, other_founded = values[second]
    # A cluster that a person or a number joined may hold two values already: then the other must not bring a third.
    several = any(a and b and not (a <= b or b <= a) for a, b in zip(one, other, strict=True))
    gaps = [abs(a - b) for a in one_founded for b in other_founded]
    theirs = set(members[second])
    return several or bool(gaps and min(gaps) > FOUNDED_WITHIN) or any(opposed[row] & theirs for row in members[first])
