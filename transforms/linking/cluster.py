"""Which records are one firm: identifiers, a person's decisions, and pairs whose evidence is strong enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from transforms.linking import rules
from transforms.linking.compare import compared
from transforms.linking.join import Guard, Labels, components, joined, unambiguous
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
    decide. `conflicts`: pairs that a rule proposed and the guard refused, with reason.
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
    guard = Guard(table, apart)
    sure = pl.concat([decided, identifier_edges(table)])
    likely = _without_decided(pairs, decided, parted).filter(pl.col("score") >= rules.REVIEW)
    contested = likely.filter("is_apart").drop("is_apart")
    likely = likely.filter(~pl.col("is_apart")).drop("is_apart")
    clear = unambiguous(likely, opposed)
    doubtful = likely.filter(~clear).with_columns(score=pl.lit(_AMBIGUOUS), tier=pl.lit("review"))
    likely = likely.filter(clear)
    labels = components(table.height, *_ends(decided))
    labels, refused_sure = joined(labels, sure, Guard(table, apart, by_founding=False))
    strong = likely.filter(pl.col("tier") == "same")
    same, refused_same = joined(labels, strong, guard)
    weak = likely.filter(pl.col("tier") == "probable")
    clusters, refused_weak = joined(same, weak, guard)
    used = pl.concat([sure.filter(~refused_sure), strong.filter(~refused_same), weak.filter(~refused_weak)])
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
    result = pl.concat([result, _attachment(used, same, clusters, table), _strongest(used, clusters)], how="horizontal")
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


def _strongest(edges: pl.DataFrame, clusters: Labels) -> pl.DataFrame:
    """Rule and score of every record's strongest used edge; null where it has none."""
    ends = pl.concat([edges.select("rule", "score", row=side) for side in ("left", "right")])
    best = ends.sort("score", "rule", descending=[True, False]).unique("row", keep="first", maintain_order=True)
    rows = pl.DataFrame({"row": np.arange(len(clusters))}).join(best, on="row", how="left", maintain_order="left")
    return rows.select(strongest_rule="rule", strongest_score="score")


def _attachment(edges: pl.DataFrame, same: Labels, clusters: Labels, table: pl.DataFrame) -> pl.DataFrame:
    """How each record hangs on its firm.

    The largest sure part of a firm is its core, of two equally large ones that of a registered supplier: its records
    are tied by their strongest sure link. Records of another part are tied as its best link to the rest is: that link
    is the doubt about all of them.
    """
    frame = table.select("row", "is_supplier", same=pl.Series(same), cluster=pl.Series(clusters))
    parts = frame.group_by("cluster", "same").agg(pl.len(), pl.col("is_supplier").any())
    parts = parts.sort("len", "is_supplier", "same", descending=[True, True, False])
    core = parts.unique("cluster", keep="first", maintain_order=True).select("cluster", core="same")
    frame = frame.join(core, on="cluster", how="left", maintain_order="left")
    both = pl.concat(
        [
            edges.select("tier", "rule", "score", row="left", other="right"),
            edges.select("tier", "rule", "score", row="right", other="left"),
        ]
    )
    both = both.sort("score", "rule", "other", descending=[True, False, False])
    within = pl.Series(same[both["row"]] == same[both["other"]], dtype=pl.Boolean)
    sure = both.filter(within).unique("row", keep="first", maintain_order=True)
    loose = both.filter(~within).with_columns(same=pl.Series(same).gather(both.filter(~within)["row"]))
    loose = loose.unique("same", keep="first", maintain_order=True).drop("row")
    at_core = frame.filter(pl.col("same") == pl.col("core")).join(sure, on="row", how="left")
    beside = frame.filter(pl.col("same") != pl.col("core")).join(loose, on="same", how="left")
    tied = pl.concat(
        [
            at_core.select("row", "tier", "rule", "score", "other"),
            beside.select("row", "tier", "rule", "score", "other"),
        ]
    ).sort("row")
    return tied.select(
        tier=pl.col("tier").fill_null("same"),
        rule=pl.col("rule").fill_null("alone"),
        score=pl.col("score").fill_null(1.0),
        linked_to=table["record_key"].gather(tied["other"]),
    )


def _named(edges: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    named = edges.select(
        left=keys.gather(edges["left"]), right=keys.gather(edges["right"]), rule="rule", score="score", reason="reason"
    ).sort("left", "right", "score", "rule", descending=[False, False, True, False])
    return named.unique(["left", "right"], keep="first", maintain_order=True)
