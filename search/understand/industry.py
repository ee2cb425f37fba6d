"""Who asks: the industry of the buyer's own works, kept apart from what is sought."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import ahocorasick_rs

from schemas.vocabulary import Industry
from transforms.text import is_korean

_SITE: Final = re.compile(
    r"^[^,.?!]{0,6}?(?:공장|업체|회사|업(?![가-힣])|제조|생산|만드|만들|하는\s*(?:곳|데)|집|농장|라인|현장|인데|입니다|에서)|"
    r"^\s*(?:plant|factory|maker|manufacturer|producer|company|shop|line|site|mill|works|processor|"
    r"industry|business)",
    re.I,
)
_OURS: Final = re.compile(
    r"(?:우리|저희|당사|자사|우린|저흰)[^,.?!]{0,10}$|\b(?:we|our|we're|i run|i own|at a|at an|at the|for a|for an|"
    r"in a|in an)\s+(?:\w+\s+){0,3}$",
    re.I,
)


_WORD_ENDS: Final = re.compile(r"(?:s|es)?(?![A-Za-z0-9])")


@dataclass(frozen=True)
class NamedIndustry:
    """An industry named at [start, end) of a text."""

    id: str
    start: int
    end: int


class IndustryFinder:
    """Finds industries by the words of `schemas/knowledge/industries.yaml`; blanks inside a word do not matter."""

    def __init__(self, industries: Sequence[Industry]) -> None:
        forms = {_squeezed(form)[0]: entry.id for entry in reversed(industries) for form in (*entry.ko, *entry.en)}
        self._forms = sorted(forms)
        self._ids = [forms[form] for form in self._forms]
        self._automaton = ahocorasick_rs.AhoCorasick(self._forms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def find(self, text: str) -> list[NamedIndustry]:
        """All industries named, in order of the text."""
        squeezed, places = _squeezed(text)
        found = []
        for form, start, end in self._automaton.find_matches_as_indexes(squeezed):
            first, last = places[start], places[end - 1] + 1
            if _is_whole(text, first, last, self._forms[form]):
                found.append(NamedIndustry(self._ids[form], first, last))
        return found

    @staticmethod
    def of_asker(text: str, named: Sequence[NamedIndustry]) -> str | None:
        """The industry of who asks: one said to be theirs, or a place of work, before one just named."""

        def rank(industry: NamedIndustry) -> int:
            ours = _OURS.search(text[: industry.start]) is not None
            works = _SITE.search(text[industry.end :]) is not None
            return -2 * ours - works

        return min(named, key=rank).id if named else None


def _squeezed(text: str) -> tuple[str, list[int]]:
    """The text in lower case without blanks and hyphens, and the place of each character in the original."""
    kept = [(c.lower(), i) for i, c in enumerate(text) if not (c.isspace() or c == "-") and len(c.lower()) == 1]
    return "".join(c for c, _ in kept), [i for _, i in kept]


def _is_whole(text: str, start: int, end: int, form: str) -> bool:
    """A Latin form is a word, plural or not; a short Hangul form begins one."""
    before = text[start - 1 : start]
    if is_korean(form):
        return len(form) > 2 or not is_korean(before)
    return not (before.isascii() and before.isalnum()) and _WORD_ENDS.match(text, end) is not None
