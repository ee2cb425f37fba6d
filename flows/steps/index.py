"""Index: the engines' view of this snapshot."""

from __future__ import annotations

import numpy as np
import polars as pl

from flows.night import Night
from schemas.lake.writer import SnapshotWriter
from search.engines import Documents
from search.engines.stores import open_store
from transforms.capabilities import text_hash
from transforms.text import tokens


def index(night: Night, engine: str) -> int:
    """Build an engine's index of this snapshot; returns the statements in it."""
    store = open_store(engine, night.lake)
    store.build(night.snapshot, documents(SnapshotWriter(night.lake, night.snapshot)))
    return store.count(night.snapshot)


def documents(writer: SnapshotWriter) -> Documents:
    """Statements with tokens and vectors, in the row order of `capabilities`."""
    firms = writer.table("firms", ["firm_id", "name", "region"]).with_row_index("firm_row")
    statements = writer.table("capabilities").join(firms, on="firm_id", maintain_order="left")
    embeddings = writer.table("embeddings", ["text_hash", "vector"]).with_row_index("vector_row")
    hashes = pl.DataFrame({"text_hash": [text_hash(text) for text in statements["text"]]})
    vector_of = hashes.join(embeddings, on="text_hash", how="left", maintain_order="left")["vector_row"]
    vectors = embeddings["vector"].explode().to_numpy().reshape(embeddings.height, -1)
    return Documents(
        statements=statements.with_columns(pl.col("firm_row").cast(pl.Int32)),
        tokens=[tokens(text) for text in statements["text"]],
        vectors=vectors.astype(np.float32),
        vector_of=vector_of.to_numpy().astype(np.int32),
    )
