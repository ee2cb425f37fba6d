"""Publish: the one commit, and collecting what nothing points to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.night import Gate, Night, code_version
from schemas.lake.manifest import Manifest, SourceEntry, TableEntry
from schemas.lake.reader import committed_snapshots
from schemas.lake.writer import SnapshotWriter
from search.engines.stores import open_store


def commit(night: Night, manifest: Manifest) -> None:
    """Write the manifest, then the one file that makes the snapshot count, then what outsiders follow."""
    night.lake.write_json(f"{night.folder}/manifest.json", manifest.model_dump(mode="json"))
    night.lake.write_bytes(f"{night.folder}/views.sql", _views(manifest).encode())
    night.lake.commit(night.snapshot, after=night.before)
    for engine in night.engines:
        open_store(engine, night.lake).publish(night.snapshot)


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
        accepted=[gate.name for gate in gates if not gate.ok],
    )


def collect_garbage(night: Night) -> list[str]:
    """Remove snapshots and indexes beyond the newest `keep`, and leftovers of runs that never committed.

    A snapshot was committed when the current one or one of those it follows names it; a manifest alone does not
    tell, since a run can die between manifest and commit.
    """
    lake = night.lake
    kept = set(committed_snapshots(lake)[: night.keep])
    gone = [name for name in lake.snapshots() if name not in kept]
    for name in gone:
        lake.remove(f"snapshots/{name}")
    for engine in night.engines:
        store = open_store(engine, lake)
        for name in set(store.snapshots()) - kept:
            store.drop(name)
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


def _views(manifest: Manifest) -> str:
    """DuckDB views of the snapshot's tables, with paths relative to the lake's folder."""
    lines = [
        f"-- Views of snapshot {manifest.snapshot}; run from the lake's folder: duckdb -init snapshots/.../views.sql"
    ]
    for name in sorted(manifest.tables):
        if name.startswith("quarantine/"):
            continue
        view = name.replace("sources/", "source_")
        path = f"snapshots/{manifest.snapshot}/{name}.parquet"
        lines.append(f"CREATE OR REPLACE VIEW {view} AS FROM read_parquet('{path}');")
    return "\n".join(lines) + "\n"
