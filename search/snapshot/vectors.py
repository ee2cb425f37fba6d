"""Vectors of statements: every distinct text has one, and many statements have the same text."""

from __future__ import annotations

import numpy as np
import polars as pl

from search.engines.base import Floats, Rows
from transforms.capabilities import text_hashes


def vectors_of(texts: pl.Series, embeddings: pl.DataFrame) -> tuple[Floats, Rows]:
    """The vectors of a table of `text_hash` and `vector`, shape (its rows, dimensions), and per text the row of its."""
    return matrix(embeddings["vector"]), vector_rows(texts, embeddings["text_hash"])


def vector_rows(texts: pl.Series, hashes: pl.Series) -> Rows:
    """Per text the row of its vector in a table of vectors with these hashes."""
    wanted = pl.DataFrame({"text_hash": text_hashes(texts)}, schema={"text_hash": pl.String})
    rows = pl.DataFrame({"text_hash": hashes}).with_row_index("vector_row")
    found = wanted.join(rows, on="text_hash", how="left", maintain_order="left")["vector_row"]
    return found.to_numpy().astype(np.int32)


def matrix(vectors: pl.Series) -> Floats:
    """A column of vectors, shape (rows, dimensions)."""
    found: Floats = vectors.explode().to_numpy().reshape(len(vectors), -1)
    return found
