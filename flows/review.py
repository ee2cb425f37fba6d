"""Pairs of records that a person decides, and the decisions, which the ledger keeps."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import polars as pl

from flows.sources.renaming import current_keys
from schemas.columns import RECORD_KEY_PATTERN
from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.layout import timestamp
from schemas.lake.ledger import append_ledger, read_ledger

DECISIONS: Final = {"left": pl.String, "right": pl.String, "decision": pl.String, "reason": pl.String}
_SHOWN: Final = ("name", "address", "region_code", "homepage", "established", "products", "business_no", "corporate_no")


def decisions(lake: Lake) -> pl.DataFrame:
    """Every pair's latest decision, whichever of the two stood left."""
    book = current_keys(read_ledger(lake, "decisions", DECISIONS), "left", "right")
    ordered = book.with_columns(left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right"))
    return ordered.unique(["left", "right"], keep="last", maintain_order=True)


def decisions_fingerprint(lake: Lake) -> str:
    """Changes whenever a decision does."""
    decided = decisions(lake).select("left", "right", "decision").sort("left", "right")
    return hashlib.sha256(decided.write_csv().encode()).hexdigest()[:16]


def open_pairs(snapshot: Snapshot) -> pl.DataFrame:
    """Pairs that the rules leave open and nobody decided: both records side by side, what they agree in, the
    score, why a person decides, and empty columns `decision` and `reason`. Likeliest first.
    """
    decided = decisions(snapshot.lake)
    pairs = snapshot.table("open_pairs").rename({"reason": "why"}).join(decided, on=["left", "right"], how="anti")
    pairs = pairs.sort("score", "left", "right", descending=[True, False, False])
    shown = _records(snapshot, pairs)
    for side in ("left", "right"):
        sided = shown.rename({name: f"{side}_{name}" for name in shown.columns if name != "record_key"})
        pairs = pairs.join(sided, left_on=side, right_on="record_key", how="left", maintain_order="left")
    beside = [f"{side}_{name}" for name in shown.columns if name != "record_key" for side in ("left", "right")]
    return pairs.select("left", "right", "score", "rule", "why", *beside).with_columns(
        decision=pl.lit(""), reason=pl.lit("")
    )


def keep_decisions(lake: Lake, path: Path) -> int:
    """Append the filled-in decisions of an exported file to the ledger; returns how many.

    Raises LakeError naming the row whose decision is neither same nor different, or that names no two records.
    """
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LakeError(f"cannot read {path} ({str(error).splitlines()[0]}); save it as CSV in UTF-8.") from None
    missing = [name for name in DECISIONS if name not in table.columns]
    if missing:
        raise LakeError(f"{path} lacks the columns {', '.join(missing)}; export it anew with `caplake review export`.")
    texts = table.select(pl.col(name).str.strip_chars().fill_null("") for name in DECISIONS).with_columns(
        pl.col("decision").str.to_lowercase()
    )
    filled = texts.filter(pl.col("decision") != "")
    wrong = filled.filter(~pl.col("decision").is_in(["same", "different"]))
    if wrong.height:
        left, right, decision, _ = wrong.row(0)
        raise LakeError(f"{left} and {right}: the decision is `same` or `different`, not {decision!r}.")
    keyed = pl.all_horizontal(pl.col(side).str.contains(RECORD_KEY_PATTERN) for side in ("left", "right"))
    lost = filled.filter(~keyed | (pl.col("left") == pl.col("right")))
    if lost.height:
        raise LakeError(f"{path}: {lost.row(0)[0]!r} and {lost.row(0)[1]!r} are not the keys of two records.")
    append_ledger(lake, "decisions", timestamp(), filled)
    return filled.height


def _records(snapshot: Snapshot, pairs: pl.DataFrame) -> pl.DataFrame:
    """What a person compares of the records in the pairs."""
    wanted = pl.concat([pairs["left"], pairs["right"]]).unique().implode()
    sources = [name for name in snapshot.manifest.tables if name.startswith("sources/")]
    tables = [snapshot.table(name).filter(pl.col("record_key").is_in(wanted)) for name in sources]
    records = pl.concat(tables, how="diagonal")
    return records.select("record_key", *(name for name in _SHOWN if name in records.columns))
