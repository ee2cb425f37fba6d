"""Vectors of statements: every distinct text has one, and many statements have the same text."""

from __future__ import annotations

import numpy as np
import polars as pl

from search.engines.base import Floats, Rows
from transforms.capabilities import text_hashes


def vectors_of(texts: pl.Series, embeddings: pl.DataFrame) -> tuple[Floats, Rows]:
    """The vectors of a table of `text_hash` and `vector`, shape (its rows, dimensions), and per text the row of its."""
    hashes = pl.DataFrame({"text_hash": text_hashes(texts)}, schema={"text_hash": pl.String})
    rows = embeddings.select("text_hash").with_row_index("vector_row")
    row_of = hashes.join(rows, on="text_hash", how="left", maintain_order="left")["vector_row"]
    vectors: Floats = embeddings["vector"].explode().to_numpy().reshape(embeddings.height, -1)
    return vectors, row_of.to_numpy().astype(np.int32)
