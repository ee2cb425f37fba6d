"""The embedded engine: tantivy over our tokens and exact vectors, in a folder beside the snapshots."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import tantivy

from schemas.lake.layout import SNAPSHOT_PATTERN
from search.engines.base import Documents, Engine, EngineError
from search.engines.embedded_engine import EmbeddedEngine
from search.engines.quantised import QUANTISED_FILES, QuantisedVectors

_WRITER_HEAP_BYTES: Final = 256_000_000


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("row", fast=True, stored=False)
    builder.add_unsigned_field("firm", fast=True, indexed=True, stored=False)
    return builder.build()


_PARTS: Final = ("words", "firm_of.npy", "vector_of.npy", "vectors.npy", *QUANTISED_FILES)
"""What an index consists of; one of an older version of the code lacks some."""


@dataclass(frozen=True)
class EmbeddedStore:
    """Indexes under `<lake>/index/embedded/<snapshot>/`."""

    folder: Path
    name: str = "embedded"

    def build(self, snapshot: str, documents: Documents) -> None:
        aside = self.folder / f".{snapshot}.tmp"
        shutil.rmtree(aside, ignore_errors=True)
        (aside / "words").mkdir(parents=True)
        index = tantivy.Index(_schema(), path=str(aside / "words"))
        firm_rows = documents.statements["firm_row"].to_numpy().astype(np.int32)
        # One thread and one segment: row order, scores and bytes then do not depend on the machine's load.
        writer = index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
        for row, tokens in enumerate(documents.tokens):
            document = tantivy.Document(tokens=" ".join(tokens))
            document.add_unsigned("row", row)
            document.add_unsigned("firm", int(firm_rows[row]))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        np.save(aside / "firm_of.npy", firm_rows)
        np.save(aside / "vector_of.npy", documents.vector_of.astype(np.int32))
        np.save(aside / "vectors.npy", documents.vectors.astype(np.float32, copy=False))
        QuantisedVectors.of(documents.vectors).save(aside)
        shutil.rmtree(self.folder / snapshot, ignore_errors=True)
        aside.rename(self.folder / snapshot)

    def count(self, snapshot: str) -> int:
        if not self._is_whole(snapshot):
            return 0
        return int(tantivy.Index.open(str(self.folder / snapshot / "words")).searcher().num_docs)

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
            tantivy.Index.open(str(path / "words")),
            firm_of=np.load(path / "firm_of.npy", mmap_mode="r"),
            vector_of=np.load(path / "vector_of.npy", mmap_mode="r"),
            vectors=np.load(path / "vectors.npy", mmap_mode="r"),
            quantised=QuantisedVectors.open(path),
        )
