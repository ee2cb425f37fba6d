"""The concept matcher: which capability concepts a text names, and where.

The same matcher tags statements by night and needs by day. Korean forms are matched with spaces removed,
since compounds are written together or apart at will; Latin forms as whole words, plural or not;
acronyms as whole words in capitals (in a need, which people type in lower case, in any case).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import ahocorasick_rs

from schemas.vocabulary import AmbiguousForm, Vocabulary, load_vocabulary
from transforms.text import is_korean

_SPACES: Final = re.compile(r"[\s·ㆍ・\-_/]+")
_LETTER_NAMES: Final = re.compile(
    r"(?:에이|비|씨|시|디|이|에프|지|에이치|아이|제이|케이|엘|엠|엔|오|피|큐|알|에스|티|유|브이|더블유|엑스|와이|제트)+"
)
"""Hangul names of Latin letters, by which abbreviations are spelled out (엠이에스)."""
_WORD_CHARACTER: Final = re.compile(r"[A-Za-z0-9]")


@dataclass(frozen=True, order=True)
class Mention:
    """A concept named in a text, at characters [start, end) of it."""

    start: int
    end: int
    concept: str
    form: str


@dataclass(frozen=True)
class _Form:
    """A surface form as it is looked for; `capitals` wants it in capitals in running text.

    `context` are words of which one must be in the text too, `elsewhere` words of other senses: none may be.
    """

    key: str
    concept: str
    latin: bool
    capitals: bool
    context: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    def is_meant(self, text: str) -> bool:
        """Whether this sense of the form is the one meant in the squeezed text around it."""
        if self.context:
            return any(word in text for word in self.context)
        return not any(word in text for word in self.elsewhere)


class ConceptMatcher:
    """Finds every form of a vocabulary in one pass over a text."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._variants = _Replacements(vocabulary.spelling)
        forms: dict[str, list[_Form]] = defaultdict(list)
        for form in _forms(vocabulary, self._variants):
            forms[form.key].append(form)
        self._keys = sorted(forms)
        self._forms = [forms[key] for key in self._keys]
        self._automaton = ahocorasick_rs.AhoCorasick(self._keys)

    def mentions(self, text: str, *, capitals_matter: bool = True) -> list[Mention]:
        """Every concept named in the text, longest form first where several overlap on one concept."""
        squeezed = _Squeezed(*self._variants.apply(text))
        found: dict[str, list[Mention]] = defaultdict(list)
        for position, start, end in self._automaton.find_matches_as_indexes(squeezed.text, overlapping=True):
            for form in self._forms[position]:
                if not squeezed.stands_alone(start, end, form.latin) or squeezed.is_accidental(start, end):
                    continue
                if form.capitals and capitals_matter and not squeezed.is_in_capitals(start, end):
                    continue
                if not form.is_meant(squeezed.text):
                    continue
                found[form.concept].append(Mention(*squeezed.span(start, end), form.concept, form.key))
        return sorted(mention for group in found.values() for mention in _longest(group))


@cache
def default_matcher() -> ConceptMatcher:
    return ConceptMatcher(load_vocabulary())


class _Replacements:
    """Spelling variants made canonical before matching; lengths may change, so places are tracked."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        pairs = {variant.lower(): group[0].lower() for group in groups for variant in group[1:]}
        self._map = {variant: canonical for variant, canonical in pairs.items() if variant != canonical}
        longest_first = sorted(self._map, key=lambda v: (-len(v), v))
        bounded = (rf"\b{re.escape(v)}\b" if v.isascii() else re.escape(v) for v in longest_first)
        self._pattern = re.compile("|".join(bounded), re.IGNORECASE) if self._map else None
        self._any = ahocorasick_rs.AhoCorasick(longest_first)

    def apply(self, text: str) -> tuple[str, Sequence[int]]:
        """The canonical text, and of each of its characters the place in the original."""
        unified = unicodedata.normalize("NFKC", text)
        places = range(len(unified)) if len(unified) == len(text) else _places(text, unified)
        # The pattern is slow on texts without a variant, which most are: look for any of them first.
        if self._pattern is None or not self._any.find_matches_as_indexes(unified.lower()):
            return unified, places
        parts: list[str] = []
        kept: list[int] = []
        last = 0
        for match in self._pattern.finditer(unified):
            canonical = self._map[match.group().lower()]
            inside = places[match.start() : match.end()]
            parts += [unified[last : match.start()], canonical.upper() if match.group().isupper() else canonical]
            kept += [*places[last : match.start()], *(inside[min(i, len(inside) - 1)] for i in range(len(canonical)))]
            last = match.end()
        return "".join([*parts, unified[last:]]), [*kept, *places[last:]]


class _Squeezed:
    """A text as the automaton sees it: lower case, separators removed between Hangul, one space elsewhere."""

    def __init__(self, text: str, places: Sequence[int]) -> None:
        parts: list[str] = []
        kept: list[int] = []
        last = 0
        for match in _SPACES.finditer(text):
            start, end = match.span()
            parts.append(text[last:start])
            kept += places[last:start]
            if start > 0 and end < len(text) and not (_hangul(text[start - 1]) or _hangul(text[end])):
                parts.append(" ")
                kept.append(places[start])
            last = end
        self._original = "".join([*parts, text[last:]])
        self._places = [*kept, *places[last:]]
        lowered = self._original.lower()
        self.text = lowered if len(lowered) == len(self._original) else self._original

    def stands_alone(self, start: int, end: int, latin: bool) -> bool:
        """A Latin form must be a whole word; a plural s may follow."""
        if not latin:
            return True
        if start and _WORD_CHARACTER.match(self.text[start - 1]):
            return False
        rest = self.text[end : end + 2]
        if rest[:1] == "s" and not _WORD_CHARACTER.match(rest[1:2]):
            return True
        return not _WORD_CHARACTER.match(rest[:1])

    def is_accidental(self, start: int, end: int) -> bool:
        """Whether syllables of neighbouring words meet by chance.

        So do two syllables that cross a blank and begin inside a word (설[비 전]원), a form whose last syllable alone
        lies in the next, longer word (범용 [제어 기]반), and spelled-out letters inside a longer spelling (티[엑스알]).
        """
        crossed = [at for at in range(start + 1, end) if self._places[at] > self._places[at - 1] + 1]
        if crossed and crossed[-1] == end - 1 and self._goes_on(end - 1):
            return True
        if not start or not self._goes_on(start - 1):
            return False
        if end - start == 2:
            return bool(crossed)
        return is_spelled_out(self._original[start:end]) and _ends_in_letter(self._original[:start])

    def _goes_on(self, at: int) -> bool:
        """Whether the word goes on after the syllable at this place."""
        if at + 1 >= len(self._original) or self._places[at + 1] > self._places[at] + 1:
            return False
        return _hangul(self._original[at]) and _hangul(self._original[at + 1])

    def is_in_capitals(self, start: int, end: int) -> bool:
        return self._original[start:end].upper() == self._original[start:end]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self._places[start], self._places[end - 1] + 1


def is_spelled_out(form: str) -> bool:
    """Whether a form is made of Hangul names of Latin letters and nothing else."""
    return _LETTER_NAMES.fullmatch(form) is not None


def _ends_in_letter(text: str) -> bool:
    return re.search(rf"(?:{_LETTER_NAMES.pattern})$", text) is not None


def _hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def _places(text: str, unified: str) -> list[int]:
    places = [i for i, c in enumerate(text) for _ in unicodedata.normalize("NFKC", c)]
    places += [len(text) - 1] * (len(unified) - len(places))
    return places[: len(unified)]


def _forms(vocabulary: Vocabulary, variants: _Replacements) -> Iterable[_Form]:
    ambiguous = {_key(entry.form, variants) for entry in vocabulary.ambiguous}
    for entry in vocabulary.ambiguous:
        yield from _ambiguous(entry, variants)
    for concept in vocabulary.concepts:
        short = set(concept.abbr)
        for form in {*concept.ko, *concept.en, *concept.abbr}:
            found = _form(form, concept.id, variants, capitals=form in short and len(form) <= 4)
            if found.key not in ambiguous:
                yield found


def _ambiguous(entry: AmbiguousForm, variants: _Replacements) -> Iterable[_Form]:
    """Forms of the senses that are concepts; one without context words is meant where no other sense is."""
    contexts = [tuple(_key(word, variants) for word in (*s.context_ko, *s.context_en)) for s in entry.senses]
    for sense, context in zip(entry.senses, contexts, strict=True):
        if not sense.concept:
            continue
        elsewhere = () if context else tuple(word for other in contexts for word in other)
        capitals = not context and len(entry.form) <= 4
        form = _form(entry.form, sense.concept, variants, capitals=capitals)
        yield replace(form, context=context, elsewhere=elsewhere)


def _form(form: str, concept: str, variants: _Replacements, *, capitals: bool) -> _Form:
    latin = not is_korean(form)
    return _Form(_key(form, variants), concept, latin, capitals and latin and form.isupper())


def _key(form: str, variants: _Replacements) -> str:
    return _Squeezed(*variants.apply(form)).text


def _longest(group: list[Mention]) -> list[Mention]:
    """Drop mentions of a concept inside a longer mention of the same concept."""
    return [
        m
        for m in set(group)
        if not any(o.start <= m.start and m.end <= o.end and (o.end - o.start) > (m.end - m.start) for o in group)
    ]
