"""In which customers' industries a firm has experience: what its capability statements name beside the capability."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import ahocorasick_rs
import polars as pl

from schemas.vocabulary import Industry
from transforms.text import is_korean

_LETTER: Final = re.compile(r"[A-Za-z0-9가-힣]")
_BLANKS: Final = r"[\s-]+"


class IndustryWords:
    """Finds the industries of `schemas/knowledge/industries.yaml` that a text names.

    A short Korean form and every Latin one must begin a word (not 소스 in 오픈소스); a Latin one must end it too.
    """

    def __init__(self, industries: Sequence[Industry]) -> None:
        forms = {_squeezed(form): entry.id for entry in industries for form in (*entry.ko, *entry.en)}
        self.forms = list(forms)
        self._ids = list(forms.values())
        self._automaton = ahocorasick_rs.AhoCorasick(self.forms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def of(self, text: str) -> set[str]:
        """Ids of all industries named."""
        squeezed = _squeezed(text)
        return {
            self._ids[number]
            for number, start, end in self._automaton.find_matches_as_indexes(squeezed)
            if _stands(squeezed, self.forms[number], start, end)
        }


def naming_an_industry(texts: pl.Series, words: IndustryWords) -> pl.DataFrame:
    """The industries that texts name: columns `row`, the position of the text, and `industry`, one of its."""
    squeezed = texts.str.replace_all(_BLANKS, " ").str.to_lowercase()
    # Most texts have no form in them at all, and are told apart without Python.
    rows = squeezed.str.contains_any(words.forms).arg_true()
    found = [(row, industry) for row, text in zip(rows, texts.gather(rows), strict=True) for industry in words.of(text)]
    return pl.DataFrame(found, schema={"row": pl.UInt32, "industry": pl.String}, orient="row")


def _squeezed(text: str) -> str:
    return re.sub(_BLANKS, " ", text).strip().lower()


def _stands(text: str, form: str, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    if is_korean(form):
        return len(form) > 2 or not _LETTER.fullmatch(before)
    return not _LETTER.fullmatch(before) and not re.match(r"(?!e?s\b)[A-Za-z0-9]", text[end:])
