"""The embedded engine: words and vectors in arrays of a folder beside the snapshots."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from schemas.lake.layout import SNAPSHOT_PATTERN
from search.engines.base import Difference, Documents, Engine, EngineError
from search.engines.embedded_engine import EmbeddedEngine
from search.engines.inverted import InvertedIndex
from search.engines.quantised import QUANTISED_FILES, QuantisedVectors

_WORDS: Final = "inverted"
_PARTS: Final = (_WORDS, "firm_of.npy", "vector_of.npy", "vectors.npy", *QUANTISED_FILES)
"""What an index consists of; one of an older version of the code lacks some."""


@dataclass(frozen=True)
class EmbeddedStore:
    """Indexes under `<lake>/index/embedded/<snapshot>/`."""

    folder: Path
    name: str = "embedded"

    def build(self, snapshot: str, documents: Documents, difference: Difference | None = None) -> None:
        aside = self.folder / f".{snapshot}.tmp"
        shutil.rmtree(aside, ignore_errors=True)
        self._words(documents, difference).save(aside / _WORDS)
        np.save(aside / "firm_of.npy", documents.statements["firm_row"].to_numpy().astype(np.int32))
        np.save(aside / "vector_of.npy", documents.vector_of.astype(np.int32))
        np.save(aside / "vectors.npy", documents.vectors.astype(np.float32, copy=False))
        QuantisedVectors.of(documents.vectors).save(aside)
        shutil.rmtree(self.folder / snapshot, ignore_errors=True)
        aside.rename(self.folder / snapshot)

    def _words(self, documents: Documents, difference: Difference | None) -> InvertedIndex:
        before = self._whole_words(difference.before) if difference else None
        if difference is None or before is None:
            return InvertedIndex.of(documents.tokens)
        analysed = (documents.tokens[int(row)] for row in difference.fresh)
        return before.renewed(difference.moved(len(before.lengths)), difference.fresh, analysed)

    def count(self, snapshot: str) -> int:
        words = self._whole_words(snapshot)
        return len(words.lengths) if words else 0

    def _whole_words(self, snapshot: str) -> InvertedIndex | None:
        """None where the index of a snapshot is not there, of an older version or damaged."""
        try:
            return InvertedIndex.open(self.folder / snapshot / _WORDS) if self._is_whole(snapshot) else None
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
            vectors=np.load(path / "vectors.npy", mmap_mode="r"),
            quantised=QuantisedVectors.open(path),
        )
