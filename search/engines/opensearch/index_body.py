"""What an OpenSearch index of ours looks like: its mapping comes from the declared columns.

Beside what our own queries need (`tokens`, `vector`, `row`, `firm_row`) it holds every column of a
statement in readable form, with Korean analysis by nori, for those who query the index themselves.
"""

from __future__ import annotations

import re
from typing import Any, Final

import dataframely as dy
import polars as pl

from schemas.gold import Capabilities, Firms
from schemas.vocabulary import load_vocabulary
from search.engines.base import BM25_B, BM25_K1

READABLE: Final = ("text", "name")
"""String columns that are read as language; the others are codes and names of things, searched whole."""

_PREFIXED: Final = (
    "비파괴",
    "비접촉",
    "비전도",
    "무인",
    "무선",
    "무정전",
    "무균",
    "미세",
    "초음파",
    "초정밀",
    "고정밀",
    "전수",
)
"""Words whose first syllable carries the meaning; nori alone would cut it off."""

_STOP_TAGS: Final = (
    # nori's own list without XPN: a prefix such as 비- (non-) or 무- (un-) turns a word into its opposite.
    "EP", "EF", "EC", "ETN", "ETM", "IC", "JKS", "JKC", "JKG", "JKO", "JKB", "JKV", "JKQ", "JX", "JC", "MAG",
    "MAJ", "MM", "SP", "SSC", "SSO", "SC", "SE", "XSA", "XSN", "XSV", "UNA", "NA", "VSV",
)  # fmt: skip
_CODE: Final = {"type": "keyword", "ignore_above": 8191}
"""A longer value is stored but not searched: Lucene would refuse the whole statement for it."""
_LINKS: Final = 24
_EFFORT: Final = 128
"""Of the graph of vectors: links of a point, and candidates looked at for them (docs/benchmarks.md)."""

_HANGUL_WORD: Final = re.compile(r"^[가-힣]{2,}$")


def index_body(columns: pl.DataFrame, dimensions: int, *, shards: int, meta: dict[str, Any]) -> dict[str, Any]:
    """Settings and mapping of an index for statements with these columns and vectors of that length."""
    return {
        "settings": {
            "number_of_shards": shards,
            # Nobody reads while it is loaded, and nobody writes after: copies and refreshes are wasted work.
            "number_of_replicas": 0,
            "refresh_interval": "-1",
            "translog.durability": "async",
            "index.knn": True,
            "similarity": {"default": {"type": "BM25", "k1": BM25_K1, "b": BM25_B}},
            "analysis": _analysis(),
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": meta,
            # Tokens are for searching; the statement itself is in `text`.
            "_source": {"excludes": ["tokens"]},
            "properties": {
                **_own(dimensions),
                **{name: _property(name, columns[name].dtype) for name in columns.columns},
            },
        },
    }


def _own(dimensions: int) -> dict[str, Any]:
    """`vector` is compared one by one; `text_vector` has the graph, and only one statement of each text has it: a graph
    falls apart where hundreds of its points are one and the same.
    """
    return {
        "row": {"type": "integer"},
        "firm_row": {"type": "integer"},
        "tokens": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
        "vector": _vectors(dimensions) | {"index": False},
        "text_vector": _vectors(dimensions, m=_LINKS, ef_construction=_EFFORT),
    }


def _vectors(dimensions: int, **parameters: int) -> dict[str, Any]:
    method = {"name": "hnsw", "engine": "lucene", "space_type": "innerproduct", "parameters": parameters}
    return {"type": "knn_vector", "dimension": dimensions, "method": method}


def _property(name: str, given: pl.DataType) -> dict[str, Any]:
    """How a column is indexed: by its declaration where it has one, else by the type it came with."""
    declared = Capabilities.columns().get(name) or Firms.columns().get(name)
    dtype = declared.dtype if isinstance(declared, dy.Column) else given
    if name in READABLE:
        return {
            "type": "text",
            "fields": {"nori": {"type": "text", "analyzer": "korean"}, "keyword": _CODE},
        }
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    if inner == pl.Date:
        return {"type": "date", "format": "strict_date"}
    if inner == pl.Boolean:
        return {"type": "boolean"}
    if inner.is_integer():
        return {"type": "long"}
    if inner.is_float():
        return {"type": "double"}
    return _CODE


def _analysis() -> dict[str, Any]:
    return {
        "tokenizer": {
            "korean_words": {
                "type": "nori_tokenizer",
                "decompound_mode": "mixed",
                "user_dictionary_rules": dictionary_rules(),
            }
        },
        "filter": {"korean_parts": {"type": "nori_part_of_speech", "stoptags": list(_STOP_TAGS)}},
        "analyzer": {
            "korean": {
                "type": "custom",
                "tokenizer": "korean_words",
                "filter": ["korean_parts", "nori_readingform", "lowercase"],
            }
        },
    }


def dictionary_rules() -> list[str]:
    """Nori's user dictionary: words kept whole, and compounds of the knowledge base with their parts.

    A compound written without spaces takes its parts from the terms that are written with spaces, so that
    비파괴검사 is found by itself, by 비파괴 and by 검사.
    """
    forms = [form for concept in load_vocabulary().concepts for form in concept.ko]
    parts = {word for form in forms if " " in form for word in form.split() if _HANGUL_WORD.match(word)}
    parts |= set(_PREFIXED)
    compounds = {form: split_compound(form, parts) for form in forms if _HANGUL_WORD.match(form)}
    rules = {f"{form} {' '.join(found)}" for form, found in compounds.items() if len(found) > 1}
    return sorted(rules | set(_PREFIXED))


def split_compound(word: str, parts: set[str]) -> list[str]:
    """The fewest of `parts` that a word is put together from; the word itself where that cannot be."""
    best: list[list[str] | None] = [[], *([None] * len(word))]
    for end in range(2, len(word) + 1):
        for start in range(end - 1):
            before = best[start]
            if before is not None and word[start:end] in parts and word[start:end] != word:
                found = [*before, word[start:end]]
                if best[end] is None or len(found) < len(best[end] or []):
                    best[end] = found
    return best[-1] or [word]
