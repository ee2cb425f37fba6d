"""The words of a need that are worth looking for in statements: what the lexical leg of a search gets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from search.query import LexicalQuery, TermGroup
from transforms.text import run_tokens, tokens, without_josa, words

Span = tuple[int, int]

NAMED_BOOST: Final = 2.0
BACKGROUND_BOOST: Final = 0.3
_SHARE_TO_MEET: Final = 0.6

# Words that say that somebody wants something, and from whom; no statement of a firm is about them.
_EMPTY_KO: Final = (
    "업체",
    "회사",
    "기업",
    "공급사",
    "전문",
    "찾",
    "구합",
    "구해",
    "추천",
    "부탁",
    "원합",
    "원해",
    "싶",
    "필요",
    "알려",
    "소개",
    "있나",
    "있을까",
    "있는",
    "있습",
    "없나",
    "없을까",
    "하는",
    "하고",
    "되는",
    "되나",
    "되게",
    "해주",
    "해줄",
    "할수",
    "수있",
    "합니다",
    "입니다",
    "습니다",
    "인데",
    "는데",
    "우리",
    "저희",
    "어디",
    "어떻게",
    "무엇",
    "뭐가",
    "이런",
    "그런",
    "같은",
    "정도",
    "때문",
    "그래서",
    "그리고",
    "하지만",
    "너무",
    "자꾸",
    "계속",
    "매번",
    "가능",
    "문의",
    "견적",
    "도입",
    "구축",
    "근처",
    "지역",
)
_WORDS_EN: Final = """
a all also an and any anybody anyone anything are at based be been best but by can companies company
could did do does doesn don each every find finds firm firms for from get gets good got had has have
he help here how i if in into is isn it its just keep keeps like located look looking made make
makes my near need needed needs no not of off on one ones only or other our out over please provider
seek seeking she should so some somebody someone something still supplier suppliers than that the
their them then there these they this those to too up us use uses using vendor vendors very want
wants was way ways we were what when where which who why will with without would yes you your
"""
_PARTICLE: Final = 2
_FOR_WHOM: Final = re.compile(r"\bfor (?:an?|our|my|the)\b[^.?!]*$", re.I)
_KIND_OF_THING: Final = re.compile(
    r"systems?|software|solutions?|programs?|platforms?|tools?|plain|그냥|이제|좀|바로|(?:시스템|솔루션|프로그램|플랫폼)[가-힣]{0,2}",
    re.I,
)
_EMPTY_EN: Final = frozenset(_WORDS_EN.split())


def lexical_query(
    text: str, forms: Mapping[Span, Sequence[str]], leave_out: Iterable[Span] = (), background: Iterable[Span] = ()
) -> LexicalQuery:
    """Analysed tokens with boosts, and when a statement matches.

    `forms` has for each named place of the text the surface forms of what it names: any of them, and what is
    typed, meets that group. Words inside `leave_out` (constraints, negations) are neither scored nor asked for;
    those of `background` (the asker's industry) are scored a little and not asked for.
    """
    hidden, behind = list(leave_out), list(background)
    weights: dict[str, float] = {}
    groups: list[TermGroup] = []
    beside: list[TermGroup] = []
    for place, surface in sorted(forms.items()):
        # As typed too: 생산 장비 is a form with a blank that 생산장비 has not, and statements may have either.
        typed = text[place[0] : place[1]]
        alternatives = tuple(dict.fromkeys(found for form in (*surface, typed) if (found := tuple(tokens(form)))))
        if not alternatives:
            continue
        groups.append(TermGroup(alternatives))
        for token in tokens(typed):
            weights[token] = max(weights.get(token, 0.0), NAMED_BOOST)
    for run, start, end in words(text):
        if _overlaps(start, end, hidden) or is_empty_word(run):
            continue
        stem = without_josa(run)
        found = run_tokens(stem)
        known = _overlaps(start, end, behind)
        for token in found:
            weights.setdefault(token, BACKGROUND_BOOST if known else 1.0)
        if not _overlaps(start, end, list(forms)) and (len(stem) > 1 or not stem.isascii()):
            (beside if known else groups).append(TermGroup((found,)))
    return LexicalQuery(weights, tuple(groups), _minimum(len(groups)), tuple(beside))


def named_share(text: str, named: Iterable[Span]) -> float:
    """Share of the characters of a text's content words that are within the named places, in [0, 1]."""
    places = list(named)
    content = [(start, end) for run, start, end in words(text) if not is_empty_word(run)]
    letters = sum(end - start for start, end in content)
    inside = sum(any(a <= i < b for a, b in places) for start, end in content for i in range(start, end))
    return inside / letters if letters else 0.0


def only_names(text: str, named: Iterable[Span]) -> bool:
    """Whether a text is the name of a technology and nothing else that matters: `MES`, `need SCADA`, `MES system for a
    small press shop`.
    """
    places = list(named)
    tail = _FOR_WHOM.search(text)
    end = tail.start() if tail else len(text)
    ends = {b for _, b in places}
    content = [
        (a, b)
        for run, a, b in words(text[:end])
        if not (is_empty_word(run) or _KIND_OF_THING.fullmatch(run) or (a in ends and b - a <= _PARTICLE))
    ]
    return bool(places and content) and all(_overlaps(a, b, places) for a, b in content)


def _minimum(groups: int) -> int:
    """All of one or two words, most of more."""
    return groups if groups <= 2 else max(2, round(groups * _SHARE_TO_MEET))


def is_empty_word(run: str) -> bool:
    if run.isascii():
        return run in _EMPTY_EN
    return any(run.startswith(word) for word in _EMPTY_KO)


def _overlaps(start: int, end: int, places: Sequence[Span]) -> bool:
    return any(start < b and a < end for a, b in places)
