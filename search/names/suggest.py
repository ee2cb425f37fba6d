"""Suggestions while typing: fields, concepts and firms, also by initial consonants (ㅁㅅㅂㅈ for 머신비전)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.vocabulary import Vocabulary
from search.snapshot.columns import SnapshotColumns

_INITIALS: Final = {chr(0x1100 + at): letter for at, letter in enumerate("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")}
_REST_OF_SYLLABLE: Final = "[\u1161-\u1175\u11a8-\u11c2]"
_COMPOUND: Final = {
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
} | {"ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"}
"""Consonants that a keyboard driver joins while somebody types initials: ㄹㅂ (로봇) arrives as ㄼ."""
_LEGAL_FORMS: Final = dict.fromkeys(("(주)", "주식회사", "㈜", "(유)", "유한회사"), "")
_ENTRY: Final = {"rank": pl.Int8, "kind": pl.String, "id": pl.String, "text": pl.String}
_LOOKED_AT: Final = 256


@dataclass(frozen=True)
class Suggestion:
    kind: str
    id: str
    text: str


class Suggester:
    """Prefix search over names in sorted order; forms of the vocabulary come before firms."""

    def __init__(self, columns: SnapshotColumns, vocabulary: Vocabulary) -> None:
        firms = columns.firms.select(rank=pl.lit(2, pl.Int8), kind=pl.lit("firm"), id="firm_id", text="name")
        known = pl.concat([_of_vocabulary(vocabulary), firms])
        self._entries = known.sort("rank", pl.col("text").str.len_chars(), "text", "id")
        keys = self._entries.select(plain=squeezed(pl.col("text"))).with_columns(initials=initials(pl.col("plain")))
        places = pl.int_range(pl.len(), dtype=pl.UInt32)
        again = keys.select("initials", place=places).filter(keys["initials"] != keys["plain"])
        table = pl.concat([keys.select(key="plain", place=places), again.rename({"initials": "key"})]).sort("key")
        self._keys, self._places = table["key"], table["place"].to_numpy()

    def suggest(self, typed: str, limit: int = 8) -> list[Suggestion]:
        """What begins like `typed`, shortest first within a kind; nothing for an empty text."""
        prefix = str(pl.select(squeezed(pl.lit(typed))).item())
        if not prefix:
            return []
        start, end = (self._keys.search_sorted(text, "left") for text in (prefix, prefix + "\U0010ffff"))
        places = self._places[start:end]
        # One thing has several forms and two keys a form: more than are shown are looked at, all where that is too few.
        few = places[places <= np.partition(places, _LOOKED_AT)[_LOOKED_AT]] if len(places) > _LOOKED_AT else places
        found = self._distinct(few)
        if len(found) < limit and len(few) < len(places):
            found = self._distinct(places)
        return found[:limit]

    def _distinct(self, places: npt.NDArray[np.uint32]) -> list[Suggestion]:
        """The first entry of each thing, in order."""
        entries = self._entries[np.unique(places)].unique("id", keep="first", maintain_order=True)
        return [Suggestion(**entry) for entry in entries.select("kind", "id", "text").iter_rows(named=True)]


def squeezed(text: pl.Expr) -> pl.Expr:
    """A text without legal forms, blanks and case."""
    # NFC, not NFKC: that would turn typed initial consonants into letters that no keyboard writes.
    plain = text.str.replace_many(_LEGAL_FORMS).str.normalize("NFC").str.to_lowercase()
    return plain.str.replace_all(r"\s+", "").str.replace_many(_COMPOUND)


def initials(text: pl.Expr) -> pl.Expr:
    """Initial consonants of the Hangul syllables of a text; other characters stay."""
    return (
        text.str.normalize("NFD")
        .str.replace_all(_REST_OF_SYLLABLE, "")
        .str.replace_many(_INITIALS)
        .str.normalize("NFC")
    )


def _of_vocabulary(vocabulary: Vocabulary) -> pl.DataFrame:
    fields = [(0, "field", field.id, name) for field in vocabulary.fields for name in (field.short_ko, field.short_en)]
    concepts = [
        (1, "concept", concept.id, form)
        for concept in vocabulary.concepts
        for form in (*concept.ko[:4], *concept.en[:3], *concept.abbr)
    ]
    return pl.DataFrame([*fields, *concepts], schema=_ENTRY, orient="row")
