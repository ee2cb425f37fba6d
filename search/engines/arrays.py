"""Arrays of an index: one file each beside the others, and the arithmetic of runs in them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from search.engines.base import Rows

Held = TypeVar("Held")


def array_files(kind: type[Any]) -> tuple[str, ...]:
    """Names of the files that a dataclass of arrays is kept in."""
    return tuple(f"{field.name}.npy" for field in fields(kind))


def save_arrays(held: Any, folder: Path) -> None:
    """Every field of a dataclass of arrays, into a folder that is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for field in fields(held):
        np.save(folder / f"{field.name}.npy", getattr(held, field.name))


def open_arrays(kind: type[Held], folder: Path) -> Held:
    """Memory-mapped; read from disk as it is asked for. Raises OSError or ValueError for a file that is lost or cut."""
    return kind(*(np.asarray(np.load(folder / name, mmap_mode="r")) for name in array_files(kind)))


def ranges(starts: npt.NDArray[Any], counts: npt.NDArray[Any]) -> Rows:
    """The numbers `start`, `start + 1` and so on of every range, one range after the other."""
    skipped = starts - np.cumsum(counts) + counts
    return (np.repeat(skipped, counts) + np.arange(counts.sum())).astype(np.int32)
