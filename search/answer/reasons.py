"""Why a statement is quoted: reasons that quote only what was typed, each checked against both texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from schemas.vocabulary import Vocabulary
from search.answer.messages import say
from search.query import Need, Span
from search.understand.wording import is_empty_word
from transforms.concepts import ConceptMatcher, Mention
from transforms.text import folded, is_korean, without_josa, words

ReasonKind = Literal["typed", "concept", "translation", "resembles", "name"]
_SHORTEST_TYPED: Final = 2
"""Syllables or letters: a single one occurs in any text."""
_MOST_TYPED: Final = 3

Place = tuple[int, int]


@dataclass(frozen=True)
class Reason:
    """A reason in words; `need` is the place [from, to) in the need that it quotes, None where it quotes nothing."""

    kind: ReasonKind
    need: Place | None
    text: str

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "need": list(self.need) if self.need else None, "text": self.text}


@dataclass(frozen=True)
class Typed:
    """A word of the need that stands in a statement: its place in each."""

    need: Place
    statement: Place


class ReasonWriter:
    """Writes the reasons of the statements of one answered need, in one language.

    `concepts` are those that state the need, by the concept of the need that each is or is a kind of.
    """

    def __init__(
        self,
        need: Need,
        vocabulary: Vocabulary,
        matcher: ConceptMatcher,
        concepts: Mapping[str, str],
        language: str,
    ) -> None:
        self._need = need
        self._vocabulary = vocabulary
        self._matcher = matcher
        self._concepts = concepts
        self._language = language
        self._typed_words = _content_words(need)
        self._spans = {span.id: span for span in reversed(need.of_role("want")) if span.kind == "concept"}

    def typed(self, text: str) -> list[Typed]:
        """Words of the need that stand in a statement as they were typed; Latin ones as whole words, in any case."""
        lowered = folded(text)
        found = []
        for word, place in self._typed_words:
            at = _find(lowered, word)
            if at is not None:
                found.append(Typed(place, (at, at + len(word))))
        return found

    def named(self, text: str, concepts: Sequence[str]) -> list[Mention]:
        """Mentions in a statement of the concepts that state the need."""
        if not self._concepts.keys() & set(concepts):
            return []
        return [m for m in self._matcher.mentions(text) if m.concept in self._concepts]

    def reasons(self, text: str, typed: Sequence[Typed], named: Sequence[Mention]) -> list[Reason]:
        """Of one statement: words typed, then concepts named; empty where neither is there."""
        found = [self._typed_reason(item) for item in typed[:_MOST_TYPED]]
        quoted = {item.need for item in typed}
        for mention in named:
            span = self._spans.get(self._concepts[mention.concept])
            if span is not None and any(a <= span.start and span.end <= b for a, b in quoted):
                continue
            found.append(self._concept_reason(span, mention, text[mention.start : mention.end]))
        return list({reason.text: reason for reason in found}.values())

    def resembles(self, fields: Sequence[str], kind: str) -> Reason:
        """Of a statement that quotes nothing of the need: the field it shares with it, or likeness alone.

        `kind` is the statement's, since the line of an industry and a firm's name state no work.
        """
        shared = [f for f in self._need.meant if f in fields] if self._need.answerable else []
        if shared:
            name = self._vocabulary.field[shared[0]].short(self._language)
            key = {"industry": "reason.industry", "firm_name": "reason.firm_name"}.get(kind, "reason.field")
            return Reason("resembles", None, say(key, self._language, name=name))
        return Reason("resembles", None, say("reason.meaning", self._language))

    def _typed_reason(self, item: Typed) -> Reason:
        word = self._need.text[slice(*item.need)]
        return Reason("typed", item.need, say("reason.typed", self._language, word=word))

    def _concept_reason(self, span: Span | None, mention: Mention, theirs: str) -> Reason:
        if span is None:
            name = self._vocabulary.concept[self._concepts[mention.concept]].name(self._language)
            text = say("reason.inferred", self._language, name=name, theirs=theirs)
            return Reason("resembles", None, text)
        kind: ReasonKind = "concept" if is_korean(span.text) == is_korean(theirs) else "translation"
        text = say(f"reason.{kind}", self._language, word=span.text, theirs=theirs)
        return Reason(kind, (span.start, span.end), text)


def _content_words(need: Need) -> list[tuple[str, Place]]:
    """Words of the need that may be quoted, folded and without particles, each with its place; the longest first.

    A wanted span is quoted as a whole. Words of what is not wanted, there already or a condition are not quoted.
    """
    whole = [(folded(s.text), (s.start, s.end)) for s in need.of_role("want", "hurts") if s.kind == "concept"]
    closed = [(s.start, s.end) for s in need.spans if s.role not in ("want", "hurts", "about_asker")]
    found = {place: text for text, place in whole}
    for run, start, end in words(need.text):
        stem = without_josa(run)
        if is_empty_word(run) or len(stem) < _SHORTEST_TYPED or stem.isdigit():
            continue
        if any(start < b and a < end for a, b in [*closed, *found]):
            continue
        found[(start, start + len(stem))] = stem
    return sorted(((text, place) for place, text in found.items()), key=lambda item: (-len(item[0]), item[1]))


def _find(text: str, word: str) -> int | None:
    """Where a word stands in a folded text; a Latin one must be whole."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if is_korean(word) or not ((before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum())):
            return at
        at = text.find(word, at + 1)
    return None
