"""Firms that asked to be gone: kept in the ledger, out of everything public from the next commit on.

The ledger keeps the keys of the firm's records and hashes of its numbers, so that the firm stays gone when a source
brings it anew, and nothing of it has to be kept to know it again.
"""

from __future__ import annotations

import hashlib
from typing import Final

import polars as pl

from flows.sources.renaming import current_keys
from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.layout import timestamp
from schemas.lake.ledger import append_ledger, read_ledger

TAKEDOWNS: Final = {
    "firm_id": pl.String,
    "kind": pl.String,
    "value": pl.String,
    "action": pl.String,
    "reason": pl.String,
}
_NUMBERS: Final = ("business_no", "corporate_no", "dart_code", "stock_code", "applicant_no")


def take_down(lake: Lake, firm_id: str, reason: str) -> int:
    """Take a firm of the committed snapshot down; returns how many of its records that hides.

    Raises LakeError when the snapshot has no such firm.
    """
    snapshot = Snapshot.current(lake)
    keys = snapshot.table("links", ["firm_id", "record_key"]).filter(pl.col("firm_id") == firm_id)["record_key"]
    if keys.is_empty():
        raise LakeError(f"{snapshot.name} has no firm {firm_id}. Its id stands on its page and in firms.parquet.")
    numbers = snapshot.table("identifiers", ["firm_id", "scheme", "value"]).filter(
        (pl.col("firm_id") == firm_id) & pl.col("scheme").is_in(_NUMBERS)
    )
    known = [("firm_id", firm_id), *(("record_key", key) for key in keys.sort())]
    known += sorted((scheme, _hash(value)) for scheme, value in numbers.select("scheme", "value").unique().iter_rows())
    _append(lake, firm_id, known, "hide", reason)
    return len(keys)


def lift(lake: Lake, firm_id: str, reason: str) -> int:
    """Show a firm again from the next commit on. Raises LakeError when it is not taken down."""
    held = _in_force(lake).filter(pl.col("firm_id") == firm_id)
    if held.is_empty():
        raise LakeError(f"{firm_id} is not taken down.")
    _append(lake, firm_id, list(held.select("kind", "value").iter_rows()), "show", reason)
    return held.filter(pl.col("kind") == "record_key").height


def hidden_firms(lake: Lake) -> list[str]:
    """Ids of the firms that are taken down."""
    return _in_force(lake)["firm_id"].unique().sort().to_list()


def hidden_clusters(records: pl.DataFrame, lake: Lake) -> pl.Series:
    """Clusters that hold a record of a firm taken down; `records` are source rows with `cluster` and `firm_id`."""
    held = _in_force(lake)
    if held.is_empty():
        return records["cluster"].clear()
    parts = [records.filter(pl.col(kind).is_in(_values(held, kind).implode())) for kind in ("record_key", "firm_id")]
    for scheme in _NUMBERS:
        hashes = set(_values(held, scheme).to_list())
        if scheme in records.columns and hashes:
            hashed = pl.Series([value is not None and _hash(value) in hashes for value in records[scheme].to_list()])
            parts.append(records.filter(hashed))
    return pl.concat([part.select("cluster") for part in parts])["cluster"].unique().sort()


def last_takedown(lake: Lake) -> str:
    """Name that a snapshot of the time of the last takedown would have; empty where nothing was ever taken down.

    Older snapshots may still show the firm.
    """
    hidden = [
        name
        for name in lake.names("ledger/takedowns")
        if name.endswith(".parquet")
        and "hide" in lake.read_table(f"ledger/takedowns/{name}", ["action"])["action"].to_list()
    ]
    return max(hidden).removesuffix(".parquet")[: len(timestamp())] if hidden else ""


def takedown_fingerprint(lake: Lake) -> str:
    """Changes whenever the list of what is hidden does."""
    return hashlib.sha256(_in_force(lake).sort(pl.all()).write_csv().encode()).hexdigest()[:16]


def _values(held: pl.DataFrame, kind: str) -> pl.Series:
    return held.filter(pl.col("kind") == kind)["value"]


def _in_force(lake: Lake) -> pl.DataFrame:
    book = current_keys(read_ledger(lake, "takedowns", TAKEDOWNS), "value")
    latest = book.unique(["firm_id", "kind", "value"], keep="last", maintain_order=True)
    return latest.filter(pl.col("action") == "hide").select("firm_id", "kind", "value")


def _append(lake: Lake, firm_id: str, known: list[tuple[str, str]], action: str, reason: str) -> None:
    rows = [(firm_id, kind, value, action, reason) for kind, value in known]
    append_ledger(lake, "takedowns", timestamp(), pl.DataFrame(rows, schema=TAKEDOWNS, orient="row"))


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
