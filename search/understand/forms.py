"""Finding listed words in a text, however they are spaced."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import ahocorasick_rs

from transforms.text import is_korean

_WORD_ENDS: Final = re.compile(r"(?:s|es)?(?![A-Za-z0-9])")


class FormFinder:
    """Finds the forms of ids; blanks, hyphens and letter case do not matter. Safe to share between threads."""

    def __init__(self, forms: Iterable[tuple[str, str]], *, inside_words: int) -> None:
        """`forms` are pairs of a form and its id, the first id of a form counts; a Hangul form of at least
        `inside_words` syllables may be inside a word, a shorter one begins it.
        """
        ids: dict[str, str] = {}
        for form, name in forms:
            ids.setdefault(_squeezed(form)[0], name)
        self._forms = sorted(ids)
        self._ids = [ids[form] for form in self._forms]
        self._inside_words = inside_words
        self._automaton = ahocorasick_rs.AhoCorasick(self._forms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def find(self, text: str) -> list[tuple[str, int, int]]:
        """Ids with their places [start, end), in order of the text; of forms that overlap the longest."""
        squeezed, places = _squeezed(text)
        found = []
        for form, start, end in self._automaton.find_matches_as_indexes(squeezed):
            first, last = places[start], places[end - 1] + 1
            if self._is_whole(text, first, last, self._forms[form]):
                found.append((self._ids[form], first, last))
        return found

    def _is_whole(self, text: str, start: int, end: int, form: str) -> bool:
        """A Latin form is a word, plural or not; a short Hangul form begins one."""
        before = text[start - 1 : start]
        if is_korean(form):
            return len(form) >= self._inside_words or not is_korean(before)
        return not (before.isascii() and before.isalnum()) and _WORD_ENDS.match(text, end) is not None


def _squeezed(text: str) -> tuple[str, list[int]]:
    """The text in lower case without blanks and hyphens, and the place of each character in the original."""
    kept = [(c.lower(), i) for i, c in enumerate(text) if not (c.isspace() or c == "-") and len(c.lower()) == 1]
    return "".join(c for c, _ in kept), [i for _, i in kept]
