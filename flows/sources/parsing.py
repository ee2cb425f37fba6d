"""A kept delivery to one raw table, and that to checked rows: what the night, a dry run and a replay share."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import polars as pl

from flows.fetch.delivery import Delivery, read_file
from flows.sources.declaration import LISTS, Source, SourceError
from flows.sources.delimited import LINE
from flows.sources.reading import FILE, Malformed, read_table
from schemas.lake import Lake
from transforms import records

_FEW: Final = 5
_ADDED: Final = (LINE, FILE, "as_of")


def read_delivery(lake: Lake, source: Source, delivery: Delivery) -> tuple[pl.DataFrame, list[Malformed]]:
    """All files of a delivery as one table of strings, with the lines that were no rows."""
    malformed: list[Malformed] = []
    parts: dict[str | None, list[pl.DataFrame]] = {}
    for file in delivery.files:
        if file.grain == LISTS:
            continue
        table = read_table(read_file(lake, delivery, file), file.name, source.member)
        malformed += table.malformed
        asked = {name: pl.lit(value) for name, value in file.asked.items()}
        parts.setdefault(file.grain, []).append(table.frame.with_columns(as_of=pl.lit(file.as_of), **asked))
    if source.parser is None:
        return _as_it_is(source, delivery, [part for group in parts.values() for part in group]), malformed
    return _joined(source, parts), malformed


def parse(source: Source, raw: pl.DataFrame, malformed: list[Malformed]) -> tuple[records.Checked, int]:
    """Checked rows of a raw table and the number of rows read."""
    # Of firms not known to be corporations these may be a person's, also where they cannot be read.
    personal = () if source.corporations_only else ("business_no", "homepage")
    rows, unreadable = records.canonical(
        raw,
        source.columns,
        constants=source.constants,
        missing=source.missing,
        values=source.values,
        personal=personal,
    )
    rows = records.complete(
        rows,
        key=source.key,
        hash_key=source.hash_key,
        fallback_key=source.fallback_key,
        source=source.name,
        corporations_only=source.corporations_only,
    )
    checked = records.check(rows, personal=personal)
    refused = pl.concat([checked.refused, unreadable, _malformed_rows(malformed, checked.refused)])
    read = raw.height + len(malformed)
    lost = lost_rows(refused)
    if lost > max(_FEW, read * source.checks.refused):
        rules = ", ".join(refused.filter(~pl.col("row_kept"))["rule"].value_counts(sort=True)["rule"].head(3))
        raise SourceError(
            f"{source.name}: {lost:,} of {read:,} rows were refused ({rules}), more than the declared share of "
            f"{source.checks.refused:g}. `caplake sources check {source.name}` shows them; the last good snapshot "
            "stays in use."
        )
    return records.Checked(checked.valid, refused), read


def lost_rows(refused: pl.DataFrame) -> int:
    """Rows that are in quarantine; one may break several rules."""
    return refused.filter(~pl.col("row_kept")).select("file", "line").n_unique()


def unmapped_headers(source: Source, raw: pl.DataFrame) -> list[str]:
    """Headers of a delivery that the source neither maps nor names as personal or dropped."""
    known = {h for headers in source.columns.values() for h in headers} | {*source.personal, *source.dropped}
    return [name for name in raw.columns if name not in known and name not in (*_ADDED, "asked")]


def remarks(source: Source, raw: pl.DataFrame) -> list[str]:
    """What is worth a look in a delivery that is taken: headers nobody named, optional columns that are not there.

    Raises SourceError where the source says that an unknown header fails it.
    """
    notes = []
    if fresh := unmapped_headers(source, raw):
        notes.append(f"columns not known and left out: {', '.join(fresh)}")
        if source.checks.unknown == "fail":
            raise SourceError(
                f"{source.name}: {notes[0]}. Name them in {source.name}/source.yaml, "
                "under columns, dropped or personal."
            )
    absent = [name for name in source.optional if not set(source.columns[name]) & set(raw.columns)]
    return [*notes, f"optional columns not there: {', '.join(absent)}"] if absent else notes


@cache
def reading_version() -> str:
    """A hash of the code that decides what becomes of raw bytes, so that a fix of it is a reason to read them again."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for path in sorted(
        [*(root / "flows/sources").glob("*.py"), *(root / "transforms").glob("*.py"), root / "schemas/records.py"]
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _as_it_is(source: Source, delivery: Delivery, parts: list[pl.DataFrame]) -> pl.DataFrame:
    """One table of all files. A file has every column; of a service's answers only all together do."""
    raw = pl.concat(parts, how="diagonal") if parts else pl.DataFrame(schema=dict.fromkeys(_ADDED, pl.String))
    for part in parts if delivery.transport in ("file", "bundled") else [raw]:
        _require_columns(source, part)
    return raw


def _joined(source: Source, parts: dict[str | None, list[pl.DataFrame]]) -> pl.DataFrame:
    assert source.parser is not None
    tables = {grain or "": pl.concat(group, how="diagonal") for grain, group in parts.items()}
    missing = sorted({e.grain for e in source.editions if e.grain} - set(tables))
    if missing:
        raise SourceError(f"{source.name}: the delivery lacks its part {', '.join(missing)}.")
    try:
        joined = source.parser(tables)
    except pl.exceptions.ColumnNotFoundError as error:
        raise SourceError(f"{source.name}: a column is missing or renamed: {error}".splitlines()[0]) from None
    _require_columns(source, joined)
    return joined


def _require_columns(source: Source, raw: pl.DataFrame) -> None:
    absent = {
        name: headers
        for name, headers in source.columns.items()
        if name not in source.optional and not set(headers) & set(raw.columns)
    }
    if absent:
        wanted = "; ".join(f"{name} (expected as {' or '.join(headers)})" for name, headers in absent.items())
        fresh = ", ".join(unmapped_headers(source, raw)) or "none"
        where = raw[FILE][0] if raw.height else "the delivery"
        raise SourceError(
            f"{source.name}: {where} lacks the column {wanted}. New headers there: {fresh}. "
            f"If one was renamed, add it in {source.name}/source.yaml."
        )


def _malformed_rows(malformed: list[Malformed], like: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {"file": m.file, "line": m.line, "rule": f"row|{m.cells} cells instead of {m.expected}", "row_kept": False}
        for m in malformed
    ]
    return pl.DataFrame(rows, schema=like.schema) if rows else like.clear()
