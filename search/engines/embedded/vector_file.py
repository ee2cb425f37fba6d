"""Exact vectors in a file, of which a search reads the few that came near."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from search.engines.base import Floats, Rows


class VectorFile:
    """A .npy file of float32 vectors, shape (vectors, dimensions). It is read and not mapped: mapped pages are memory
    of the process, and over the searches of a day would add up to the whole file.
    """

    def __init__(self, path: Path) -> None:
        mapped: np.memmap[tuple[int, int], np.dtype[np.float32]] = np.load(path, mmap_mode="r")
        self._start = mapped.offset
        self._count, self._dimensions = mapped.shape
        self._file = path.open("rb")

    def __len__(self) -> int:
        return int(self._count)

    def of(self, rows: Rows) -> Floats:
        """The vectors in some rows."""
        size = self._dimensions * np.dtype(np.float32).itemsize
        places = (self._start + size * rows.astype(np.int64)).tolist()
        content = b"".join(os.pread(self._file.fileno(), size, place) for place in places)
        return np.frombuffer(content, np.float32).reshape(len(rows), self._dimensions)
