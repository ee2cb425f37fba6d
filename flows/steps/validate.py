"""Validate: from raw bytes to checked rows and a quarantine, one source at a time."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.fetch import Delivery
from flows.night import Night
from flows.sources import load_source
from flows.sources.parsing import lost_rows, parse, read_delivery, remarks
from flows.steps.collect import fingerprint
from schemas.lake.manifest import SourceEntry
from schemas.lake.writer import SnapshotWriter
from schemas.records import QUARANTINE_COLUMNS, RECORD_COLUMNS, record_schema
from schemas.tables import Quarantine


def validate(night: Night, delivery: Delivery) -> SourceEntry:
    """Write `sources/<source>` and `quarantine/<source>`; an unchanged delivery's tables are taken over.

    Raises SourceError, naming file, column and remedy, when the delivery is not the register it should be.
    """
    source = load_source(delivery.source)
    writer = SnapshotWriter(night.lake, night.snapshot)
    before = _entry_before(night, source.name)
    if before is not None and before.fingerprint == fingerprint(delivery, night.lake):
        _take_over(night, writer, source.name)
        return before.model_copy(update={"new": 0, "changed": 0, "gone": 0})
    raw, malformed = read_delivery(night.lake, source, delivery)
    notes = remarks(source, raw)
    checked, read = parse(source, raw, malformed)
    valid = checked.valid
    schema = record_schema([name for name in valid.columns if name in RECORD_COLUMNS])
    writer.write(f"sources/{source.name}", valid, schema)
    refused = checked.refused.with_columns(source=pl.lit(source.name), receipt=pl.lit(delivery.folder))
    writer.write(f"quarantine/{source.name}", refused.select(list(QUARANTINE_COLUMNS)), Quarantine)
    news = _news(night, source.name, valid)
    return SourceEntry(
        about=source.about,
        as_of=delivery.as_of,
        receipt=delivery.folder,
        transport=delivery.transport,
        fingerprint=fingerprint(delivery, night.lake),
        read=read,
        valid=valid.height,
        quarantined=lost_rows(refused),
        notes=notes,
        **news,
    )


def _entry_before(night: Night, source: str) -> SourceEntry | None:
    manifest = night.previous_manifest()
    return manifest.sources.get(source) if manifest else None


def _take_over(night: Night, writer: SnapshotWriter, source: str) -> None:
    previous = night.previous()
    assert previous is not None
    for table in (f"sources/{source}", f"quarantine/{source}"):
        writer.put(table, previous.content(table))


def _news(night: Night, source: str, rows: pl.DataFrame) -> Mapping[str, int]:
    """Rows that are new, changed and gone since the committed snapshot."""
    previous = night.previous()
    if previous is None or not previous.has(f"sources/{source}"):
        return {"new": rows.height, "changed": 0, "gone": 0}
    before = previous.table(f"sources/{source}")
    shared = [name for name in rows.columns if name in before.columns and name not in ("as_of", "record_key")]
    now, then = (f.select("record_key", digest=pl.struct(shared).hash()) for f in (rows, before))
    both = now.join(then, on="record_key", suffix="_before")
    return {
        "new": now.height - both.height,
        "changed": both.filter(pl.col("digest") != pl.col("digest_before")).height,
        "gone": then.height - both.height,
    }
