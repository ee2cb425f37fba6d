"""Golden queries and the evaluation floor: what a search of the new snapshot must find, before it is committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from flows.night import Gate, Night, code_version
from flows.steps import lookups
from schemas.lake import Snapshot
from schemas.lake.manifest import Manifest, SourceEntry
from search.embedding import load_embedder
from search.service import SearchService

_FILE: Final = Path(__file__).with_name("golden.yaml")
_DEPTH: Final = 10
_ENOUGH_FIRMS: Final = 20
"""In a lake with fewer firms of a field its first ten say nothing."""

_ENOUGH_TO_SAMPLE: Final = 500
"""In a lake with fewer firms one look-up of a sample decides."""

_LEAST_SHARE: Final = 0.1
"""Of the first ten firms of one query that offer its field; registers differ in what else they call so."""

_LEAST_MEAN: Final = 0.6
"""Of the same over all queries; 0.98 on the bundled registers."""

_FLOOR: Final = {"identifier": 0.95, "exact name": 0.9}
"""Least share of look-ups whose firm comes first, in a sample; what `make evaluate` promises of a large one is more."""

_LOOKUPS: Final = 12


@dataclass(frozen=True)
class Golden:
    """A need and the field that most of its first firms must offer; without one the need has no answer here."""

    need: str
    field: str | None = None


def load_golden(file: Path = _FILE) -> list[Golden]:
    return [Golden(**row) for row in yaml.safe_load(file.read_text(encoding="utf-8"))]


def golden_gates(night: Night, engine: str, sources: Mapping[str, SourceEntry]) -> Iterable[Gate]:
    """The gates of one engine's answers; none in a snapshot without statements."""
    service = SearchService(_uncommitted(night, sources), engine)
    if not service.columns.statements.height:
        return
    offered = service.columns.firms["fields"]
    firms_of = dict(offered.explode().value_counts().iter_rows())
    shares = []
    for golden in load_golden():
        name = f"golden query '{golden.need}' on {engine}"
        if golden.field is None:
            found = len(service.select(golden.need).order)
            yield Gate(name=name, value=found, bound="0 firms", ok=found == 0)
        elif firms_of.get(golden.field, 0) >= _ENOUGH_FIRMS:
            first = offered.gather(list(service.select(golden.need).order[:_DEPTH]))
            share = len(first.filter(first.list.contains(golden.field))) / _DEPTH
            bound = f"at least {_LEAST_SHARE} of the first {_DEPTH} with {golden.field}"
            shares.append(share)
            yield Gate(name=name, value=share, bound=bound, ok=share >= _LEAST_SHARE)
    if shares:
        mean = round(sum(shares) / len(shares), 4)
        bound = f"at least {_LEAST_MEAN}"
        yield Gate(name=f"golden queries on {engine}, mean", value=mean, bound=bound, ok=mean >= _LEAST_MEAN)
    if service.columns.size < _ENOUGH_TO_SAMPLE:
        return
    for kind, found in lookups.measure(service, _LOOKUPS, kinds=_FLOOR).items():
        share, least = round(found["value"], 4), _FLOOR[kind]
        yield Gate(name=f"{kind} found first on {engine}", value=share, bound=f"at least {least}", ok=share >= least)


def _uncommitted(night: Night, sources: Mapping[str, SourceEntry]) -> Snapshot:
    """The night's snapshot as it lies there, with as much of its manifest as a search needs."""
    manifest = Manifest(
        snapshot=night.snapshot,
        code_version=code_version(),
        model=load_embedder().model_id,
        inputs="",
        previous=night.before,
        engines=list(night.engines),
        tables={},
        sources=dict(sources),
    )
    return Snapshot.of(night.lake, manifest)
