"""Embed: every distinct capability text once, by content hash; in parts, which workers may share among them.

A text has the same bytes in every batch and every process (`search.embedding`), so the table is the same however the
texts were spread.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from flows.night import Night
from schemas.gold import GOLD_TABLES
from schemas.lake import Snapshot
from schemas.lake.layout import plain_parquet
from schemas.lake.writer import SnapshotWriter
from search.embedding import load_embedder
from transforms.capabilities import text_hashes

PART_TEXTS: Final = 50_000
_PARTS: Final = "embedding"
"""Folder in the snapshot's, gone before the commit."""

_WANTED: Final = f"{_PARTS}/wanted"
"""Hashes of all distinct texts."""

_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "text_hash": pl.String,
    "model": pl.String,
    "vector": pl.List(pl.Float32),
}


def list_texts(night: Night) -> list[str]:
    """Write the texts that have no vector yet, in parts; returns the parts' names."""
    writer = SnapshotWriter(night.lake, night.snapshot)
    previous = night.previous()
    # Not compared with its hash here: `embed`, which carries it on, does that.
    known = _known(previous and replace(previous, checked=False), ["text_hash", "model"])
    known = known.filter(pl.col("model") == load_embedder().model_id)
    wanted = _distinct_texts(writer)
    writer.put(_WANTED, plain_parquet(wanted.select("text_hash")))
    fresh = wanted.join(known, on="text_hash", how="anti").unique("text_hash").sort("text_hash")
    names = []
    for number, start in enumerate(range(0, fresh.height, PART_TEXTS)):
        names.append(f"{number:05d}")
        part = fresh[start : start + PART_TEXTS]
        writer.put(f"{_PARTS}/texts_{names[-1]}", plain_parquet(part))
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
    writer.put(f"{_PARTS}/vectors_{part}", plain_parquet(table))


def embed(night: Night) -> str:
    """Write embeddings: vectors of the committed snapshot where text and model are the same, and those of the parts.

    Returns the model's id.
    """
    writer = SnapshotWriter(night.lake, night.snapshot)
    model = load_embedder().model_id
    parts = [name for name in night.lake.names(f"{night.folder}/{_PARTS}") if name.startswith("vectors_")]
    encoded = [writer.table(f"{_PARTS}/{name.removesuffix('.parquet')}") for name in parts]
    held = pl.concat([_known(night.previous()), *encoded])
    rows = held.select("text_hash", "model").with_row_index("row").filter(pl.col("model") == model)
    rows = rows.join(writer.table(_WANTED), on="text_hash", how="semi").sort("text_hash")
    # Rows are chosen and ordered by their hashes, so that the vectors, most of a night's memory, are copied once.
    chosen = held[rows["row"]]
    del held
    writer.write("embeddings", chosen, GOLD_TABLES["embeddings"])
    night.lake.remove(f"{night.folder}/{_PARTS}")
    return model


def _distinct_texts(writer: SnapshotWriter) -> pl.DataFrame:
    """text_hash and text of every distinct text."""
    texts = writer.table("capabilities", ["text"])["text"].unique()
    return pl.DataFrame(
        {"text_hash": text_hashes(texts), "text": texts}, schema={"text_hash": pl.String, "text": pl.String}
    )


def _known(previous: Snapshot | None, columns: list[str] | None = None) -> pl.DataFrame:
    """Embeddings of the committed snapshot, of whatever model."""
    if previous is None or not previous.has("embeddings"):
        return pl.DataFrame(schema=_SCHEMA).select(columns or list(_SCHEMA))
    return previous.table("embeddings", columns or list(_SCHEMA))
