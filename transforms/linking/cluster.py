"""From records to clusters: edges of the rules, joined surest first, conflicts refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms import names, regions
from transforms.linking.rules import EDGE_SCHEMA, EXCLUSIVE, IDENTIFIERS, identifier_edges, name_edges

Labels = npt.NDArray[np.int64]
_ALONE: Final = {"tier": "same", "rule": "alone", "score": 1.0}


@dataclass(frozen=True)
class LinkedRecords:
    """`records`: record_key, cluster_same, cluster (labels), tier, rule, score of the record's strongest
    link. `open_pairs`: left and right record keys with rule and score, for a person to decide.
    `conflicts`: pairs that a rule proposed and the guard refused.
    """

    records: pl.DataFrame
    open_pairs: pl.DataFrame
    conflicts: pl.DataFrame


def link(records: pl.DataFrame, decisions: pl.DataFrame | None = None) -> LinkedRecords:
    """Link records of any sources.

    `records` needs `record_key`, `source` and `name`, and uses `region_code` and the identifiers where
    it has them. `decisions` (left, right, decision: same or different) are a person's and always win.
    The result does not depend on the order of the rows.
    """
    table = _prepared(records)
    size = table.height
    decided, apart = _decided(decisions, table)
    edges = identifier_edges(table)
    bound = components(size, decided["left"].to_numpy(), decided["right"].to_numpy())
    same, refused_same = _join(bound, edges, table, apart)
    clusters, used, refused = same, [decided, edges], [refused_same]
    for proposed in name_edges(table):
        tier = proposed["tier"].first() if proposed.height else None
        fresh = proposed.filter(pl.Series(clusters[proposed["left"]] != clusters[proposed["right"]], dtype=pl.Boolean))
        if tier == "review":
            open_edges = fresh
            break
        clusters, conflicts = _join(clusters, fresh, table, apart)
        used.append(fresh)
        refused.append(conflicts)
    else:
        open_edges = pl.DataFrame(schema=EDGE_SCHEMA)
    keys = table["record_key"]
    strongest = _strongest(pl.concat(used), clusters, size)
    linked = pl.DataFrame({"record_key": keys, "cluster_same": same, "cluster": clusters}).with_columns(strongest)
    return LinkedRecords(linked, _named(open_edges, keys), _named(pl.concat(refused), keys))


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


def _prepared(records: pl.DataFrame) -> pl.DataFrame:
    absent = [name for name in (*IDENTIFIERS, "region_code") if name not in records.columns]
    table = records.with_columns(pl.lit(None, pl.String).alias(name) for name in absent).sort("record_key")
    code = pl.col("region_code")
    return table.select(
        "record_key", "source", *IDENTIFIERS,
        match_key=names.match_key(pl.col("name")),
        district=pl.when(code.str.len_chars() == 5).then(regions.city_code(code)),
        province=regions.province_code(code),
    ).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))


def _decided(decisions: pl.DataFrame | None, table: pl.DataFrame) -> tuple[pl.DataFrame, Labels]:
    """Edges a person made, and pairs (shape (n, 2)) a person keeps apart; of records that are there."""
    if decisions is None or decisions.is_empty():
        return pl.DataFrame(schema=EDGE_SCHEMA), np.empty((0, 2), np.int64)
    rows = table.select("record_key", "row")
    pairs = decisions.join(rows, left_on="left", right_on="record_key").join(
        rows, left_on="right", right_on="record_key", suffix="_right"
    )
    same = pairs.filter(pl.col("decision") == "same").select(
        left="row", right="row_right", tier=pl.lit("same"), rule=pl.lit("decision"), score=pl.lit(1.0)
    )
    apart = pairs.filter(pl.col("decision") == "different").select("row", "row_right")
    return same, apart.to_numpy().reshape(-1, 2)


def _join(
    labels: Labels, edges: pl.DataFrame, table: pl.DataFrame, apart: Labels
) -> tuple[Labels, pl.DataFrame]:
    """Join along edges; a component that would then hold two of an exclusive identifier, or a pair that a
    person keeps apart, stays as it was.
    """
    left, right = edges["left"].to_numpy(), edges["right"].to_numpy()
    joined = components(len(labels), labels[left], labels[right], labels)
    joined = joined[labels]
    together = joined[apart[:, 0]][joined[apart[:, 0]] == joined[apart[:, 1]]]
    bad = np.concatenate([_conflicting(joined, table), together])
    refused = pl.Series(np.isin(joined[left], bad), dtype=pl.Boolean)
    kept = ~refused.to_numpy()
    if kept.all():
        return joined, edges.clear()
    again = components(len(labels), labels[left[kept]], labels[right[kept]], labels)
    return again[labels], edges.filter(refused)


def _conflicting(labels: Labels, table: pl.DataFrame) -> npt.NDArray[np.int64]:
    counts = table.with_columns(cluster=pl.Series(labels)).group_by("cluster").agg(
        pl.col(name).drop_nulls().n_unique() for name in EXCLUSIVE
    )
    return counts.filter(pl.any_horizontal(pl.col(name) > 1 for name in EXCLUSIVE))["cluster"].to_numpy()


def _strongest(edges: pl.DataFrame, clusters: Labels, size: int) -> Mapping[str, pl.Series]:
    """Tier, rule and score of each record's strongest used edge."""
    held = edges.filter(pl.Series(clusters[edges["left"]] == clusters[edges["right"]], dtype=pl.Boolean))
    ends = pl.concat([held.select("tier", "rule", "score", row=side) for side in ("left", "right")])
    best = ends.sort("score", "rule", descending=[True, False]).unique("row", keep="first", maintain_order=True)
    table = pl.DataFrame({"row": np.arange(size)}).join(best, on="row", how="left", maintain_order="left")
    return {name: table[name].fill_null(value) for name, value in _ALONE.items()}


def _named(edges: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    return edges.select(
        left=keys.gather(edges["left"]), right=keys.gather(edges["right"]), rule="rule", score="score"
    ).sort("left", "right", "rule")
