"""A source run dry, and how every source stands."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from flows.fetch.attempts import attempts
from flows.fetch.delivery import Delivery, kept_delivery
from flows.night import Night
from flows.sources.declaration import Source, SourceError, load_source, source_names
from flows.sources.parsing import lost_rows, parse, read_delivery, remarks
from flows.sources.presence import mode, waiting_for
from flows.sources.renaming import entry_of
from flows.steps.collect import collect
from schemas.lake import Lake, Snapshot
from schemas.lake.manifest import SourceEntry

_NEWS: Final = ("new", "changed", "gone")


@dataclass(frozen=True)
class DryRun:
    """What a source would bring: `refused` as in the quarantine, headers that are dropped, remarks of the night.

    `files` are those it was read from, and `transport` says where they came from.
    """

    source: str
    transport: str
    files: list[str]
    read: int
    valid: pl.DataFrame
    refused: pl.DataFrame
    dropped: list[str]
    remarks: list[str]

    @property
    def lost(self) -> int:
        """Rows refused whole."""
        return lost_rows(self.refused)

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "transport": self.transport,
            "files": self.files,
            "read": self.read,
            "valid": self.valid.height,
            "lost": self.lost,
            "refused": self.refused.to_dicts(),
            "dropped": self.dropped,
            "remarks": self.remarks,
            "sample": self.valid.head(3).to_dicts(),
        }


def dry_run(name: str) -> DryRun:
    """Collect and parse a source into a folder that is thrown away. Raises SourceError like the night does."""
    source = load_source(name)
    with tempfile.TemporaryDirectory() as folder:
        night = Night(folder, "dry", (name,), ())
        return _dry(night.lake, source, collect(night, name))


def reading(lake: Lake, name: str) -> tuple[DryRun, SourceEntry]:
    """What the kept bytes behind the committed snapshot give today, and what they gave then. Asks nobody.

    Raises SourceError when the snapshot has no such source.
    """
    source = load_source(name)
    entries = Snapshot.current(lake).manifest.sources
    entry = entry_of(source, entries)
    if entry is None:
        raise SourceError(f"the lake has no rows of {name}; it has: {', '.join(entries)}.")
    return _dry(lake, source, kept_delivery(lake, entry.receipt)), entry


def _dry(lake: Lake, source: Source, delivery: Delivery) -> DryRun:
    raw, malformed = read_delivery(lake, source, delivery)
    noticed = remarks(source, raw)
    checked, read = parse(source, raw, malformed)
    dropped = [header for header in (*source.personal, *source.dropped) if header in raw.columns]
    files = [file.name for file in delivery.files]
    return DryRun(source.name, delivery.transport, files, read, checked.valid, checked.refused, dropped, noticed)


def source_status(lake_url: str) -> list[dict[str, Any]]:
    """How every source stands: how it would come tonight (`mode`), what the committed snapshot has of it, and what the
    last attempt came to; `say` is what an operator can do."""
    lake = Lake(lake_url)
    entries = Snapshot.current(lake).manifest.sources if lake.current() else {}
    return [_status(lake, load_source(name), entries) for name in source_names()]


def _status(lake: Lake, source: Source, entries: dict[str, SourceEntry]) -> dict[str, Any]:
    entry, tried = entry_of(source, entries), next(attempts(lake, source.name), None)
    how = mode(source)
    presence = {"waiting": f"waits for {waiting_for(source)}", "retired": source.retired}.get(how)
    problem = tried.note if tried and tried.outcome in ("failed", "stopped") else None
    return {
        "source": source.name,
        "mode": how,
        "as_of": str(entry.as_of) if entry else None,
        "last_success": entry.receipt.rsplit("/", 1)[-1] if entry else None,
        "last_attempt": tried.model_dump(mode="json") if tried else None,
        "transport": entry.transport if entry else None,
        **{name: getattr(entry, name) if entry else 0 for name in ("read", "valid", "quarantined", *_NEWS)},
        "remarks": entry.notes if entry else [],
        "say": problem or presence,
    }
