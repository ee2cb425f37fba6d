"""Embed: every distinct capability text once, by content hash; in parts, which workers may share among them.

A text has the same bytes in every batch and every process (`search.embedding`), so the table is the same however the
texts were spread.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

import polars as pl

from flows.night import Night
from schemas.gold import GOLD_TABLES
from schemas.lake.writer import SnapshotWriter
from search.embedding import load_embedder
from transforms.capabilities import text_hashes

PART_TEXTS: Final = 50_000
_PARTS: Final = "embedding"
"""Folder in the snapshot's, gone before the commit."""

_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "text_hash": pl.String,
    "model": pl.String,
    "vector": pl.List(pl.Float32),
}


def list_texts(night: Night) -> list[str]:
    """Write the texts that have no vector yet, in parts; returns the parts' names."""
    writer = SnapshotWriter(night.lake, night.snapshot)
    known = _known(night, load_embedder().model_id)
    fresh = _wanted(writer).join(known, on="text_hash", how="anti").unique("text_hash").sort("text_hash")
    names = []
    for number, start in enumerate(range(0, fresh.height, PART_TEXTS)):
        names.append(f"{number:05d}")
        part = fresh[start : start + PART_TEXTS]
        writer.put(f"{_PARTS}/texts_{names[-1]}", _bytes(part), part.height)
    return names


def encode(night: Night, part: str) -> None:
    """Write the vectors of a part's texts."""
    writer = SnapshotWriter(night.lake, night.snapshot)
    embedder = load_embedder()
    texts = writer.table(f"{_PARTS}/texts_{part}")
    vectors = pl.Series(
        embedder.encode_passages(texts["text"].to_list()), dtype=pl.Array(pl.Float32, embedder.dimensions)
    )
    table = texts.select("text_hash", model=pl.lit(embedder.model_id)).with_columns(
        vector=vectors.cast(pl.List(pl.Float32))
    )
    writer.put(f"{_PARTS}/vectors_{part}", _bytes(table), table.height)


def embed(night: Night) -> str:
    """Write embeddings: vectors of the committed snapshot where text and model are the same, and those of the parts.

    Returns the model's id.
    """
    writer = SnapshotWriter(night.lake, night.snapshot)
    model = load_embedder().model_id
    parts = [name for name in night.lake.names(f"{night.folder}/{_PARTS}") if name.startswith("vectors_")]
    encoded = [writer.table(f"{_PARTS}/{name.removesuffix('.parquet')}") for name in parts]
    known = _known(night, model).join(_wanted(writer), on="text_hash", how="semi")
    writer.write("embeddings", pl.concat([known, *encoded]).rechunk(), GOLD_TABLES["embeddings"])
    night.lake.remove(f"{night.folder}/{_PARTS}")
    return model


def _wanted(writer: SnapshotWriter) -> pl.DataFrame:
    """text_hash and text of every distinct text."""
    texts = writer.table("capabilities", ["text"])["text"].unique(maintain_order=True).sort()
    return pl.DataFrame(
        {"text_hash": text_hashes(texts), "text": texts}, schema={"text_hash": pl.String, "text": pl.String}
    )


def _known(night: Night, model: str) -> pl.DataFrame:
    previous = night.previous()
    if previous is None or not previous.has("embeddings"):
        return pl.DataFrame(schema=_SCHEMA)
    return previous.table("embeddings").filter(pl.col("model") == model)


def _bytes(table: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    table.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()
