"""What the newest nights did, and the pairs of records that they left to a person."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from schemas.lake import Snapshot
from schemas.lake.reports import read_reports

_SHOWN: Final = ("read", "valid", "quarantined", "new", "changed", "gone", "as_of", "transport")


def open_pairs(snapshot: Snapshot) -> pl.DataFrame:
    """The pairs that the last night left to a person, with the names of both records."""
    pairs = snapshot.table("open_pairs").sort("score", "left", "right", descending=[True, False, False])
    asked = pl.concat([pairs["left"], pairs["right"]]).unique()
    told = snapshot.scan("names").select("record_key", "name").filter(pl.col("record_key").is_in(asked.implode()))
    names = snapshot.collected([told])[0].unique("record_key", keep="first", maintain_order=True)
    for side in ("left", "right"):
        sided = names.rename({"record_key": side, "name": f"{side}_name"})
        pairs = pairs.join(sided, on=side, how="left", maintain_order="left")
    return pairs


def night_reports(snapshot: Snapshot, most: int) -> list[dict[str, Any]]:
    """Reports fit for everybody's eyes: of a failure only its kind, since its text may name places of this machine."""
    return [
        {
            "snapshot": report["snapshot"],
            "committed": report["committed"],
            "problem": (report["problem"] or "").partition(":")[0] or None,
            "seconds": report["seconds"],
            "gates": report["gates"],
            "sources": {
                name: {key: source[key] for key in _SHOWN if key in source}
                for name, source in report["sources"].items()
            },
        }
        for report in read_reports(snapshot.lake, most)
    ]
