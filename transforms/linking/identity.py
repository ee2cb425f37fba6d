"""Firm ids for life: given once, kept in the ledger, redirected when firms turn out to be one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import polars as pl

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LEDGER_SCHEMA: Final = {"record_key": pl.String, "firm_id": pl.String, "birth_key": pl.String, "since": pl.String}


@dataclass(frozen=True)
class FirmIdentities:
    """`assigned`: record_key, firm_id; `ledger`: rows to append; `redirects`: old_firm_id, firm_id, since."""

    assigned: pl.DataFrame
    ledger: pl.DataFrame
    redirects: pl.DataFrame


def firm_id(birth_key: str, attempt: int = 0) -> str:
    """`F` and ten Crockford base-32 characters of the SHA-256 of the record key at birth."""
    salted = birth_key if attempt == 0 else f"{birth_key}#{attempt}"
    number = int.from_bytes(hashlib.sha256(salted.encode()).digest()[:7]) >> 6
    return "F" + "".join(_CROCKFORD[number >> shift & 31] for shift in range(45, -1, -5))


def assign_firm_ids(clusters: pl.DataFrame, ledger: pl.DataFrame, since: str) -> FirmIdentities:
    """Give every cluster its firm id.

    `clusters` has `record_key` and `cluster`; `ledger` every assignment ever made (LEDGER_SCHEMA, oldest
    first). A cluster keeps the id of the firm whose birth record it holds (the smallest record key where
    it holds several); without one, the most frequent former id of its records that no other cluster
    claims; without any, a new id from its smallest record key. Ids that lost their records to a cluster
    with another id redirect there.
    """
    latest = ledger.unique("record_key", keep="last")
    births = ledger.unique("firm_id", keep="first", maintain_order=True).select("birth_key", "firm_id")
    owners = (
        births.join(clusters, left_on="birth_key", right_on="record_key")
        .sort("birth_key")
        .unique("cluster", keep="first", maintain_order=True)
        .select("cluster", "firm_id")
    )
    inherited = _inherited(clusters, latest, births, owners)
    known = pl.concat([owners, inherited])
    newborn = (
        clusters.join(known, on="cluster", how="anti")
        .group_by("cluster")
        .agg(birth_key=pl.col("record_key").min())
        .sort("birth_key")
    )
    fresh_ids = _free_ids(newborn["birth_key"].to_list(), births["firm_id"])
    fresh = newborn.with_columns(firm_id=pl.Series(fresh_ids, dtype=pl.String))
    ids = pl.concat([known, fresh.select("cluster", "firm_id")])
    assigned = clusters.join(ids, on="cluster").select("record_key", "firm_id").sort("record_key")
    birth_of = pl.concat([births, fresh.select("birth_key", "firm_id")])
    moved = assigned.join(latest, on=["record_key", "firm_id"], how="anti")
    entries = moved.join(birth_of, on="firm_id", how="left").with_columns(since=pl.lit(since))
    return FirmIdentities(
        assigned, entries.select(*LEDGER_SCHEMA).sort("record_key"), _redirects(ledger, births, assigned)
    )


def id_history(ledger: pl.DataFrame) -> pl.DataFrame:
    """Merges and splits of ids, out of all assignments ever made (oldest first): firm_id, event, other_firm_id, since,
    record_count.

    Where records move to another id, the one they leave is `merged` into it when it has none left that night, else
    they `split` off.
    """
    # Most records were never given another id.
    entries = ledger.filter(pl.col("record_key").is_duplicated()).with_row_index("entry")
    before = pl.col("firm_id").shift(1).over("record_key", order_by="entry")
    moves = entries.with_columns(before=before).filter(
        pl.col("before").is_not_null() & (pl.col("before") != pl.col("firm_id"))
    )
    grouped = moves.group_by("before", "firm_id", "since").agg(record_count=pl.len().cast(pl.Int64))
    grouped = grouped.join(_records_held(ledger, grouped.select("before", "since")), on=["before", "since"], how="left")
    is_gone = pl.col("held").is_null()
    return grouped.select(
        firm_id=pl.when(is_gone).then("firm_id").otherwise("before"),
        event=pl.when(is_gone).then(pl.lit("merged")).otherwise(pl.lit("split")),
        other_firm_id=pl.when(is_gone).then("before").otherwise("firm_id"),
        since="since",
        record_count="record_count",
    ).sort(pl.all())


def _records_held(ledger: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """How many records each id (`before`) of `left` holds after each of its nights (`since`); ids without any are not
    there."""
    ever = ledger.join(left, left_on="firm_id", right_on="before", how="semi").select("record_key")
    known = ledger.join(ever, on="record_key", how="semi", maintain_order="left")
    parts = [
        known.filter(pl.col("since") <= night)
        .unique("record_key", keep="last", maintain_order=True)
        .group_by(before="firm_id")
        .agg(held=pl.len())
        .with_columns(since=pl.lit(night))
        for night in left["since"].unique().sort()
    ]
    return pl.concat([pl.DataFrame(schema={"before": pl.String, "held": pl.UInt32, "since": pl.String}), *parts])


def _inherited(
    clusters: pl.DataFrame, latest: pl.DataFrame, births: pl.DataFrame, owners: pl.DataFrame
) -> pl.DataFrame:
    """Ids whose birth record is gone, for clusters that hold most of their other records."""
    orphans = births.join(owners, on="firm_id", how="anti").join(
        clusters.select("record_key"), left_on="birth_key", right_on="record_key", how="anti"
    )
    return (
        latest.join(orphans.select("firm_id"), on="firm_id")
        .join(clusters, on="record_key")
        .join(owners.select("cluster"), on="cluster", how="anti")
        .group_by("cluster", "firm_id")
        .agg(pl.len(), first=pl.col("record_key").min())
        .sort("len", "first", "firm_id", descending=[True, False, False])
        .unique("cluster", keep="first", maintain_order=True)
        .unique("firm_id", keep="first", maintain_order=True)
        .select("cluster", "firm_id")
    )


def _free_ids(birth_keys: list[str], given: pl.Series) -> list[str]:
    """Ids that nobody has, one a key; hardly ever two claim one, and only then all `given` ones are looked through."""
    ids = [firm_id(key) for key in birth_keys]
    if len({*ids}) == len(ids) and not given.is_in(ids).any():
        return ids
    taken = set(given)
    return [_free_id(key, taken) for key in birth_keys]


def _free_id(birth_key: str, taken: set[str]) -> str:
    attempt = 0
    while (candidate := firm_id(birth_key, attempt)) in taken:
        attempt += 1
    taken.add(candidate)
    return candidate


def _redirects(ledger: pl.DataFrame, births: pl.DataFrame, assigned: pl.DataFrame) -> pl.DataFrame:
    """Every id ever given that no firm has now, to the firm that has its birth record, else most of its records."""
    gone = births.join(assigned.select("firm_id"), on="firm_id", how="anti").rename({"firm_id": "old_firm_id"})
    by_birth = gone.join(assigned, left_on="birth_key", right_on="record_key").select("old_firm_id", "firm_id")
    rest = gone.join(by_birth, on="old_firm_id", how="anti")
    by_records = (
        ledger.rename({"firm_id": "old_firm_id"})
        .join(rest.select("old_firm_id"), on="old_firm_id")
        .join(assigned, on="record_key")
        .group_by("old_firm_id", "firm_id")
        .len()
        .sort("len", "firm_id", descending=[True, False])
        .unique("old_firm_id", keep="first", maintain_order=True)
        .select("old_firm_id", "firm_id")
    )
    return pl.concat([by_birth, by_records]).sort("old_firm_id")
