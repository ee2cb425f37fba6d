"""Which records are one firm: identifiers, a person's decisions, and pairs whose evidence is strong enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from transforms.linking import rules
from transforms.linking.compare import Flags, compared
from transforms.linking.join import ClusterLimits, Labels, components, joined, unambiguous
from transforms.linking.pairs import candidate_pairs
from transforms.linking.prepare import prepared
from transforms.linking.score import scored

_AMBIGUOUS: Final = 0.6
"""Score of a pair one of whose records fits another firm as well: a person decides."""


@dataclass(frozen=True)
class LinkedRecords:
    """`records`: record_key, cluster_same and cluster (labels), how the record hangs on its cluster (tier, rule,
    score, linked_to) and its strongest link of all (strongest_rule, strongest_score; null where it stands alone).
    `open_pairs`: left and right record keys with rule, score and reason (weak, ambiguous, exclusive), for a person to
    decide. `conflicts`: pairs that a rule proposed and the limits refused, with reason.
    """

    records: pl.DataFrame
    open_pairs: pl.DataFrame
    conflicts: pl.DataFrame


def link(records: pl.DataFrame, decisions: pl.DataFrame | None = None) -> LinkedRecords:
    """Link records of any sources.

    `records` needs `record_key`, `source` and `name`, and uses what else it has (see `prepared`).
    `decisions` (left, right, decision: same or different) are a person's and always win.
    The result does not depend on the order of the rows.
    """
    table = prepared(records)
    decided, parted = _decided(decisions, table)
    pairs = weighed_pairs(table)
    opposed = pl.concat([pairs.filter("is_apart").select("left", "right"), parted])
    apart = opposed.to_numpy().reshape(-1, 2).astype(np.int64)
    limits = ClusterLimits(table, apart)
    sure = pl.concat([decided, identifier_edges(table)])
    likely = _without_decided(pairs, decided, parted).filter(pl.col("score") >= rules.REVIEW)
    contested = likely.filter("is_apart").drop("is_apart")
    likely = likely.filter(~pl.col("is_apart")).drop("is_apart")
    clear = unambiguous(likely, opposed)
    doubtful = likely.filter(~clear).with_columns(score=pl.lit(_AMBIGUOUS), tier=pl.lit("review"))
    likely = likely.filter(clear)
    labels = components(table.height, *_ends(decided))
    labels, refused_sure = joined(labels, sure, ClusterLimits(table, apart, by_founding=False))
    strong = likely.filter(pl.col("tier") == "same")
    same, refused_same = joined(labels, strong, limits)
    weak = likely.filter(pl.col("tier") == "probable")
    clusters, refused_weak = joined(same, weak, limits)
    used = pl.concat([sure.filter(~refused_sure), strong.filter(~refused_same), weak.filter(~refused_weak)]).sort(
        "score", "rule", "left", "right", descending=[True, False, False, False]
    )
    refused = [sure.filter(refused_sure), strong.filter(refused_same), weak.filter(refused_weak), contested]
    conflicts = pl.concat([*refused, doubtful])
    reasons = ["exclusive"] * (conflicts.height - doubtful.height) + ["ambiguous"] * doubtful.height
    open_reasons = ["weak"] * likely.filter(pl.col("tier") == "review").height + reasons
    left_open = pl.concat([likely.filter(pl.col("tier") == "review"), conflicts])
    left_open = left_open.with_columns(reason=pl.Series(open_reasons, dtype=pl.String)).filter(
        pl.Series(clusters[left_open["left"]] != clusters[left_open["right"]], dtype=pl.Boolean)
    )
    keys = table["record_key"]
    result = pl.DataFrame({"record_key": keys, "cluster_same": same, "cluster": clusters})
    hung = _attachment(used, same, clusters, table)
    result = pl.concat([result, hung, _strongest(used, table.height)], how="horizontal")
    return LinkedRecords(
        result,
        _named(left_open, keys),
        _named(conflicts.with_columns(reason=pl.Series(reasons, dtype=pl.String)), keys),
    )


def weighed_pairs(table: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a prepared table that reach a tier or are apart: columns of EDGE_SCHEMA and `is_apart`.

    A pair with two values of an exclusive identifier is apart whatever else it agrees in, one that shares an
    identifier never.
    """
    weighed = scored(compared(*candidate_pairs(table), table), table)
    clash = pl.any_horizontal(
        table[name].gather(weighed["left"]) != table[name].gather(weighed["right"]) for name in rules.EXCLUSIVE
    ).fill_null(False)
    shared = pl.any_horizontal(
        table[name].gather(weighed["left"]) == table[name].gather(weighed["right"]) for name in rules.IDENTIFIERS
    ).fill_null(False)
    weighed = weighed.with_columns(clash=weighed.select(clash).to_series(), shared=weighed.select(shared).to_series())
    score = pl.when("clash").then(0.0).otherwise("score")
    tier = pl.when(score >= rules.SAME).then(pl.lit("same")).when(score >= rules.PROBABLE).then(pl.lit("probable"))
    return weighed.select(
        "left",
        "right",
        tier=tier.otherwise(pl.lit("review")),
        rule="rule",
        score=score,
        is_apart=(pl.col("is_apart") & ~pl.col("shared")) | pl.col("clash"),
    )


def identifier_edges(table: pl.DataFrame) -> pl.DataFrame:
    """Records that share an identifier, as stars around the first of them; columns of EDGE_SCHEMA."""
    stars = [
        table.drop_nulls(scheme)
        .select("row", left=pl.col("row").min().over(scheme))
        .filter(pl.col("left") != pl.col("row"))
        .select("left", right="row", tier=pl.lit("same"), rule=pl.lit(scheme), score=pl.lit(1.0))
        for scheme in rules.IDENTIFIERS
    ]
    return pl.concat([pl.DataFrame(schema=rules.EDGE_SCHEMA), *stars])


def _decided(decisions: pl.DataFrame | None, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Edges a person made, and pairs a person keeps apart; of records that are there."""
    none = pl.DataFrame(schema=rules.EDGE_SCHEMA)
    if decisions is None or decisions.is_empty():
        return none, none.select("left", "right")
    rows = table.select("record_key", "row")
    pairs = (
        decisions.join(rows, left_on="left", right_on="record_key")
        .join(rows, left_on="right", right_on="record_key", suffix="_right")
        .select("decision", left=pl.min_horizontal("row", "row_right"), right=pl.max_horizontal("row", "row_right"))
        .filter(pl.col("left") != pl.col("right"))
    )
    same = pairs.filter(pl.col("decision") == "same").select(
        "left", "right", tier=pl.lit("same"), rule=pl.lit("decision"), score=pl.lit(1.0)
    )
    return same, pairs.filter(pl.col("decision") == "different").select("left", "right")


def _without_decided(pairs: pl.DataFrame, decided: pl.DataFrame, parted: pl.DataFrame) -> pl.DataFrame:
    settled = pl.concat([decided.select("left", "right"), parted])
    return (
        pairs.join(settled, on=["left", "right"], how="anti")
        .select(*rules.EDGE_SCHEMA, "is_apart")
        .sort("left", "right")
    )


def _ends(edges: pl.DataFrame) -> tuple[Labels, Labels]:
    return edges["left"].to_numpy(), edges["right"].to_numpy()


def _strongest(edges: pl.DataFrame, size: int) -> pl.DataFrame:
    """Rule and score of the first of the edges of each row; null where it has none."""
    first = _first(np.arange(edges.height), edges, size)
    return _with_none(edges)[first].select(strongest_rule="rule", strongest_score="score")


def _attachment(edges: pl.DataFrame, same: Labels, clusters: Labels, table: pl.DataFrame) -> pl.DataFrame:
    """How each record hangs on its firm; `edges` surest first.

    The largest sure part of a firm is its core, of two equally large ones that of a registered supplier: its records
    are tied by their strongest sure link. Records of another part are tied as its best link to the rest is: that link
    is the doubt about all of them.
    """
    left, right = _ends(edges)
    is_within = same[left] == same[right]
    first = _first(np.flatnonzero(is_within), edges, len(same))
    other = np.append(left + right, 2 * len(same))[first] - np.arange(len(same))
    loose = _loose(np.flatnonzero(~is_within), edges, same)
    best, partner = np.full(len(same), edges.height), np.full(len(same), len(same))
    best[loose["same"]], partner[loose["same"]] = loose["edge"], loose["other"]
    beside = same != _cores(same, clusters, table["is_supplier"].to_numpy())
    first[beside], other[beside] = best[same[beside]], partner[same[beside]]
    keys = table.select("record_key")
    return (
        _with_none(edges)[first]
        .select(
            tier=pl.col("tier").fill_null("same"),
            rule=pl.col("rule").fill_null("alone"),
            score=pl.col("score").fill_null(1.0),
        )
        .with_columns(linked_to=_with_none(keys)[np.where(first < edges.height, other, keys.height)].to_series())
    )


def _with_none(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows and behind them one without a value: what a number beyond the last one stands for."""
    return pl.concat([rows, rows.clear(1)])


def _first(numbers: Labels, edges: pl.DataFrame, size: int) -> Labels:
    """The smallest of the edges' numbers at each row; the count of all edges where there is none."""
    found = np.full(size, edges.height)
    for ends in _ends(edges):
        np.minimum.at(found, ends[numbers], numbers)
    return found


def _loose(numbers: Labels, edges: pl.DataFrame, same: Labels) -> pl.DataFrame:
    """The best edge from each sure part to another: `same`, `edge` (its number) and `other` (the row it leads to)."""
    between = edges[numbers].with_columns(edge=pl.Series(numbers))
    both = pl.concat(
        between.select("edge", "score", "rule", same=pl.Series(same[between[end]]), other=beyond)
        for end, beyond in (("left", "right"), ("right", "left"))
    )
    return both.sort("score", "rule", "other", descending=[True, False, False]).unique(
        "same", keep="first", maintain_order=True
    )


def _cores(same: Labels, clusters: Labels, is_supplier: Flags) -> Labels:
    """Of every row the label of the core of its cluster."""
    sizes, supplies = np.bincount(same, minlength=len(same)), np.zeros(len(same), bool)
    supplies[same[is_supplier]] = True
    parts = np.flatnonzero(sizes)
    core_last = parts[np.lexsort((-parts, supplies[parts], sizes[parts]))]
    cores = np.empty_like(same)
    cores[clusters[core_last]] = core_last
    return cores[clusters]


def _named(edges: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    named = edges.select(
        left=keys.gather(edges["left"]), right=keys.gather(edges["right"]), rule="rule", score="score", reason="reason"
    ).sort("left", "right", "score", "rule", descending=[False, False, True, False])
    return named.unique(["left", "right"], keep="first", maintain_order=True)
