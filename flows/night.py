"""The inputs of every step of a night, and the report of what the night did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from flows.sources import load_source, load_sources
from flows.sources.declaration import former_names, source_names
from flows.sources.presence import delivers
from schemas.lake import Lake, Snapshot
from schemas.lake.layout import name_after
from schemas.lake.manifest import Manifest, SourceEntry

EngineChoice = Literal["embedded", "opensearch", "both"]
ENGINES: dict[str, list[str]] = {
    "embedded": ["embedded"],
    "opensearch": ["opensearch"],
    "both": ["embedded", "opensearch"],
}


class NightError(Exception):
    """The night cannot go on and committed nothing; the message says why and what to do."""


@dataclass(frozen=True)
class Night:
    """One night: small enough to be handed to every step, wherever it runs.

    `before` is the committed snapshot that it follows. `sources` are all that the snapshot will have; of these
    `resting` ones are not asked again but taken from the delivery that the committed snapshot was made from.
    `accepted` names gates that an operator lets be broken. `receipts` are raw folders of kept deliveries that sources
    are read from instead of being asked.
    """

    lake_url: str
    snapshot: str
    sources: tuple[str, ...]
    engines: tuple[str, ...]
    keep: int = 3
    resting: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    before: str | None = None
    receipts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def lake(self) -> Lake:
        return Lake(self.lake_url)

    @property
    def folder(self) -> str:
        return f"snapshots/{self.snapshot}"

    def at(self, snapshot: str) -> Night:
        """The same night over a snapshot that is there already."""
        return replace(self, snapshot=snapshot)

    def previous(self) -> Snapshot | None:
        return Snapshot(self.lake, self.before, checked=True) if self.before else None

    def previous_manifest(self) -> Manifest | None:
        before = self.previous()
        return before.manifest if before else None


class Gate(BaseModel):
    """A quality gate before the commit: value found and bound. A broken gate that is a `warning` is only reported."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    value: float
    bound: str
    ok: bool
    warning: bool = False


@dataclass
class NightReport:
    """What the night did; printed by the command line, kept as JSON and as a Prefect artifact.

    `problem` says why nothing was committed; `index_counts` are the statements in each engine's index.
    """

    snapshot: str
    committed: bool = False
    unchanged: bool = False
    problem: str | None = None
    warnings: list[str] = field(default_factory=list)
    index_counts: dict[str, int] = field(default_factory=dict)
    sources: dict[str, SourceEntry] = field(default_factory=dict)
    gates: list[Gate] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "snapshot": self.snapshot,
            "committed": self.committed,
            "unchanged": self.unchanged,
            "problem": self.problem,
            "warnings": self.warnings,
            "index_counts": self.index_counts,
            "sources": {name: entry.model_dump(mode="json") for name, entry in self.sources.items()},
            "gates": [gate.model_dump() for gate in self.gates],
            "seconds": self.seconds,
        }


@cache
def code_version() -> str:
    """Version of the package and a hash of the rooms whose code decides what the tables hold."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for room in ("schemas", "transforms", "flows", "search/engines"):
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return f"{version('caplake')}+{digest.hexdigest()[:12]}"


def new_night(
    lake_url: str, sources: list[str], engines: list[str], keep: int = 3, accepted: Sequence[str] = ()
) -> Night:
    """A night that starts now, over every enabled source; or over the named ones, while the others rest."""
    lake = Lake(lake_url)
    before = lake.current()
    asked = {source.name for source in load_sources(sources or None) if sources or delivers(source, lake)}
    night = Night(
        lake_url,
        name_after(before),
        tuple(sorted(asked)),
        tuple(engines),
        keep,
        accepted=tuple(accepted),
        before=before,
    )
    manifest = night.previous_manifest()
    if not sources or manifest is None:
        return night
    there, now = set(source_names()), former_names()
    held = {now.get(name, name) for name in manifest.sources} - asked
    resting = sorted(name for name in held if name in there and not load_source(name).retired)
    return replace(night, sources=tuple(sorted({*asked, *resting})), resting=tuple(resting))
