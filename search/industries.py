"""In which customers' industries a firm has experience: what its capability statements name beside the capability."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import ahocorasick_rs

from schemas.vocabulary import Industry
from transforms.text import is_korean

_LETTER: Final = re.compile(r"[A-Za-z0-9가-힣]")


class IndustryWords:
    """Finds the industries of `schemas/knowledge/industries.yaml` that a text names.

    A short Korean form and every Latin one must begin a word (not 소스 in 오픈소스); a Latin one must end it too.
    """

    def __init__(self, industries: Sequence[Industry]) -> None:
        forms = {_squeezed(form): entry.id for entry in industries for form in (*entry.ko, *entry.en)}
        self._forms = list(forms)
        self._ids = list(forms.values())
        self._automaton = ahocorasick_rs.AhoCorasick(self._forms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def of(self, text: str) -> set[str]:
        """Ids of all industries named."""
        squeezed = _squeezed(text)
        return {
            self._ids[number]
            for number, start, end in self._automaton.find_matches_as_indexes(squeezed)
            if _stands(squeezed, self._forms[number], start, end)
        }


def statements_by_industry(texts: Iterable[tuple[int, str]], words: IndustryWords) -> dict[str, list[int]]:
    """Per industry the numbers of the texts that name it."""
    found: dict[str, list[int]] = {}
    for number, text in texts:
        for industry in words.of(text):
            found.setdefault(industry, []).append(number)
    return found


def _squeezed(text: str) -> str:
    return re.sub(r"[\s-]+", " ", text).strip().lower()


def _stands(text: str, form: str, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    if is_korean(form):
        return len(form) > 2 or not _LETTER.fullmatch(before)
    return not _LETTER.fullmatch(before) and not re.match(r"(?!e?s\b)[A-Za-z0-9]", text[end:])
