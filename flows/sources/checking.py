"""A source run dry, and how every source stands."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import Any

import polars as pl

from flows.night import Night
from flows.sources.declaration import load_source, source_names
from flows.sources.parsing import parse, read_delivery, unmapped_headers
from flows.steps.collect import collect
from schemas.lake import Lake, Snapshot


@dataclass(frozen=True)
class DryRun:
    """What a source would bring: `refused` as in the quarantine, headers that are dropped or unknown."""

    source: str
    read: int
    valid: pl.DataFrame
    refused: pl.DataFrame
    dropped: list[str]
    unmapped: list[str]

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "read": self.read,
            "valid": self.valid.height,
            "refused": self.refused.to_dicts(),
            "dropped": self.dropped,
            "unmapped": self.unmapped,
            "sample": self.valid.head(3).to_dicts(),
        }


def dry_run(name: str) -> DryRun:
    """Collect and parse a source into a folder that is thrown away. Raises SourceError like the night does."""
    source = load_source(name)
    with tempfile.TemporaryDirectory() as folder:
        night = Night(folder, "dry", (name,), ())
        raw, malformed = read_delivery(night.lake, source, collect(night, name))
    checked, read = parse(source, raw, malformed)
    dropped = [header for header in (*source.personal, *source.dropped) if header in raw.columns]
    return DryRun(name, read, checked.valid, checked.refused, dropped, unmapped_headers(source, raw))


def source_status(lake_url: str) -> list[dict[str, Any]]:
    """Every source of the committed snapshot, and those that it does not have yet."""
    lake = Lake(lake_url)
    entries = Snapshot.current(lake).manifest.sources if lake.current() else {}
    rows = []
    for name in source_names():
        entry = entries.get(name)
        told = (
            entry.model_dump(mode="json")
            if entry
            else {"as_of": None, "valid": 0, "quarantined": 0, "transport": "not in the lake"}
        )
        rows.append({"source": name, **told})
    return rows
