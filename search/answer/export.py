"""Firms as files: one row a firm with its best evidence, its source, date and licence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from itertools import islice
from typing import Final

import polars as pl

from schemas.lake.manifest import SourceEntry
from search.answer.answer import Hit
from search.answer.profile import Profile
from search.query import Part
from transforms.spreadsheets import harmless

_COLUMNS: Final = (
    "rank",
    "firm_id",
    "name",
    "band",
    "parts",
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
_CHUNK_ROWS: Final = 100
_SCHEMA: Final = dict.fromkeys(_COLUMNS, pl.String) | {"rank": pl.Int64}

Row = dict[str, object]

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
"""Media type of each format that results can be exported in."""


def result_rows(hits: Iterable[Hit], sources: dict[str, SourceEntry], parts: Sequence[Part] = ()) -> Iterator[Row]:
    """One row a hit; `sources` of the snapshot's manifest give the licences, `parts` are those of the need."""
    return (_row(hit, sources, parts) for hit in hits)


def profile_rows(profiles: Iterable[Profile], sources: dict[str, SourceEntry]) -> Iterator[Row]:
    """One row a firm of a shortlist, in the same columns; its first statement is the evidence."""
    for rank, profile in enumerate(profiles, 1):
        firm = profile.firm
        best = profile.capabilities[0] if profile.capabilities else None
        yield {
            **_quoted(best["source"] if best else None, best["as_of"] if best else None, sources),
            "rank": rank,
            **{name: firm[name] for name in ("firm_id", "name", "region")},
            "fields": " ".join(firm["fields"]),
            "evidence": best["text"] if best else None,
            "tier": best["tier"] if best else None,
        }


def encode(rows: Iterable[Row], form: str) -> Iterator[bytes]:
    """The rows in a format of MEDIA_TYPES, piece by piece; XLSX and Parquet, which end in an index, in one."""
    frames = (pl.DataFrame(part, schema=_SCHEMA) for part in _batched(rows, _CHUNK_ROWS))
    return _ENCODERS[form](frames)


def _batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Lists of up to `size` rows, each read only when asked for."""
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part


def _row(hit: Hit, sources: dict[str, SourceEntry], parts: Sequence[Part]) -> Row:
    best = hit.evidence[0] if hit.evidence else None
    return {
        **_quoted(best.source if best else None, best.as_of if best else None, sources),
        "rank": hit.rank,
        "firm_id": hit.firm_id,
        "name": hit.name,
        "band": hit.band,
        "parts": "; ".join(parts[number].text for number in hit.parts),
        "region": hit.region,
        "fields": " ".join(hit.fields),
        "evidence": best.text if best else None,
        "reasons": "; ".join(reason.text for reason in hit.reasons),
        "tier": best.tier if best else None,
        "unknown": "; ".join(hit.unknown),
    }


def _quoted(source: str | None, as_of: date | None, sources: dict[str, SourceEntry]) -> Row:
    """Where the evidence is from: columns that every row has."""
    about = sources[source].about if source in sources else None
    return {
        "source": source,
        "as_of": as_of.isoformat() if as_of else None,
        "publisher": about.publisher if about else None,
        "licence": about.licence if about else None,
    }


def _csv(frames: Iterator[pl.DataFrame]) -> Iterator[bytes]:
    # The byte-order mark makes spreadsheets read Korean as UTF-8.
    yield b"\xef\xbb\xbf" + pl.DataFrame(schema=_SCHEMA).write_csv().encode()
    for frame in frames:
        yield harmless(frame).write_csv(include_header=False).encode()


def _json(frames: Iterator[pl.DataFrame]) -> Iterator[bytes]:
    between = b"[\n"
    for frame in frames:
        for row in frame.iter_rows(named=True):
            yield between + json.dumps(row, ensure_ascii=False).encode()
            between = b",\n"
    yield b"\n]\n" if between != b"[\n" else b"[]\n"


def _xlsx(frames: Iterator[pl.DataFrame]) -> Iterator[bytes]:
    import xlsxwriter

    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        _whole(frames).write_excel(book, worksheet="caplake")
    yield buffer.getvalue()


def _parquet(frames: Iterator[pl.DataFrame]) -> Iterator[bytes]:
    buffer = BytesIO()
    _whole(frames).write_parquet(buffer)
    yield buffer.getvalue()


def _whole(frames: Iterator[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *frames])


_ENCODERS: Final[dict[str, Callable[[Iterator[pl.DataFrame]], Iterator[bytes]]]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
