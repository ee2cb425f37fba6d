"""Publish: the one commit, and collecting what nothing points to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from flows.fetch.retention import prune_raw
from flows.night import Gate, Night, code_version
from flows.takedown import last_takedown
from schemas.dictionary import data_dictionary
from schemas.lake import Snapshot
from schemas.lake.manifest import Manifest, SourceEntry, TableEntry
from schemas.lake.pins import pinned
from schemas.lake.reader import committed_snapshots
from schemas.lake.views import views_sql
from schemas.lake.writer import SnapshotWriter
from schemas.versions import VERSIONS
from search.engines import EngineError
from search.engines.stores import open_store
from search.service import SearchService
from search.snapshot.coverage import registered_coverage
from search.web.report import static_report
from search.web.texts import LANGUAGES

_DICTIONARY: Final = "dictionary.json"


def commit(night: Night, manifest: Manifest) -> None:
    """Write what explains the tables, the manifest, then the one file that makes the snapshot count."""
    whole = _documented(night, manifest)
    night.lake.write_json(f"{night.folder}/manifest.json", whole.model_dump(mode="json"))
    night.lake.commit(night.snapshot, after=night.before)


def publish(night: Night) -> list[str]:
    """Let what outsiders follow point to the committed snapshot; returns what could not be moved.

    Our own searches do not follow it, so a failure is a warning, and the next night tries again.
    """
    problems = []
    for engine in night.engines:
        try:
            open_store(engine, night.lake).publish(night.lake.current() or night.snapshot)
        except EngineError as error:
            problems.append(f"outsiders of {engine} still see an older snapshot: {error}")
    return problems


def manifest_of(
    night: Night, sources: Mapping[str, SourceEntry], model: str, inputs: str, gates: Sequence[Gate]
) -> Manifest:
    """The manifest of the snapshot as it lies there."""
    return Manifest(
        snapshot=night.snapshot,
        code_version=code_version(),
        model=model,
        inputs=inputs,
        previous=night.before,
        engines=list(night.engines),
        tables=_tables(night),
        sources=dict(sources),
        accepted=[gate.name for gate in gates if not (gate.ok or gate.warning)],
    )


def collect_garbage(night: Night) -> list[str]:
    """Remove snapshots and indexes beyond the newest `keep`, those that still show a firm taken down since, deliveries
    that nobody needs any more, and leftovers of runs that never committed. Returns the snapshots removed.

    A snapshot was committed when the current one or one of those it follows names it; a manifest alone does not
    tell, since a run can die between manifest and commit. The current one always stays, and what a reader still pins
    until it lets go.
    """
    lake = night.lake
    committed, withdrawn = committed_snapshots(lake), last_takedown(lake)
    kept = {*committed[:1], *(name for name in committed[: night.keep] if name >= withdrawn), *pinned(lake)}
    gone = [name for name in lake.snapshots() if name not in kept]
    for name in gone:
        lake.remove(f"snapshots/{name}")
    for engine in night.engines:
        store = open_store(engine, lake)
        for name in set(store.snapshots()) - kept:
            store.drop(name)
    prune_raw(lake)
    lake.remove_leftovers()
    return gone


def _tables(night: Night) -> dict[str, TableEntry]:
    """Sizes and hashes of every table in the snapshot's folder."""
    lake, writer = night.lake, SnapshotWriter(night.lake, night.snapshot)
    found = {}
    for folder in ("", "sources/", "quarantine/"):
        for name in lake.names(f"{night.folder}/{folder}".rstrip("/")):
            if name.endswith(".parquet"):
                found[f"{folder}{name.removesuffix('.parquet')}"] = writer.entry(
                    f"{folder}{name.removesuffix('.parquet')}"
                )
    return found


def _documented(night: Night, manifest: Manifest) -> Manifest:
    """Write the views and the dictionary of the snapshot's tables; the manifest that names them."""
    writer = SnapshotWriter(night.lake, night.snapshot)
    shown = [name for name in manifest.tables if name.startswith("sources/")]
    columns = {name.removeprefix("sources/"): writer.columns(name) for name in shown}
    dictionary = {
        "schema_version": manifest.schema_version,
        "versions": {version.number: list(version.notes) for version in VERSIONS},
        "sources": {name: entry.about.model_dump() for name, entry in manifest.sources.items()},
        "tables": data_dictionary(columns),
    }
    service = SearchService(Snapshot.of(night.lake, manifest), night.engines[0])
    covered = registered_coverage(service.snapshot)
    content = {
        **{f"report.{language}.html": static_report(service, language, covered) for language in LANGUAGES},
        _DICTIONARY: json.dumps(dictionary, ensure_ascii=False, indent=1).encode(),
        "views.sql": views_sql(manifest).encode(),
    }
    documents = {name: writer.document(name, data) for name, data in content.items()}
    return manifest.model_copy(update={"dictionary": _DICTIONARY, "documents": documents})
