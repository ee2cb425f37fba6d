"""Embed: every distinct capability text once, by content hash."""

from __future__ import annotations

import numpy as np
import polars as pl

from flows.night import Night
from flows.steps.index import text_hashes
from schemas.gold import GOLD_TABLES
from schemas.lake.writer import SnapshotWriter
from search.embedding import load_embedder


def embed(night: Night) -> str:
    """Write embeddings; vectors of the committed snapshot are reused where text and model are the same.

    Returns the model's id.
    """
    writer = SnapshotWriter(night.lake, night.snapshot)
    embedder = load_embedder()
    texts = writer.table("capabilities", ["text"])["text"].unique(maintain_order=True).sort()
    wanted = pl.DataFrame(
        {"text_hash": text_hashes(texts), "text": texts},
        schema={"text_hash": pl.String, "text": pl.String},
    )
    known = _known(night, embedder.model_id).join(wanted, on="text_hash", how="semi")
    fresh = wanted.join(known, on="text_hash", how="anti").unique("text_hash").sort("text_hash")
    vectors = embedder.encode_passages(fresh["text"].to_list()).astype(np.float32)
    encoded = pl.DataFrame(
        {
            "text_hash": fresh["text_hash"],
            "model": [embedder.model_id] * fresh.height,
            "vector": vectors.tolist()
            if not fresh.height
            else pl.Series(vectors, dtype=pl.Array(pl.Float32, embedder.dimensions)),
        },
        schema_overrides={"model": pl.String},
    ).with_columns(pl.col("vector").cast(pl.List(pl.Float32)))
    writer.write("embeddings", pl.concat([known, encoded]), GOLD_TABLES["embeddings"])
    return embedder.model_id


def _known(night: Night, model: str) -> pl.DataFrame:
    previous = night.previous()
    if previous is None or not previous.has("embeddings"):
        return pl.DataFrame(schema={"text_hash": pl.String, "model": pl.String, "vector": pl.List(pl.Float32)})
    return previous.table("embeddings").filter(pl.col("model") == model)
