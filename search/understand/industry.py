"""Who asks: the industry of the buyer's own works, kept apart from what is sought."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.vocabulary import Industry
from search.understand.forms import FormFinder

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


@dataclass(frozen=True)
class NamedIndustry:
    """An industry named at [start, end) of a text."""

    id: str
    start: int
    end: int


class IndustryFinder:
    """Finds industries by the words of `schemas/knowledge/industries.yaml`; blanks inside a word do not matter."""

    def __init__(self, industries: Sequence[Industry]) -> None:
        forms = ((form, entry.id) for entry in industries for form in (*entry.ko, *entry.en))
        self._forms = FormFinder(forms, inside_words=3)

    def find(self, text: str) -> list[NamedIndustry]:
        """All industries named, in order of the text."""
        return [NamedIndustry(*found) for found in self._forms.find(text)]

    @staticmethod
    def of_asker(text: str, named: Sequence[NamedIndustry]) -> str | None:
        """The industry of who asks: one said to be theirs, or a place of work, before one just named."""

        def rank(industry: NamedIndustry) -> int:
            ours = _OURS.search(text[: industry.start]) is not None
            works = _SITE.search(text[industry.end :]) is not None
            return -2 * ours - works

        return min(named, key=rank).id if named else None
