"""Results as files: one row a firm with its best evidence, its source, date and licence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Final

import polars as pl

from schemas.lake.manifest import SourceEntry
from search.answer import Hit
from transforms.spreadsheets import harmless

_COLUMNS: Final = (
    "rank",
    "firm_id",
    "name",
    "region",
    "fields",
    "evidence",
    "reasons",
    "source",
    "as_of",
    "tier",
    "publisher",
    "licence",
    "unknown",
)
_CHUNK_ROWS: Final = 500

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
"""Media type of each format that results can be exported in."""


def result_table(hits: Iterable[Hit], sources: dict[str, SourceEntry]) -> pl.DataFrame:
    """One row a hit, columns as text but for the rank; `sources` of the snapshot's manifest give the licences."""
    return pl.DataFrame(
        [_row(hit, sources) for hit in hits], schema=dict.fromkeys(_COLUMNS, pl.String) | {"rank": pl.Int64}
    )


def encode(frame: pl.DataFrame, form: str) -> Iterator[bytes]:
    """The table in a format of MEDIA_TYPES, piece by piece."""
    return _ENCODERS[form](frame)


def _row(hit: Hit, sources: dict[str, SourceEntry]) -> dict[str, object]:
    best = hit.evidence[0] if hit.evidence else None
    about = sources[best.source].about if best and best.source in sources else None
    return {
        "rank": hit.rank,
        "firm_id": hit.firm_id,
        "name": hit.name,
        "region": hit.region,
        "fields": " ".join(hit.fields),
        "evidence": best.text if best else None,
        "reasons": "; ".join(hit.reasons),
        "source": best.source if best else None,
        "as_of": best.as_of.isoformat() if best and best.as_of else None,
        "tier": best.tier if best else None,
        "publisher": about.publisher if about else None,
        "licence": about.licence if about else None,
        "unknown": "; ".join(hit.unknown),
    }


def _csv(frame: pl.DataFrame) -> Iterator[bytes]:
    # The byte-order mark makes spreadsheets read Korean as UTF-8.
    yield b"\xef\xbb\xbf" + frame.clear().write_csv().encode()
    for part in harmless(frame).iter_slices(_CHUNK_ROWS):
        yield part.write_csv(include_header=False).encode()


def _json(frame: pl.DataFrame) -> Iterator[bytes]:
    yield b"["
    for number, row in enumerate(frame.iter_rows(named=True)):
        yield (b",\n" if number else b"\n") + json.dumps(row, ensure_ascii=False).encode()
    yield b"\n]\n"


def _xlsx(frame: pl.DataFrame) -> Iterator[bytes]:
    import xlsxwriter

    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        frame.write_excel(book, worksheet="caplake")
    yield buffer.getvalue()


def _parquet(frame: pl.DataFrame) -> Iterator[bytes]:
    buffer = BytesIO()
    frame.write_parquet(buffer)
    yield buffer.getvalue()


_ENCODERS: Final[dict[str, Callable[[pl.DataFrame], Iterator[bytes]]]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
