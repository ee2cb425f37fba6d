"""Capability statements: what a firm says or is recorded to do, tagged with concepts and fields."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from transforms.evidence import with_classes, with_evidence
from transforms.roles import with_roles
from transforms.statements import default_reader
from transforms.text import is_korean


@dataclass(frozen=True)
class StatementKind:
    """A source's column that holds capability text."""

    source: str
    column: str
    kind: str
    weight_class: str
    role: str


Tags = tuple[str, str, str, str]
"""Language, concepts and fields of a text, ids joined by blanks; and `uses` or `makes_object` where it offers none."""

Tagger = Callable[[pl.Series], pl.DataFrame]
"""From distinct texts to a table of each `text` and its columns TAGS (concepts and fields are lists of ids)."""

_SAID_BY_NAMES: Final = ((r"(?i)로봇|로보틱스|로보텍|로보테크|로보트|robot", "산업용 로봇"),)
"""Words in a firm's own name and what they say that it makes.

Counted over listed and venture firms, whose products are known: of 62 with such a word half make industrial robots, of
the others 1 in 100. 비전, 데이터, 에이아이 and 소프트 say too little: 3 to 12 of 100 (docs/linking.md).
"""

TAGS: Final = ("language", "concepts", "fields", "offer")
_LISTS: Final = ("concepts", "fields")


def tagged(texts: Sequence[str]) -> list[Tags]:
    """Tags of each text, by the knowledge base of this version of the code."""
    reader = default_reader()
    readings = [reader.read(text) for text in texts]
    return [
        ("ko" if is_korean(text) else "en", " ".join(reading.concepts), " ".join(reading.fields), reading.role)
        for text, reading in zip(texts, readings, strict=True)
    ]


def tags_table(texts: pl.Series, tags: Sequence[Tags]) -> pl.DataFrame:
    """Texts and the columns TAGS of their tags."""
    joined = pl.DataFrame(tags, schema=dict.fromkeys(TAGS, pl.String), orient="row")
    none = pl.lit([], pl.List(pl.String))
    ids = (pl.when(pl.col(name) != "").then(pl.col(name).str.split(" ")).otherwise(none).alias(name) for name in _LISTS)
    return joined.with_columns(ids).insert_column(0, texts.alias("text"))


def tag(texts: pl.Series) -> pl.DataFrame:
    """A Tagger that remembers nothing."""
    return tags_table(texts, tagged(texts.to_list()))


def text_hash(text: str) -> str:
    """Key of a text in the embeddings table: first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def text_hashes(texts: Iterable[str]) -> list[str]:
    return [text_hash(text) for text in texts]


def capabilities_table(records: pl.DataFrame, kinds: Sequence[StatementKind], tagger: Tagger) -> pl.DataFrame:
    """One row a statement; `records` are source rows with `firm_id` and `tier`, `tagger` is `tag` or does the same.

    A text that several records of a firm repeat counts once, from the newest record. A `hint` (a firm's
    own name) counts only where it names a capability.
    """
    parts = [_of_kind(records, kind) for kind in kinds if kind.column in records.columns]
    stated = (
        with_classes(pl.concat(parts), _names(records))
        .sort("as_of", "record_key", descending=[True, False], nulls_last=True)
        .unique(["firm_id", "text"], keep="first", maintain_order=True)
    )
    stated = stated.with_columns(read=_read())
    tags = tagger(stated["read"].unique(maintain_order=True)).rename({"text": "read"})
    described = with_evidence(stated.join(tags, on="read", how="left", maintain_order="left").drop("read"))
    kept = described.filter((pl.col("weight_class") != "hint") | (pl.col("concepts").list.len() > 0))
    return with_roles(kept).with_columns(_statement_ids(kept)).drop("written", "offer", "ipc")


def _names(records: pl.DataFrame) -> pl.DataFrame:
    """Names of the firms: firm_id, name."""
    if "name" not in records.columns:
        return pl.DataFrame(schema={"firm_id": pl.String, "name": pl.String})
    return records.select("firm_id", "name").drop_nulls().unique()


def _read() -> pl.Expr:
    """The text that is tagged: a statement's own, with what the words of a firm's name say."""
    named = pl.concat_str(
        pl.when(pl.col("text").str.contains(word)).then(pl.lit(f" {meaning}")).otherwise(pl.lit(""))
        for word, meaning in _SAID_BY_NAMES
    )
    return pl.when(pl.col("weight_class") == "hint").then(pl.col("text") + named).otherwise("text")


def _of_kind(records: pl.DataFrame, kind: StatementKind) -> pl.DataFrame:
    rows = records.filter(pl.col("source") == kind.source).drop_nulls(kind.column)
    return rows.select(
        "firm_id",
        "source",
        "record_key",
        "as_of",
        "tier",
        written=pl.col(kind.column),
        text=pl.col(kind.column).str.strip_chars(),
        kind=pl.lit(kind.kind),
        weight_class=pl.lit(kind.weight_class),
        role=pl.lit(kind.role),
        ipc=pl.col("ipc") if "ipc" in rows.columns else pl.lit(None, pl.String),
    )


def _statement_ids(statements: pl.DataFrame) -> pl.Series:
    keys = statements.select(pl.concat_str("record_key", "kind", "written", separator="|")).to_series()
    digests = ["S" + text_hash(text) for text in keys]
    return pl.Series("statement_id", digests, pl.String)
