"""The embedded engine: words and vectors in arrays of a folder beside the snapshots."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from schemas.lake.layout import SNAPSHOT_PATTERN
from search.engines.base import Difference, Documents, Engine, EngineError, Rows
from search.engines.embedded.engine import EmbeddedEngine
from search.engines.embedded.inverted import InvertedIndex
from search.engines.embedded.quantised import QUANTISED_FILES, QuantisedVectors
from search.engines.embedded.vector_file import VectorFile
from search.engines.seal import is_unbroken, seal

_WORDS: Final = "inverted"
_PARTS: Final = (_WORDS, "firm_of.npy", "vector_of.npy", "vectors.npy", *QUANTISED_FILES)
"""What an index consists of; one of an older version of the code lacks some."""
_CARRIED_ON: Final = (_WORDS, "vector_of.npy", *QUANTISED_FILES)
"""What the next index is renewed from."""


@dataclass(frozen=True)
class EmbeddedStore:
    """Indexes under `<lake>/index/embedded/<snapshot>/`."""

    folder: Path
    name: str = "embedded"

    def build(self, snapshot: str, documents: Documents, difference: Difference | None = None) -> None:
        aside = self.folder / f".{snapshot}.tmp"
        shutil.rmtree(aside, ignore_errors=True)
        words, quantised = self._renewed(documents, difference) or _made(documents)
        words.save(aside / _WORDS)
        quantised.save(aside)
        np.save(aside / "firm_of.npy", documents.statements["firm_row"].to_numpy().astype(np.int32))
        np.save(aside / "vector_of.npy", documents.vector_of.astype(np.int32))
        np.save(aside / "vectors.npy", documents.vectors.astype(np.float32, copy=False))
        seal(aside, _CARRIED_ON)
        shutil.rmtree(self.folder / snapshot, ignore_errors=True)
        aside.rename(self.folder / snapshot)

    def _renewed(
        self, documents: Documents, difference: Difference | None
    ) -> tuple[InvertedIndex, QuantisedVectors] | None:
        """From the index before; None where there is none to build on, or not as it was written."""
        is_sound = difference is not None and is_unbroken(self.folder / difference.before)
        before = self._opened(difference.before) if difference and is_sound else None
        if difference is None or before is None:
            return None
        words, quantised, vector_of = before
        analysed = (documents.tokens[int(row)] for row in difference.fresh)
        staying = np.flatnonzero(difference.statements >= 0)
        moved = np.full(len(quantised.codes), -1, np.int32)
        moved[vector_of[difference.statements[staying]]] = documents.vector_of[staying]
        return (
            words.renewed(difference.moved(len(words.lengths)), difference.fresh, analysed),
            quantised.renewed(moved, documents.vectors),
        )

    def count(self, snapshot: str) -> int:
        opened = self._opened(snapshot) if self._is_whole(snapshot) else None
        return len(opened[0].lengths) if opened else 0

    def _opened(self, snapshot: str) -> tuple[InvertedIndex, QuantisedVectors, Rows] | None:
        """Words, vectors and which statement has which; None where the index is not there, older or damaged."""
        folder = self.folder / snapshot
        try:
            return (
                InvertedIndex.open(folder / _WORDS),
                QuantisedVectors.open(folder),
                np.load(folder / "vector_of.npy", mmap_mode="r"),
            )
        except (OSError, ValueError):
            return None

    def _is_whole(self, snapshot: str) -> bool:
        return all((self.folder / snapshot / name).exists() for name in _PARTS)

    def snapshots(self) -> list[str]:
        if not self.folder.exists():
            return []
        return sorted(path.name for path in self.folder.iterdir() if SNAPSHOT_PATTERN.match(path.name))

    def drop(self, snapshot: str) -> None:
        shutil.rmtree(self.folder / snapshot, ignore_errors=True)

    def publish(self, snapshot: str) -> None:
        """Nothing to move: a reader opens the index of the snapshot it pinned."""

    def open(self, snapshot: str) -> Engine:
        path = self.folder / snapshot
        if not self._is_whole(snapshot):
            raise EngineError(
                f"no embedded index of snapshot {snapshot} as this version makes it. "
                "`caplake run --engine embedded` builds it."
            )
        return EmbeddedEngine(
            InvertedIndex.open(path / _WORDS),
            firm_of=np.load(path / "firm_of.npy", mmap_mode="r"),
            vector_of=np.load(path / "vector_of.npy", mmap_mode="r"),
            vectors=VectorFile(path / "vectors.npy"),
            quantised=QuantisedVectors.open(path),
        )


def _made(documents: Documents) -> tuple[InvertedIndex, QuantisedVectors]:
    return InvertedIndex.of(documents.tokens), QuantisedVectors.of(documents.vectors)
