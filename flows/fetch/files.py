"""Deliveries from files: what an operator dropped, else the edition bundled with the source."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from flows.fetch.delivery import RawFile
from flows.sources.declaration import Source, SourceError
from schemas import clock

DROP_VARIABLE: Final = "CAPLAKE_DROP"
_DATE_IN_NAME: Final = re.compile(r"(20\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])")


def from_files(source: Source) -> tuple[list[RawFile], str]:
    """The files of a source and where they are from: `file` or `bundled`.

    A file dropped in `$CAPLAKE_DROP/<source>/` replaces the bundled editions; its as-of date is the one in
    its name (..._20250910.csv), else the day it was written. Raises SourceError when there is no file.
    """
    if dropped := _dropped(source):
        return dropped, "file"
    if not source.editions:
        raise SourceError(
            f"{source.name}: no file. Put the register's file into ${DROP_VARIABLE}/{source.name}/ and run again."
        )
    return [
        RawFile(edition.file, _read(source, source.folder / "data" / edition.file), edition.as_of, edition.grain)
        for edition in source.editions
    ], "bundled"


def has_files(source: Source) -> bool:
    """Whether there is a file to take: dropped or bundled."""
    return bool(source.editions or _dropped_paths(source))


def has_dropped(source: Source) -> bool:
    """Whether an operator dropped a file."""
    return bool(_dropped_paths(source))


def _dropped_paths(source: Source) -> list[Path]:
    if not (root := os.environ.get(DROP_VARIABLE)):
        return []
    for name in (source.name, *source.formerly):
        folder = Path(root) / name
        files = [p for p in folder.glob("*") if p.is_file() and not p.name.startswith(".")] if folder.is_dir() else []
        if files:
            return sorted(files)
    return []


def _dropped(source: Source) -> list[RawFile]:
    paths = _dropped_paths(source)
    grains = source.grains
    if len(grains) > 1 and paths:
        return [RawFile(p.name, _read(source, p), as_of_file(p), _grain(p, grains, source)) for p in paths]
    grain = next(iter(grains), None)
    return [RawFile(p.name, _read(source, p), as_of_file(p), grain) for p in paths]


def _grain(path: Path, grains: set[str], source: Source) -> str:
    for grain in sorted(grains):
        if grain in path.name:
            return grain
    wanted = ", ".join(sorted(grains))
    raise SourceError(f"{source.name}: {path.name} must say in its name which part it is: {wanted}.")


def as_of_file(path: Path) -> date:
    """The date in a file's name (..._20250910.csv), else the day in Seoul on which it was written."""
    if match := _DATE_IN_NAME.search(path.name):
        return date(*(int(part) for part in match.groups()))
    return clock.day_in_seoul(datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _read(source: Source, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{source.name}: cannot read {path.name} ({error.strerror}).") from None
