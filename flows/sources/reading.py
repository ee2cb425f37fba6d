"""From raw bytes to a table of strings with line numbers, or a clear refusal."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Final

import polars as pl

from flows.sources.declaration import SourceError
from flows.sources.delimited import LINE, check_header, header_place, read_lines
from flows.sources.documents import Document, NotADocument, read_html_table, read_json, read_xml

FILE: Final = "_file"
_MARKUP_STARTS: Final = (b"<!doctype", b"<html", b"<?xml", b"<openapi")
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_MOST_BYTES: Final = 4 << 30


@dataclass(frozen=True)
class Malformed:
    """A line that is no row of the table: too few or too many cells."""

    file: str
    line: int
    cells: int
    expected: int


@dataclass(frozen=True)
class RawTable:
    """All cells as strings, empty ones as null, with the columns `_line` and `_file` added.

    `_line` is the line of a text file, the row of a sheet or page table, the place of a record in a document.
    """

    frame: pl.DataFrame
    malformed: list[Malformed]


def read_table(content: bytes, file: str, member: str | None = None) -> RawTable:
    """Read a delivered file by its ending: .csv, .tsv, .txt, .xlsx, .xls, .html, .json, .xml, .parquet or .zip.

    `member` is a pattern that names the wanted file of a ZIP of several. Raises SourceError when the bytes are
    not such a table (empty, an HTML page, an unknown encoding, a cut-off document), saying what was found.
    """
    if not content.strip():
        raise SourceError(f"{file} is empty. Fetch it again; the last good snapshot stays in use.")
    ending = PurePath(file).suffix.lower()
    try:
        match ending:
            case ".csv" | ".tsv" | ".txt":
                return _delimited(content, file)
            case ".xlsx" | ".xlsm":
                return _sheet(content, file)
            case ".xls" | ".html" | ".htm":
                return _sheet(content, file) if content.startswith(_OLD_EXCEL) else _page_table(content, file)
            case ".parquet":
                return _numbered(pl.read_parquet(content), file, 2)
            case ".json":
                return _document(read_json(content), file)
            case ".xml":
                return _document(read_xml(content), file)
            case ".zip":
                return _member(content, file, member)
    except (NotADocument, zipfile.BadZipFile, pl.exceptions.ComputeError) as error:
        raise SourceError(
            f"{file} cannot be read: {error}. Fetch it again; the last good snapshot stays in use."
        ) from None
    raise SourceError(
        f"{file}: cannot read {ending or 'a file without ending'}; "
        "give CSV, XLSX, JSON, XML, HTML, Parquet or a ZIP of one."
    )


def decode(content: bytes, file: str) -> str:
    """Text of a register file: UTF-8 with or without mark, else Korean Windows (CP949), never guessed further."""
    start = content.lstrip()[:64].lower()
    if start.startswith(_MARKUP_STARTS):
        raise SourceError(
            f"{file} is a web page or an error document, not a table. Open it to see what the server said."
        )
    position = 0
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


def _delimited(content: bytes, file: str) -> RawTable:
    frame, wrong, header = read_lines(decode(content, file), file)
    malformed = [Malformed(file, line, cells, len(header)) for line, cells in wrong]
    return RawTable(_blank_to_null(frame.with_columns(pl.lit(file).alias(FILE))), malformed)


def _sheet(content: bytes, file: str) -> RawTable:
    sheet = pl.read_excel(content, has_header=False, infer_schema_length=0, drop_empty_rows=False)
    cells = sheet.select(pl.all().cast(pl.String).fill_null(""))
    at = header_place([list(row) for row in cells.head(20).iter_rows()])
    header = check_header(list(cells.row(at)), file)
    body = cells.slice(at + 1).rename(dict(zip(cells.columns, header, strict=True)))
    empty = pl.all_horizontal(pl.all().str.strip_chars() == "")
    numbered = _numbered(body, file, at + 2)
    return RawTable(numbered.frame.filter(~body.select(empty).to_series()), [])


def _page_table(content: bytes, file: str) -> RawTable:
    table = read_html_table(content)
    at = header_place(table)
    header = check_header(table[at], file)
    body = [row for row in enumerate(table[at + 1 :], at + 2) if row[1]]
    malformed = [Malformed(file, line, len(row), len(header)) for line, row in body if len(row) != len(header)]
    good = [(line, row) for line, row in body if len(row) == len(header)]
    if not good:
        raise SourceError(f"{file} has a header and no rows. Fetch it again; the last good snapshot stays in use.")
    frame = pl.DataFrame([row for _, row in good], schema=dict.fromkeys(header, pl.String), orient="row")
    lines = pl.Series(LINE, [line for line, _ in good], pl.Int64)
    return RawTable(_blank_to_null(frame.select(lines, pl.all(), pl.lit(file).alias(FILE))), malformed)


def _document(document: Document, file: str) -> RawTable:
    """The records of a document; one without any is an empty table."""
    names = list(dict.fromkeys(name for row in document.rows for name in row))
    frame = pl.DataFrame(document.rows, schema=dict.fromkeys(names, pl.String), infer_schema_length=None, orient="row")
    return _numbered(frame, file, 1)


def _member(content: bytes, file: str, member: str | None) -> RawTable:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = {_member_name(info): info for info in archive.infolist() if not info.is_dir()}
        wanted = [name for name in sorted(names) if re.search(member or "", name)]
        if len(wanted) != 1:
            raise SourceError(
                f"{file} holds {', '.join(sorted(names)) or 'nothing'}; "
                f"{len(wanted)} of them match {member!r}. Say which in the source's `member`."
            )
        info = names[wanted[0]]
        if info.file_size > _MOST_BYTES:
            raise SourceError(f"{file}: {wanted[0]} would be {info.file_size:,} bytes. That is no register we know.")
        inner = read_table(archive.read(info), PurePath(wanted[0]).name)
    label = pl.lit(file).alias(FILE)
    return RawTable(
        inner.frame.with_columns(label), [Malformed(file, m.line, m.cells, m.expected) for m in inner.malformed]
    )


def _member_name(info: zipfile.ZipInfo) -> str:
    """Korean Windows writes names in CP949 and does not say so; the ZIP standard then reads them as CP437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("cp949")
    except UnicodeError:
        return info.filename


def _numbered(frame: pl.DataFrame, file: str, first: int) -> RawTable:
    strings = frame.select(pl.all().cast(pl.String))
    numbered = strings.with_row_index(LINE, offset=first).with_columns(
        pl.col(LINE).cast(pl.Int64), pl.lit(file).alias(FILE)
    )
    return RawTable(_blank_to_null(numbered), [])


def _blank_to_null(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col(pl.String).str.strip_chars()
    return frame.with_columns(pl.when(text != "").then(text))
