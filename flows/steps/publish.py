"""Publish: gates, the one commit, and collecting what nothing points to."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.night import Gate, Night, NightError, code_version
from flows.sources import load_source
from schemas.lake.manifest import Manifest, SourceEntry, TableEntry
from schemas.lake.writer import SnapshotWriter
from search.engines.stores import open_store

_OF_FIRMS = (
    "identifiers", "names", "attributes", "capabilities", "certifications", "designations", "statuses", "patents", "links"
)


def judge(night: Night, sources: Mapping[str, SourceEntry], counts: Mapping[str, int]) -> list[Gate]:
    """Every gate with its value. Raises NightError, naming value and bound, when one is broken."""
    writer = SnapshotWriter(night.lake, night.snapshot)
    gates = [*_row_gates(night, sources), *_reference_gates(writer), *_index_gates(writer, counts)]
    broken = [f"{gate.name} is {gate.value:g}, must be {gate.bound}" for gate in gates if not gate.ok]
    if broken:
        raise NightError(
            "nothing was committed, the last good snapshot stays in use: " + "; ".join(broken)
            + ". Look at the delivery with `caplake sources check NAME`."
        )
    return gates


def commit(night: Night, manifest: Manifest) -> None:
    """Write the manifest, then the one file that makes the snapshot count, then what outsiders follow."""
    night.lake.write_json(f"{night.folder}/manifest.json", manifest.model_dump(mode="json"))
    night.lake.write_bytes(f"{night.folder}/views.sql", _views(manifest).encode())
    night.lake.commit(night.snapshot)
    for engine in night.engines:
        open_store(engine, night.lake).publish(night.snapshot)


def manifest_of(night: Night, sources: Mapping[str, SourceEntry], model: str, inputs: str) -> Manifest:
    """The manifest of the snapshot as it lies there."""
    previous = night.previous()
    return Manifest(
        snapshot=night.snapshot,
        code_version=code_version(),
        model=model,
        inputs=inputs,
        previous=previous.name if previous else None,
        engines=list(night.engines),
        tables=_tables(night),
        sources=dict(sources),
    )


def collect_garbage(night: Night) -> list[str]:
    """Remove snapshots and indexes beyond the newest `keep`, and leftovers of runs that never committed."""
    lake = night.lake
    current = lake.current()
    committed = [name for name in lake.snapshots() if lake.exists(f"snapshots/{name}/manifest.json")]
    kept = {*committed[-night.keep :], *([current] if current else [])}
    gone = [name for name in lake.snapshots() if name not in kept]
    for name in gone:
        lake.remove(f"snapshots/{name}")
    for engine in night.engines:
        store = open_store(engine, lake)
        for name in set(store.snapshots()) - kept:
            store.drop(name)
    return gone


def _tables(night: Night) -> dict[str, TableEntry]:
    """Sizes and hashes of every table in the snapshot's folder."""
    lake, writer = night.lake, SnapshotWriter(night.lake, night.snapshot)
    found = {}
    for folder in ("", "sources/", "quarantine/"):
        for name in lake.names(f"{night.folder}/{folder}".rstrip("/")):
            if name.endswith(".parquet"):
                found[f"{folder}{name.removesuffix('.parquet')}"] = writer.entry(f"{folder}{name.removesuffix('.parquet')}")
    return found


def _row_gates(night: Night, sources: Mapping[str, SourceEntry]) -> list[Gate]:
    before = night.previous_manifest()
    gates = []
    for name, entry in sorted(sources.items()):
        checks = load_source(name).checks
        least = checks.minimum
        if before and name in before.sources:
            least = max(least, int(before.sources[name].valid * checks.ratio))
        gates.append(Gate(name=f"rows of {name}", value=entry.valid, bound=f"at least {least}", ok=entry.valid >= least))
    return gates


def _reference_gates(writer: SnapshotWriter) -> list[Gate]:
    firms = writer.table("firms", ["firm_id"])
    gates = []
    for name in _OF_FIRMS:
        lost = writer.table(name, ["firm_id"]).join(firms, on="firm_id", how="anti").height
        gates.append(Gate(name=f"{name} without a firm", value=lost, bound="0", ok=lost == 0))
    return gates


def _index_gates(writer: SnapshotWriter, counts: Mapping[str, int]) -> list[Gate]:
    rows = writer.table("capabilities", ["firm_id"]).height
    unembedded = writer.table("embeddings").filter(pl.col("vector").list.len() == 0).height
    return [
        *(
            Gate(name=f"statements in the {engine} index", value=count, bound=str(rows), ok=count == rows)
            for engine, count in counts.items()
        ),
        Gate(name="texts without a vector", value=unembedded, bound="0", ok=unembedded == 0),
    ]


def _views(manifest: Manifest) -> str:
    """DuckDB views of the snapshot's tables, with paths relative to the lake's folder."""
    lines = [f"-- Views of snapshot {manifest.snapshot}; run from the lake's folder: duckdb -init snapshots/.../views.sql"]
    for name in sorted(manifest.tables):
        if name.startswith("quarantine/"):
            continue
        view = name.replace("sources/", "source_")
        lines.append(
            f"CREATE OR REPLACE VIEW {view} AS SELECT * FROM "
            f"read_parquet('snapshots/{manifest.snapshot}/{name}.parquet');"
        )
    return "\n".join(lines) + "\n"


