"""Refine: from raw bytes to checked rows and a quarantine, one source at a time."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.fetch import Delivery
from flows.night import Night
from flows.sources import Source, SourceError, load_source
from flows.sources.reading import Malformed, read_table
from flows.steps.collect import fingerprint
from schemas.lake.manifest import SourceEntry
from schemas.lake.writer import SnapshotWriter
from schemas.records import QUARANTINE_COLUMNS, RECORD_COLUMNS, record_schema
from schemas.tables import Quarantine
from transforms import records


def refine(night: Night, delivery: Delivery) -> SourceEntry:
    """Write `sources/<source>` and `quarantine/<source>`; an unchanged delivery's tables are taken over.

    Raises SourceError, naming file, column and remedy, when the delivery is not the register it should be.
    """
    source = load_source(delivery.source)
    writer = SnapshotWriter(night.lake, night.snapshot)
    before = _entry_before(night, source.name)
    if before is not None and before.fingerprint == fingerprint(delivery, night.lake):
        _take_over(night, writer, source.name)
        return before.model_copy(update={"new": 0, "changed": 0, "gone": 0})
    raw, malformed = read_delivery(night, source, delivery)
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
        quarantined=refused.filter(~pl.col("row_kept")).height,
        **news,
    )


def read_delivery(night: Night, source: Source, delivery: Delivery) -> tuple[pl.DataFrame, list[Malformed]]:
    """All files of a delivery as one table of strings, with the lines that were no rows."""
    malformed: list[Malformed] = []
    tables: dict[str, pl.DataFrame] = {}
    parts = []
    for file in delivery.files:
        table = read_table(night.lake.read_bytes(f"{delivery.folder}/{file.name}"), file.name)
        malformed += table.malformed
        frame = table.frame.with_columns(as_of=pl.lit(file.as_of))
        parts.append(frame)
        if file.grain is not None:
            tables[file.grain] = (
                pl.concat([tables[file.grain], frame], how="diagonal") if file.grain in tables else frame
            )
    if source.parser is None:
        for part in parts:
            _require_columns(source, part)
        return pl.concat(parts, how="diagonal"), malformed
    missing = sorted({e.grain for e in source.editions if e.grain} - set(tables))
    if missing:
        raise SourceError(f"{source.name}: the delivery lacks its part {', '.join(missing)}.")
    try:
        joined = source.parser(tables)
    except pl.exceptions.ColumnNotFoundError as error:
        raise SourceError(f"{source.name}: a column is missing or renamed: {error}".splitlines()[0]) from None
    _require_columns(source, joined)
    return joined, malformed


def parse(source: Source, raw: pl.DataFrame, malformed: list[Malformed]) -> tuple[records.Checked, int]:
    """Checked rows of a raw table and the number of rows read; the pure part of `refine`."""
    rows, unreadable = records.canonical(raw, source.columns, constants=source.constants, missing=source.missing)
    rows = records.complete(
        rows, key=source.key, hash_key=source.hash_key, source=source.name, corporations_only=source.corporations_only
    )
    checked = records.check(rows)
    refused = pl.concat([checked.refused, unreadable, _malformed_rows(malformed, checked.refused)])
    return records.Checked(checked.valid, refused), raw.height + len(malformed)


def unmapped_headers(source: Source, raw: pl.DataFrame) -> list[str]:
    """Headers of a delivery that the source neither maps nor names as personal or dropped."""
    known = {h for headers in source.columns.values() for h in headers} | {*source.personal, *source.dropped}
    return [name for name in raw.columns if name not in known and name not in ("_line", "_file", "as_of")]


def _require_columns(source: Source, raw: pl.DataFrame) -> None:
    absent = {
        name: headers
        for name, headers in source.columns.items()
        if name not in source.optional and not set(headers) & set(raw.columns)
    }
    if absent:
        wanted = "; ".join(f"{name} (expected as {' or '.join(headers)})" for name, headers in absent.items())
        fresh = ", ".join(unmapped_headers(source, raw)) or "none"
        raise SourceError(
            f"{source.name}: {raw['_file'][0]} lacks the column {wanted}. New headers there: {fresh}. "
            f"If one was renamed, add it in flows/sources/{source.name}/source.yaml."
        )


def _malformed_rows(malformed: list[Malformed], like: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {"file": m.file, "line": m.line, "rule": f"row|{m.cells} cells instead of {m.expected}", "row_kept": False}
        for m in malformed
    ]
    return pl.DataFrame(rows, schema=like.schema) if rows else like.clear()


def _entry_before(night: Night, source: str) -> SourceEntry | None:
    manifest = night.previous_manifest()
    return manifest.sources.get(source) if manifest else None


def _take_over(night: Night, writer: SnapshotWriter, source: str) -> None:
    previous = night.previous()
    assert previous is not None
    for table in (f"sources/{source}", f"quarantine/{source}"):
        content = night.lake.read_bytes(f"{previous.folder}/{table}.parquet")
        writer.put(table, content, previous.manifest.tables[table].rows)


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
