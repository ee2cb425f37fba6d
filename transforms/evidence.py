"""How much a statement is worth as evidence, and the tags that only its kind of source can bear out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

import polars as pl

from schemas.vocabulary import load_vocabulary
from transforms.names import match_key
from transforms.statements import default_reader

_MANY_ITEMS: Final = 6
"""Things in one line from which on it is a bundle: a firm that names so many deals in few of them."""

_JUDGES: Final = ("identification_machine_vision", "manufacturing_bigdata_ai")
"""Fields whose technologies judge: an invention built on one of them is one of it."""


def with_classes(statements: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Statements that state something, with the kind and weight class that their text deserves.

    Empty ones are left out. A product line that is an industry's name in some register counts as one, one that is the
    firm's own name as a name, and a bundle of many things less than a line about one.
    `statements` has firm_id, text, kind and weight_class; `names` has firm_id and name.
    """
    reader = default_reader()
    texts = statements["text"].unique()
    empty = [text for text in texts if reader.is_empty(text)]
    stated = statements.filter(~pl.col("text").is_in(empty))
    lines = stated.filter(pl.col("kind") == "industry")["text"].unique()
    industries = {_line(line) for line in lines} | set(_industry_fields())
    is_line = pl.Series([text for text in texts if _is_industry_line(text, industries)], dtype=pl.String)
    own = names.select("firm_id", key=match_key(pl.col("name"))).unique()
    keyed = stated.with_columns(key=match_key(pl.col("text")))
    named = keyed.join(own.with_columns(is_name=pl.lit(True)), on=["firm_id", "key"], how="left", maintain_order="left")
    product = pl.col("kind") == "product"
    line, name = product & pl.col("text").is_in(is_line.implode()), product & pl.col("is_name").fill_null(False)
    bundle = product & (pl.col("weight_class") == "strong") & (pl.col("text").str.count_matches("[,/]") >= _MANY_ITEMS)
    return named.with_columns(
        kind=pl.when(line).then(pl.lit("industry")).when(name).then(pl.lit("firm_name")).otherwise("kind"),
        weight_class=pl.when(line)
        .then(pl.lit("weak"))
        .when(name)
        .then(pl.lit("hint"))
        .when(bundle)
        .then(pl.lit("medium"))
        .otherwise("weight_class"),
    ).drop("key", "is_name")


def with_evidence(statements: pl.DataFrame) -> pl.DataFrame:
    """Statements with concepts and fields that their kind bears out.

    General concepts give a statement its field and are no concept of it: whoever asks for a robot of one kind is not
    helped by all that call something a robot. A firm's name does not tell by them at all. An industry's name has the
    fields of `industry_lines.yaml` and no others. A patent's title keeps a concept where the classes of the invention
    lie in a field of it and the title is not about another use.
    `statements` has text, kind, ipc, concepts and fields.
    """
    special = statements.filter(pl.col("kind").is_in(["industry", "patent", "firm_name"]))
    distinct = special.select("text", "kind", "ipc", "concepts").unique(["text", "kind", "ipc"], maintain_order=True)
    found = [_borne_out(*row) for row in distinct.iter_rows()]
    tags = distinct.select("text", "kind", "ipc").with_columns(
        pl.Series("borne_concepts", [concepts for concepts, _ in found], pl.List(pl.String)),
        pl.Series("borne_fields", [fields for _, fields in found], pl.List(pl.String)),
    )
    joined = statements.join(tags, on=["text", "kind", "ipc"], how="left", nulls_equal=True, maintain_order="left")
    general = [concept.id for concept in load_vocabulary().concepts if concept.general]
    borne = pl.coalesce("borne_concepts", "concepts")
    return joined.with_columns(
        concepts=borne.list.filter(~pl.element().is_in(general)), fields=pl.coalesce("borne_fields", "fields")
    ).drop("borne_concepts", "borne_fields")


def _borne_out(text: str, kind: str, ipc: str | None, concepts: Sequence[str]) -> tuple[list[str], list[str]]:
    reader = default_reader()
    if kind == "firm_name":
        named = [concept for concept in concepts if reader.is_told_by_name(text, concept)]
        return named, list(reader.fields(named))
    if kind == "patent":
        kept = [concept for concept in concepts if _is_of_the_invention(text, ipc or "", concept)]
        return kept, list(reader.fields(kept))
    fields = sorted({field for line in _lines_in(text) for field in _industry_fields()[line]})
    return [concept for concept in concepts if not set(fields).isdisjoint(reader.fields([concept]))], fields


def _is_of_the_invention(text: str, ipc: str, concept: str) -> bool:
    """Whether the invention is the technology, and for factories."""
    reader = default_reader()
    main = load_vocabulary().concept[concept].fields[0]
    if reader.is_for_others(text) or (main not in _JUDGES and reader.is_only_means(text, concept)):
        return False
    if main == "manufacturing_bigdata_ai" and not reader.is_for_factories(text):
        return False
    symbols = [symbol.strip()[:4] for symbol in ipc.split("|") if symbol.strip()]
    return not symbols or any(_fields_by_class().get(symbol) for symbol in symbols)


@cache
def _fields_by_class() -> dict[str, frozenset[str]]:
    """Per IPC subclass the fields of its inventions."""
    return {entry.code: frozenset(entry.fields) for entry in load_vocabulary().ipc}


@cache
def _industry_fields() -> dict[str, list[str]]:
    """Per squeezed name of an industry the fields that most of its firms sell in."""
    return {_line(name): line.fields for line in load_vocabulary().industry_lines for name in line.names}


def _lines_in(text: str) -> list[str]:
    """Names of industries with fields that the text is, or one after the other is made of."""
    squeezed = _line(text)
    if squeezed in _industry_fields():
        return [squeezed]
    return [name for name in _industry_fields() if f"업{name}" in f"업{squeezed}"]


def _is_industry_line(text: str, industries: set[str]) -> bool:
    """Whether the text is one or more names of industries, and nothing else."""
    if not text.endswith(("업", "제조")):
        return False
    squeezed = _line(text)
    ends = [0]
    for end in (match.end() for match in re.finditer("업", squeezed)):
        if any(squeezed[start:end] in industries for start in ends):
            ends.append(end)
    return ends[-1] == len(squeezed)


def _line(text: str) -> str:
    """An industry's name as names are compared: without what it leaves out, blanks and punctuation."""
    return _squeezed(text.split(";")[0]).removesuffix("업") + "업"


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
