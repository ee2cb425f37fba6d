"""Check gates: every gate before the commit, each with the value found and the bound it is held to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from flows.night import Gate, Night, NightError
from flows.sources import load_source
from flows.steps.golden import golden_gates
from flows.steps.probes import index_gates
from schemas.gold import GOLD_TABLES
from schemas.lake.manifest import SourceEntry
from schemas.lake.writer import SnapshotWriter
from search.embedding import load_embedder

_OF_FIRMS: Final = (
    "identifiers",
    "names",
    "attributes",
    "capabilities",
    "certifications",
    "designations",
    "statuses",
    "patents",
    "links",
)
_LEAST_TABLE_RATIO: Final = 0.8
"""A gold table may lose a fifth of its rows in a night; more is somebody's mistake until an operator says otherwise."""

_LEAST_FILL_RATIO: Final = 0.8
_MOST_CLOSED: Final = 0.5


def check_gates(night: Night, sources: Mapping[str, SourceEntry], counts: Mapping[str, int]) -> list[Gate]:
    """Every gate. Raises NightError, naming value and bound, when one is broken that no operator accepted."""
    writer = SnapshotWriter(night.lake, night.snapshot)
    gates = [
        *_source_gates(night, sources),
        *_table_gates(night, writer),
        *_fill_gates(night, writer, sources),
        *_reference_gates(writer),
        *_status_gates(writer),
        *_vector_gates(writer),
    ]
    # What is broken already would break what comes after as well; one report is enough.
    if not _broken(night, gates):
        gates += index_gates(night, writer, counts)
    if not _broken(night, gates):
        gates += [gate for engine in counts for gate in golden_gates(night, engine, sources)]
    if broken := _broken(night, gates):
        raise NightError(
            "nothing was committed, the last good snapshot stays in use: "
            + "; ".join(broken)
            + ". Look at the delivery with `caplake sources check NAME`; if the value is right, run again with "
            "--accept and the gate's name."
        )
    return gates


def _broken(night: Night, gates: Iterable[Gate]) -> list[str]:
    """Gates that stop the commit, each with value and bound."""
    return [
        f"{gate.name} is {gate.value:g}, must be {gate.bound}"
        for gate in gates
        if not (gate.ok or gate.warning or gate.name in night.accepted)
    ]


def _source_gates(night: Night, sources: Mapping[str, SourceEntry]) -> Iterable[Gate]:
    """Valid rows of each source against its declared bounds and the last committed run."""
    before = night.previous_manifest()
    for name, entry in sorted(sources.items()):
        checks = load_source(name).checks
        least = checks.minimum
        if before and name in before.sources:
            least = max(least, int(before.sources[name].valid * checks.ratio))
        yield Gate(name=f"rows of {name}", value=entry.valid, bound=f"at least {least}", ok=entry.valid >= least)
        if checks.maximum is not None:
            yield Gate(
                name=f"rows of {name}, at most",
                value=entry.valid,
                bound=f"at most {checks.maximum}",
                ok=entry.valid <= checks.maximum,
                warning=True,
            )


def _table_gates(night: Night, writer: SnapshotWriter) -> Iterable[Gate]:
    """Rows of each gold table against the committed snapshot, when that was made from the same sources."""
    before = night.previous_manifest()
    if before is None or not set(before.sources) <= set(night.sources):
        return
    for name in GOLD_TABLES:
        if name == "changes" or name not in before.tables:
            continue
        rows, least = writer.rows(name), int(before.tables[name].rows * _LEAST_TABLE_RATIO)
        yield Gate(name=f"rows of table {name}", value=rows, bound=f"at least {least}", ok=rows >= least)


def _fill_gates(night: Night, writer: SnapshotWriter, sources: Mapping[str, SourceEntry]) -> Iterable[Gate]:
    """Share of filled values of each column of each source: a column that empties was renamed upstream."""
    previous = night.previous()
    if previous is None:
        return
    before = previous.manifest.sources
    for name in sorted(sources):
        if name in night.resting or not previous.has(f"sources/{name}"):
            continue
        if name in before and before[name].fingerprint == sources[name].fingerprint:
            continue
        now, then = (night.lake.scan_table(f"{s.folder}/sources/{name}.parquet") for s in (writer, previous))
        yield from fill_gates(name, now, then)


def fill_gates(source: str, now: pl.LazyFrame, then: pl.LazyFrame) -> Iterable[Gate]:
    """The broken gates on how full a source's columns are `now` beside `then`, grain by grain where both have grains.

    Suppliers have addresses and contracts have none, and each month brings another mix of the two: over all rows
    together a column would seem to empty, or its loss in one grain would hide behind another. A grain that is gone
    altogether is one gate, on its rows.
    """
    by_grain = all("grain" in table.collect_schema() for table in (now, then))
    held, made = (_filled(table, by_grain) for table in (then, now))
    for grain, columns in held.items():
        label = f"{source} ({grain})" if grain else source
        if grain and grain not in made:
            yield Gate(name=f"rows of {label}", value=0, bound="at least 1", ok=False)
            continue
        for column, share in columns.items():
            least = round(share * _LEAST_FILL_RATIO, 4)
            found = round(made.get(grain, {}).get(column, 0.0), 4)
            if found < least:
                yield Gate(name=f"filled {label}.{column}", value=found, bound=f"at least {least}", ok=False)


def _filled(table: pl.LazyFrame, by_grain: bool) -> dict[str | None, dict[str, float]]:
    """Share of filled values, 0 to 1, of each column of each grain; of all rows, under None, where they are alike."""
    grain = pl.col("grain") if by_grain else pl.lit(None, pl.String).alias("grain")
    shares = table.group_by(grain).agg(pl.all().exclude("grain").is_not_null().mean()).collect()
    return {row.pop("grain"): row for row in shares.sort("grain").to_dicts()}


def _reference_gates(writer: SnapshotWriter) -> Iterable[Gate]:
    firms = writer.table("firms", ["firm_id"])
    for name in _OF_FIRMS:
        # Of a table in the order of firms the runs are as few as firms.
        runs = writer.table(name, ["firm_id"])["firm_id"].rle().struct.unnest()
        lost = int(runs.join(firms, left_on="value", right_on="firm_id", how="anti")["len"].sum())
        yield Gate(name=f"{name} without a firm", value=lost, bound="0", ok=lost == 0)


def _status_gates(writer: SnapshotWriter) -> Iterable[Gate]:
    status = writer.table("firms", ["status"])["status"]
    known = status.filter(status != "unknown")
    closed = round(float(known.is_in(["closed", "suspended"]).mean() or 0.0), 4)  # type: ignore[arg-type]
    yield Gate(name="share of closed firms", value=closed, bound=f"at most {_MOST_CLOSED}", ok=closed <= _MOST_CLOSED)


def _vector_gates(writer: SnapshotWriter) -> Iterable[Gate]:
    """Every distinct text has one vector, of the model that needs will be embedded with."""
    distinct = writer.table("capabilities", ["text"])["text"].n_unique()
    models = writer.table("embeddings", ["model"])["model"]
    strange = int((models != load_embedder().model_id).sum())
    yield Gate(name="texts with a vector", value=len(models), bound=str(distinct), ok=len(models) == distinct)
    yield Gate(name="vectors of another model", value=strange, bound="0", ok=strange == 0)
