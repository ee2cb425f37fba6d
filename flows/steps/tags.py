"""Tags of texts, made once: a text has the same tags until the code or the knowledge base changes.

They lie beside the snapshots under a name made of all that they depend on; whoever removes them loses seconds.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any, Final

import polars as pl

from flows.night import code_version
from flows.parallel import in_chunks
from schemas.lake import Lake
from schemas.lake.layout import plain_parquet
from schemas.vocabulary import load_vocabulary
from transforms.capabilities import tagged, tags_table

_FOLDER: Final = "cache/tags"
_SCHEMA: Final[dict[str, Any]] = {
    "text": pl.String,
    "language": pl.String,
    "concepts": pl.List(pl.String),
    "fields": pl.List(pl.String),
    "offer": pl.String,
}


def tags_of(lake: Lake, texts: pl.Series) -> pl.DataFrame:
    """A Tagger: the tags that the last night gave the texts, else new ones. Keeps them for the next night."""
    asked = texts.alias("text").to_frame()
    kept = _kept(lake)
    known = kept.join(asked, on="text", how="semi", maintain_order="left")
    fresh = asked.join(kept, on="text", how="anti", maintain_order="left")
    tags = pl.concat([known, tags_table(fresh["text"], in_chunks(tagged, fresh["text"].to_list()))])
    if fresh.height or known.height < kept.height:
        _keep(lake, tags)
    return tags


def _stem() -> str:
    inputs = f"{code_version()}|{load_vocabulary().fingerprint}"
    return _digest(inputs.encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _kept(lake: Lake) -> pl.DataFrame:
    """Empty where there are none, or where they are not as they were written."""
    for name in lake.names(_FOLDER):
        stem, _, digest = name.removesuffix(".parquet").partition("_")
        if stem == _stem() and _digest(content := lake.read_bytes(f"{_FOLDER}/{name}")) == digest:
            return pl.read_parquet(BytesIO(content))
    return pl.DataFrame(schema=_SCHEMA)


def _keep(lake: Lake, tags: pl.DataFrame) -> None:
    """In place of those of other versions; the name tells what was written, since a file can rot."""
    content = plain_parquet(tags)
    name = f"{_stem()}_{_digest(content)}.parquet"
    lake.write_bytes(f"{_FOLDER}/{name}", content)
    for other in lake.names(_FOLDER):
        if other != name:
            lake.remove(f"{_FOLDER}/{other}")
