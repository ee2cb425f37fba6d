"""Index: the engines' view of this snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import polars as pl

from flows.night import Night
from schemas.lake.writer import SnapshotWriter
from search.engines import Documents
from search.engines.stores import open_store
from search.vectors import vectors_of
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
    """Build an engine's index of this snapshot; returns the statements in it."""
    store = open_store(engine, night.lake)
    store.build(night.snapshot, documents(SnapshotWriter(night.lake, night.snapshot)))
    return store.count(night.snapshot)


def documents(writer: SnapshotWriter) -> Documents:
    """Statements with tokens and vectors, in the row order of `capabilities`."""
    firms = writer.table("firms", ["firm_id", "name", "region"]).with_row_index("firm_row")
    statements = writer.table("capabilities").join(firms, on="firm_id", maintain_order="left")
    embeddings = writer.table("embeddings", ["text_hash", "vector"])
    vectors, vector_of = vectors_of(statements["text"], embeddings)
    return Documents(
        statements=statements.with_columns(pl.col("firm_row").cast(pl.Int32)),
        tokens=AnalysedTexts(statements["text"]),
        vectors=vectors,
        vector_of=vector_of,
    )
