"""Tags of texts, made once: a text has the same tags until the code or the knowledge base changes.

They lie beside the snapshots, by hash of the text, under a name made of all that they depend on; whoever removes them
loses seconds.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any, Final

import polars as pl

from flows.night import code_version
from flows.parallel import in_chunks
from schemas.lake import Lake, LakeError
from schemas.vocabulary import load_vocabulary
from transforms.capabilities import Tags, tagged, text_hashes

_FOLDER: Final = "cache/tags"
_SCHEMA: Final[dict[str, Any]] = {
    "text_hash": pl.String,
    "language": pl.String,
    "concepts": pl.List(pl.String),
    "fields": pl.List(pl.String),
}


def tags_of(lake: Lake, texts: list[str]) -> list[Tags]:
    """Tags of each text: those that the last night gave it, else new ones. Keeps them for the next night."""
    hashes = text_hashes(texts)
    known = {key: tuple(tags) for key, *tags in _kept(lake).iter_rows()}
    fresh = {key: text for key, text in zip(hashes, texts, strict=True) if key not in known}
    known |= dict(zip(fresh, in_chunks(tagged, list(fresh.values())), strict=True))
    found = {key: known[key] for key in hashes}
    if fresh or len(found) < len(known):
        _keep(lake, pl.DataFrame([(key, *tags) for key, tags in found.items()], schema=_SCHEMA, orient="row"))
    return [found[key] for key in hashes]


def _path() -> str:
    told = f"{code_version()}|{load_vocabulary().fingerprint}"
    return f"{_FOLDER}/{hashlib.sha256(told.encode()).hexdigest()[:16]}.parquet"


def _kept(lake: Lake) -> pl.DataFrame:
    """Empty where there are none, or where they are not whole."""
    try:
        return lake.read_table(_path(), list(_SCHEMA))
    except LakeError:
        return pl.DataFrame(schema=_SCHEMA)


def _keep(lake: Lake, tags: pl.DataFrame) -> None:
    """In place of those of other versions."""
    buffer = BytesIO()
    tags.write_parquet(buffer, compression="zstd")
    path = _path()
    lake.write_bytes(path, buffer.getvalue())
    for name in lake.names(_FOLDER):
        if f"{_FOLDER}/{name}" != path:
            lake.remove(f"{_FOLDER}/{name}")
