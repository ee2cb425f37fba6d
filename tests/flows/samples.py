"""Every source's own sample as files that an operator drops, small and changed as a test wants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import polars as pl

from flows.sources.declaration import Source, load_source, source_names
from flows.sources.delimited import LINE
from flows.sources.reading import FILE, read_table

Change = Callable[[Source, pl.DataFrame], pl.DataFrame]
ROWS: Final = 30
SMALL: Final = [f"rows of {name}" for name in source_names()]
"""Gates that registers of a few rows break on purpose."""


def sample_files(source: Source) -> list[Path]:
    """Files of the sample; of a bundled register its editions."""
    folder = next(path for path in (source.folder / "sample", source.folder / "data") if path.is_dir())
    return sorted(folder.iterdir())


def raw_table(source: Source, file: Path, rows: int = ROWS) -> pl.DataFrame:
    """First rows of a file as strings, without line numbers."""
    return read_table(file.read_bytes(), file.name, source.member).frame.drop(LINE, FILE).head(rows)


def as_it_is(_source: Source, table: pl.DataFrame) -> pl.DataFrame:
    return table


def drop_samples(drop: Path, change: Change = as_it_is, names: list[str] | None = None) -> None:
    """Write every source's files as CSV into the folder that `CAPLAKE_DROP` names."""
    for name in names or source_names():
        source = load_source(name)
        folder = drop / name
        folder.mkdir(parents=True, exist_ok=True)
        for file in sample_files(source):
            change(source, raw_table(source, file)).write_csv(folder / f"{file.stem}.csv")
