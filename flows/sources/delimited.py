"""Delimited text to a table of strings, fast, with the exact line of every row and of every line that is none.

Lines are found with Polars, in whole columns at a time: almost every register has one row a line. A file in which a
quoted cell runs over several lines, or quotes stand where none belong, goes through Python's own reader instead,
which is slower and decides the same way.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from statistics import median_high
from typing import Final

import polars as pl

from flows.sources.declaration import SourceError

LINE: Final = "_line"
_CHUNK_ROWS: Final = 50_000
_HEADER_WITHIN: Final = 20
_WELL_FILLED: Final = 0.6
_DELIMITERS: Final = ",\t;|"


def read_lines(text: str, file: str) -> tuple[pl.DataFrame, list[tuple[int, int]], list[str]]:
    """Rows as strings with `_line`, the (line, cells) of lines that are no rows, and the header.

    Raises SourceError when there is no row or a header repeats.
    """
    head = _head(text)
    delimiter = _delimiter(head)
    at, header = _header(head, delimiter, file)
    frame, malformed = _by_lines(text, at, header, delimiter) or _by_reader(text, at, header, delimiter)
    if frame.is_empty():
        raise SourceError(f"{file} has a header and no rows. Fetch it again; the last good snapshot stays in use.")
    return frame, malformed, header


def header_place(rows: list[list[str]]) -> int:
    """Which of the first rows is the header: the first one as wide as most rows that is well filled.

    Titles and remarks above a table fill one or two cells.
    """
    head = rows[:_HEADER_WITHIN]
    widths = Counter(len(row) for row in head if any(cell.strip() for cell in row))
    if not widths:
        return 0
    width = max(widths, key=lambda wide: (widths[wide], wide))
    filled = [sum(1 for cell in row if cell.strip()) if len(row) == width else 0 for row in head]
    return next(place for place, count in enumerate(filled) if count >= max(filled) * _WELL_FILLED)


def check_header(names: list[str], file: str) -> list[str]:
    """Names without blanks around them; unnamed columns get their place. Raises SourceError for a repeated name."""
    header = [" ".join(name.split()) or f"(column {place})" for place, name in enumerate(names, 1)]
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise SourceError(f"{file}: the header names {', '.join(twice)} more than once. Rename one of them.")
    return header


def _head(text: str) -> list[str]:
    end = 0
    for _ in range(_HEADER_WITHIN):
        end = text.find("\n", end) + 1
        if end == 0:
            return text.split("\n")
    return text[:end].split("\n")[:-1]


def _delimiter(head: list[str]) -> str:
    """The one that most of the first lines have most of; where they have none, as titles above a short table, any line.

    A single line proves little: a cell may list ten symbols with bars between them.
    """

    def weight(mark: str) -> tuple[float, int]:
        counts = [line.count(mark) for line in head if line.strip()] or [0]
        return median_high(counts), max(counts)

    return max(_DELIMITERS, key=weight)


def _header(head: list[str], delimiter: str, file: str) -> tuple[int, list[str]]:
    """Where the header ends (in lines) and its names."""
    reader = csv.reader(StringIO("\n".join(head)), delimiter=delimiter)
    rows, ends = [], []
    for row in reader:
        rows.append(row)
        ends.append(reader.line_num)
    at = header_place(rows)
    if not rows or not any(cell.strip() for cell in rows[at]):
        raise SourceError(f"{file} has no header. Fetch it again; the last good snapshot stays in use.")
    return ends[at], check_header(rows[at], file)


def _by_lines(
    text: str, at: int, header: list[str], delimiter: str
) -> tuple[pl.DataFrame, list[tuple[int, int]]] | None:
    """One row a line; None when quotes say otherwise. Big registers are why no column is held longer than needed."""
    mark = "\\" + delimiter
    table = pl.DataFrame({"text": pl.Series([text]).str.split("\n").explode()}).with_row_index(LINE, offset=1)
    table = table.slice(at).select(pl.col(LINE).cast(pl.Int64), pl.col("text").str.strip_suffix("\r"))
    table = table.filter(pl.col("text") != "")
    quoted = table["text"].str.contains('"', literal=True)
    bare = table["text"]
    if quoted.any():
        held = bare.filter(quoted)
        if not _well_quoted(held, mark):
            return None
        stripped = held.str.replace_all(r'"(?:[^"]|"")*"', "")
        bare = bare.clone().scatter(quoted.arg_true(), stripped)
    cells = (bare.str.count_matches(delimiter, literal=True) + 1).cast(pl.Int64)
    good = cells == len(header)
    wrong = table.filter(~good).select(LINE).with_columns(cells=cells.filter(~good))
    lines, rows = table[LINE].filter(good), table["text"].filter(good)
    del table, bare, cells
    frame = _parsed(rows, header, delimiter, bool(quoted.any()))
    if frame.height != lines.len():
        return None
    return frame.select(lines, pl.all()), [(line, count) for line, count in wrong.iter_rows()]


def _well_quoted(lines: pl.Series, mark: str) -> bool:
    """Every quote opens at the start of a cell and closes at its end."""
    cell = rf'(?:"(?:[^"]|"")*"|[^"{mark}]*)'
    return bool(lines.str.contains(rf"^{cell}(?:{mark}{cell})*$").all())


def _parsed(lines: pl.Series, header: list[str], delimiter: str, quoted: bool) -> pl.DataFrame:
    if lines.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(header, pl.String))
    return pl.read_csv(
        pl.DataFrame({"t": lines}).select(pl.col("t").str.join("\n").cast(pl.Binary)).item(),
        has_header=False,
        new_columns=header,
        separator=delimiter,
        quote_char='"' if quoted else None,
        infer_schema=False,
        raise_if_empty=False,
    )


def _by_reader(text: str, at: int, header: list[str], delimiter: str) -> tuple[pl.DataFrame, list[tuple[int, int]]]:
    """Through Python's reader: rows may run over several lines."""
    source = StringIO(text)
    for _ in range(at):
        source.readline()
    malformed: list[tuple[int, int]] = []
    chunks = [_chunk(rows, header) for rows in _rows(csv.reader(source, delimiter=delimiter), at, header, malformed)]
    empty = pl.DataFrame(schema={LINE: pl.Int64, **dict.fromkeys(header, pl.String)})
    return pl.concat([empty, *chunks]), malformed


def _rows(
    reader: Iterator[list[str]], at: int, header: list[str], malformed: list[tuple[int, int]]
) -> Iterator[list[list[str]]]:
    line = at + 1
    while batch := list(islice(reader, _CHUNK_ROWS)):
        rows = []
        for cells in batch:
            if len(cells) == len(header):
                rows.append([str(line), *cells])
            elif cells:
                malformed.append((line, len(cells)))
            line += 1 + sum(cell.count("\n") for cell in cells)
        if rows:
            yield rows


def _chunk(rows: list[list[str]], header: list[str]) -> pl.DataFrame:
    columns = zip(*rows, strict=True)
    named = dict(zip([LINE, *header], columns, strict=True))
    return pl.DataFrame(named, schema=dict.fromkeys([LINE, *header], pl.String)).with_columns(
        pl.col(LINE).cast(pl.Int64)
    )
