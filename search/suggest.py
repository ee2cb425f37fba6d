"""Suggestions while typing: fields, concepts and firms, also by initial consonants (ㅁㅅㅂㅈ for 머신비전)."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas.vocabulary import Vocabulary
from search.columns import SnapshotColumns

_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_SYLLABLES_PER_INITIAL: Final = 588
_COMPOUND: Final = str.maketrans(
    {"ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ"}
    | {"ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"}
)
"""Consonants that a keyboard driver joins while somebody types initials: ㄹㅂ (로봇) arrives as ㄼ."""
_LEGAL_FORMS: Final = ("(주)", "주식회사", "㈜", "(유)", "유한회사")


@dataclass(frozen=True)
class Suggestion:
    kind: str
    id: str
    text: str


class Suggester:
    """Prefix search over names in sorted order; forms of the vocabulary come before firms."""

    def __init__(self, columns: SnapshotColumns, vocabulary: Vocabulary) -> None:
        known = [*_of_vocabulary(vocabulary), *_of_firms(columns)]
        entries = {(key, rank, s.id): s for rank, s in known for key in _keys(s.text)}
        ordered = sorted(entries.items())
        self._keys = [key for (key, _, _), _ in ordered]
        self._entries = [(rank, suggestion) for (_, rank, _), suggestion in ordered]

    def suggest(self, typed: str, limit: int = 8) -> list[Suggestion]:
        """What begins like `typed`, shortest first within a kind; nothing for an empty text."""
        prefix = _squeezed(typed)
        if not prefix:
            return []
        start = bisect_left(self._keys, prefix)
        end = bisect_left(self._keys, prefix + "\U0010ffff", lo=start)
        found = sorted(self._entries[start:end], key=lambda entry: (entry[0], len(entry[1].text), entry[1].text))
        return list({suggestion.id: suggestion for _, suggestion in found}.values())[:limit]


def initials(text: str) -> str:
    """Initial consonants of the Hangul syllables of a text; other characters stay."""
    return "".join(_INITIALS[(ord(c) - ord("가")) // _SYLLABLES_PER_INITIAL] if "가" <= c <= "힣" else c for c in text)


def _of_vocabulary(vocabulary: Vocabulary) -> Iterable[tuple[int, Suggestion]]:
    for field in vocabulary.fields:
        yield from ((0, Suggestion("field", field.id, name)) for name in (field.short_ko, field.short_en))
    for concept in vocabulary.concepts:
        yield from (
            (1, Suggestion("concept", concept.id, form)) for form in (*concept.ko[:4], *concept.en[:3], *concept.abbr)
        )


def _of_firms(columns: SnapshotColumns) -> Iterable[tuple[int, Suggestion]]:
    for firm_id, name in columns.firms.select("firm_id", "name").iter_rows():
        yield 2, Suggestion("firm", firm_id, name)


def _keys(text: str) -> set[str]:
    plain = _squeezed(text)
    return {plain, initials(plain)}


def _squeezed(text: str) -> str:
    for form in _LEGAL_FORMS:
        text = text.replace(form, "")
    # NFC, not NFKC: that would turn typed initial consonants into letters that no keyboard writes.
    return "".join(unicodedata.normalize("NFC", text).lower().split()).translate(_COMPOUND)
