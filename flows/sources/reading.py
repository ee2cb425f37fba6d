"""From raw bytes to a table of strings with line numbers, or a clear refusal."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import PurePath
from typing import Final

import polars as pl

from flows.sources.declaration import SourceError

LINE: Final = "_line"
FILE: Final = "_file"
_CHUNK_ROWS: Final = 50_000
_MARKUP_STARTS: Final = (b"<!doctype", b"<html", b"<?xml", b"<openapi")


@dataclass(frozen=True)
class Malformed:
    """A line that is no row of the table: too few or too many cells."""

    file: str
    line: int
    cells: int
    expected: int


@dataclass(frozen=True)
class RawTable:
    """All cells as strings, empty ones as null, with the columns `_line` and `_file` added."""

    frame: pl.DataFrame
    malformed: list[Malformed]


def read_table(content: bytes, file: str) -> RawTable:
    """Read a delivered file by its ending: .csv, .tsv, .txt, .xlsx, .json or .parquet.

    Raises SourceError when the bytes are not such a table (empty, an HTML page, an unknown
    encoding), saying what was found.
    """
    if not content.strip():
        raise SourceError(f"{file} is empty. Fetch it again; the last good snapshot stays in use.")
    ending = PurePath(file).suffix.lower()
    match ending:
        case ".csv" | ".tsv" | ".txt":
            return _read_delimited(content, file)
        case ".xlsx":
            frame = pl.read_excel(content, infer_schema_length=0)
        case ".parquet":
            frame = pl.read_parquet(content)
        case ".json":
            frame = pl.read_json(content)
        case _:
            raise SourceError(
                f"{file}: cannot read {ending or 'a file without ending'}; give CSV, XLSX, JSON or Parquet."
            )
    strings = frame.select(pl.all().cast(pl.String))
    numbered = strings.with_row_index(LINE, offset=2).with_columns(
        pl.col(LINE).cast(pl.Int64), pl.lit(file).alias(FILE)
    )
    return RawTable(_blank_to_null(numbered), [])


def decode(content: bytes, file: str) -> str:
    """Text of a register file: UTF-8 with or without mark, else Korean Windows (CP949), never guessed further."""
    start = content.lstrip()[:64].lower()
    if start.startswith(_MARKUP_STARTS):
        raise SourceError(
            f"{file} is a web page or an error document, not a table. Open it to see what the server said."
        )
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            position = error.start
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    line = content.count(b"\n", 0, position) + 1
    raise SourceError(
        f"{file} is neither UTF-8 nor CP949 (first bad byte in line {line}). Save it as UTF-8 and try again."
    )


def _read_delimited(content: bytes, file: str) -> RawTable:
    text = decode(content, file)
    reader = csv.reader(StringIO(text), delimiter=_delimiter(text))
    header = [name.strip() for name in next(reader)]
    if len(set(header)) < len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        raise SourceError(f"{file}: the header names {', '.join(twice)} more than once. Rename one of them.")
    malformed: list[Malformed] = []
    chunks = [_chunk(rows, header) for rows in _rows(reader, header, file, malformed)]
    if not chunks:
        raise SourceError(f"{file} has a header and no rows. Fetch it again; the last good snapshot stays in use.")
    frame = pl.concat(chunks).with_columns(pl.lit(file).alias(FILE))
    return RawTable(_blank_to_null(frame), malformed)


def _delimiter(text: str) -> str:
    head = text[: text.find("\n")] if "\n" in text else text
    return max(",\t;|", key=head.count)


def _rows(
    reader: Iterator[list[str]], header: list[str], file: str, malformed: list[Malformed]
) -> Iterator[list[list[str]]]:
    line = 2
    while batch := list(islice(reader, _CHUNK_ROWS)):
        rows = []
        for cells in batch:
            if len(cells) == len(header):
                rows.append([str(line), *cells])
            elif cells:
                malformed.append(Malformed(file, line, len(cells), len(header)))
            line += 1 + sum(cell.count("\n") for cell in cells)
        if rows:
            yield rows


def _chunk(rows: list[list[str]], header: list[str]) -> pl.DataFrame:
    columns = zip(*rows, strict=True)
    frame = pl.DataFrame(
        dict(zip([LINE, *header], columns, strict=True)), schema=dict.fromkeys([LINE, *header], pl.String)
    )
    return frame.with_columns(pl.col(LINE).cast(pl.Int64))


def _blank_to_null(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col(pl.String).str.strip_chars()
    return frame.with_columns(pl.when(text != "").then(text))
