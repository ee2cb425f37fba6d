"""Pairs of records that a person decides, and the decisions, which the ledger keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.layout import timestamp
from schemas.lake.ledger import append_ledger, read_ledger
from transforms.linking import link

DECISIONS: Final = {"left": pl.String, "right": pl.String, "decision": pl.String, "reason": pl.String}
_SHOWN: Final = ("name", "address", "region_code", "homepage", "products")


def decisions(lake: Lake) -> pl.DataFrame:
    """Every pair's latest decision."""
    return read_ledger(lake, "decisions", DECISIONS).unique(["left", "right"], keep="last", maintain_order=True)


def open_pairs(snapshot: Snapshot) -> pl.DataFrame:
    """Pairs that the rules leave open: both records side by side, rule, score, and an empty `decision`."""
    sources = [name.removeprefix("sources/") for name in snapshot.manifest.tables if name.startswith("sources/")]
    records = pl.concat(
        [snapshot.table(f"sources/{name}").with_columns(source=pl.lit(name)) for name in sources], how="diagonal"
    )
    decided = decisions(snapshot.lake)
    pairs = link(records, decided).open_pairs.join(decided, on=["left", "right"], how="anti")
    shown = records.select("record_key", *(name for name in _SHOWN if name in records.columns))
    for side in ("left", "right"):
        sided = shown.rename({name: f"{side}_{name}" for name in shown.columns if name != "record_key"})
        pairs = pairs.join(sided, left_on=side, right_on="record_key", how="left", maintain_order="left")
    return pairs.with_columns(decision=pl.lit(""), reason=pl.lit(""))


def keep_decisions(lake: Lake, path: Path) -> int:
    """Append the filled-in decisions of an exported file to the ledger; returns how many.

    Raises LakeError naming the row whose decision is neither same nor different.
    """
    table = pl.read_csv(path, infer_schema=False)
    missing = [name for name in DECISIONS if name not in table.columns]
    if missing:
        raise LakeError(f"{path} lacks the columns {', '.join(missing)}; export it anew with `caplake review export`.")
    filled = table.select(pl.col(name).str.strip_chars().fill_null("") for name in DECISIONS).filter(
        pl.col("decision") != ""
    )
    wrong = filled.filter(~pl.col("decision").is_in(["same", "different"]))
    if wrong.height:
        left, right, decision, _ = wrong.row(0)
        raise LakeError(f"{left} and {right}: the decision is `same` or `different`, not {decision!r}.")
    append_ledger(lake, "decisions", timestamp(), filled)
    return filled.height
