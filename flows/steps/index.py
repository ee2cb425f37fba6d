"""Index: the engines' view of this snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import polars as pl

from flows.night import Night, code_version
from schemas.lake import Snapshot
from schemas.lake.writer import SnapshotWriter
from search.embedding import load_embedder
from search.engines import Difference, Documents
from search.engines.stores import open_store
from search.snapshot.vectors import vectors_of
from transforms.text import tokens


class AnalysedTexts(Sequence[Sequence[str]]):
    """Tokens of texts, made when they are asked for: those of millions of statements do not fit in memory."""

    def __init__(self, texts: pl.Series) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[Sequence[str]]:
        return (tokens(text) for text in self._texts)

    @overload
    def __getitem__(self, row: int) -> Sequence[str]: ...

    @overload
    def __getitem__(self, row: slice) -> Sequence[Sequence[str]]: ...

    def __getitem__(self, row: int | slice) -> Sequence[str] | Sequence[Sequence[str]]:
        return AnalysedTexts(self._texts[row]) if isinstance(row, slice) else tokens(self._texts[row])


def index(night: Night, engine: str) -> int:
    """Build an engine's index of this snapshot, from that of the committed one where it can; returns its statements."""
    store = open_store(engine, night.lake)
    writer = SnapshotWriter(night.lake, night.snapshot)
    statements = statements_of(writer)
    store.build(night.snapshot, documents(writer, statements), difference(night, statements))
    return store.count(night.snapshot)


def statements_of(tables: SnapshotWriter | Snapshot) -> pl.DataFrame:
    """Statements as engines hold them, in the row order of `capabilities`."""
    firms = tables.table("firms", ["firm_id", "name", "region"]).with_row_index("firm_row")
    statements = tables.table("capabilities").join(firms, on="firm_id", maintain_order="left")
    return statements.with_columns(pl.col("firm_row").cast(pl.Int32))


def documents(writer: SnapshotWriter, statements: pl.DataFrame) -> Documents:
    """Statements with tokens and vectors."""
    vectors, vector_of = vectors_of(statements["text"], writer.table("embeddings", ["text_hash", "vector"]))
    return Documents(
        statements=statements, tokens=AnalysedTexts(statements["text"]), vectors=vectors, vector_of=vector_of
    )


def difference(night: Night, statements: pl.DataFrame) -> Difference | None:
    """What changed since the committed snapshot; None where other code or another model made its index, and where
    that snapshot is the one that is indexed, anew.
    """
    before = night.previous()
    if before is None or before.name == night.snapshot:
        return None
    if (before.manifest.code_version, before.manifest.model) != (code_version(), load_embedder().model_id):
        return None
    return Difference.between(before.name, statements_of(before), statements)
