"""Cues: the words around a span that say which role it has. They are data (`schemas/knowledge/cues/*.yaml`).

A cue has phrases in a small pattern language, the side of the span on which they stand, and what may stand between.

* A blank in a phrase may be missing in Korean and is at least one blank in English.
* `(a|b)` is a choice, and `?` behind it makes it optional. `~` is the rest of a word, `#` a number, and `…` up to six
  words (in Korean 30 characters) within a clause. `^` and `$` are the start and the end of the sentence.
* `{name}` is a class of words, listed under `classes` of the same files; `{modifiers}` is up to four English words
  before a noun, none of which is a preposition, a conjunction or a form of `to be`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from schemas.vocabulary import KNOWLEDGE_FOLDER

CUES_FOLDER: Final = KNOWLEDGE_FOLDER / "cues"
_SENTENCE_END: Final = re.compile(r"[.?!\n;]+(?=\s|$)|[.?!]+$")
_REACH: Final = 70
"""Characters on each side of a span that a cue is looked for in."""

_WORDS_BETWEEN: Final = {"ko": r"[^.,?!;\n]{0,30}?", "en": r"(?:[^\s.,?!;]+\s+){0,6}?"}
_WORD_STARTS: Final = r"(?:(?<![A-Za-z])|(?![A-Za-z]))"
_MODIFIERS: Final = (
    r"(?:(?!(?:for|of|on|in|at|from|to|that|which|with|by|and|or|but|so|when|where|before|after|without|not|no|is|are)\b)"
    r"[^\s.?!;:]*[^\s.,?!;:]\s+){0,4}?"
)
_NUMBER: Final = r"\d[\d,.]*"
_REST_OF_WORD: Final = r"[가-힣A-Za-z'-]*"


class Cue(BaseModel):
    """One entry of the cue files.

    `side` says where the phrases stand: `after` or `before` the span, or in the `span` itself. `between` names the
    class of words that may stand between the span and the phrase, or `anything` within the clause. `unless` are
    phrases which, directly behind the cue, cancel it. `when` are phrases of which one must be in the sentence as well,
    `never` phrases of which none may be. `holds` and `fails` are example sentences, the span in brackets.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    role: str
    language: Literal["ko", "en"]
    side: Literal["after", "before", "span"]
    say: list[str]
    between: str = ""
    unless: list[str] = Field(default_factory=list)
    when: list[str] = Field(default_factory=list)
    never: list[str] = Field(default_factory=list)
    applies: list[str] = Field(default_factory=list)
    strength: int = 0
    holds: list[str]
    fails: list[str]


@dataclass(frozen=True)
class Match:
    """A cue that holds for a span, and the characters [start, end) of the text that say so."""

    cue: str
    role: str
    start: int
    end: int
    strength: int

    def nearer(self, start: int, end: int) -> tuple[int, int, int]:
        """Sort key: strength first, then the longer phrase, then the smaller distance to the span [start, end)."""
        distance = self.start - end if self.start >= end else start - self.end
        return (-self.strength, -(self.end - self.start), max(distance, 0))


@dataclass(frozen=True)
class _Compiled:
    cue: Cue
    pattern: re.Pattern[str]
    when: re.Pattern[str] | None
    never: re.Pattern[str] | None


class CueReader:
    """Finds the cues that hold for spans of a text. Safe to share between threads.

    Raises ValueError naming the cue whose phrase cannot be read.
    """

    def __init__(self, cues: Sequence[Cue], classes: Mapping[str, Sequence[str]]) -> None:
        self._classes = dict(classes)
        self._compiled = [self._compile(cue) for cue in cues]

    def matches(self, text: str, start: int, end: int, kind: str = "concept") -> list[Match]:
        """The cues that hold for the span [start, end), the deciding one first. `kind` is what the span names."""
        first, last = _sentence(text, start, end)
        before, after = text[max(first, start - _REACH) : start], text[end : min(last, end + _REACH)]
        sentence = text[first:last]
        found = []
        for compiled in self._compiled:
            cue = compiled.cue
            if cue.applies and kind not in cue.applies:
                continue
            if (compiled.when and not compiled.when.search(sentence)) or (
                compiled.never and compiled.never.search(sentence)
            ):
                continue
            if cue.side == "after" and (match := compiled.pattern.match(after)):
                found.append(Match(cue.id, cue.role, end + match.start("said"), end + match.end("said"), cue.strength))
            elif cue.side == "before" and (match := compiled.pattern.search(before)):
                offset = start - len(before)
                found.append(
                    Match(cue.id, cue.role, offset + match.start("said"), offset + match.end("said"), cue.strength)
                )
            elif cue.side == "span" and compiled.pattern.fullmatch(text[start:end]):
                found.append(Match(cue.id, cue.role, start, end, cue.strength))
        return sorted(found, key=lambda match: match.nearer(start, end))

    def _compile(self, cue: Cue) -> _Compiled:
        try:
            phrases = "|".join(self.expression(phrase, cue.language) for phrase in cue.say)
            unless = "|".join(self.expression(phrase, cue.language) for phrase in cue.unless)
            gap = self._gap(cue.between, cue.language)
            stop = f"(?!{unless})" if unless else ""
            pattern = {
                "after": rf"{gap}(?P<said>{phrases}){stop}",
                "before": rf"(?P<said>{phrases}){stop}{gap}$",
                "span": rf"(?P<said>{phrases})",
            }[cue.side]
            return _Compiled(
                cue, _regex(pattern), self._any(cue.when, cue.language), self._any(cue.never, cue.language)
            )
        except (re.error, KeyError, ValueError) as error:
            raise ValueError(f"cue {cue.id} has a phrase that cannot be read: {error}") from None

    def _any(self, phrases: Sequence[str], language: str) -> re.Pattern[str] | None:
        return _regex("|".join(self.expression(phrase, language) for phrase in phrases)) if phrases else None

    def _gap(self, between: str, language: str) -> str:
        """What may stand between a span and its cue."""
        if not between:
            return r"\s*"
        if between == "anything":
            return r"[^.?!;\n]*?"
        if between == "clause":
            return r"[^.,?!;\n]*?"
        if between == "modifiers":
            return rf"\s*{_MODIFIERS}\s*"
        words = self._class(between, language)
        blank = r"\s*" if language == "ko" else r"\s*\b"
        return rf"(?:{blank}{words})*\s*"

    def _class(self, name: str, language: str) -> str:
        return "(?:" + "|".join(self.expression(word, language) for word in self._classes[name]) + ")"

    def expression(self, phrase: str, language: str) -> str:
        """The regular expression of a phrase. Raises ValueError for a bracket without its partner."""
        body, end = self._sequence(phrase, 0, language)
        if end < len(phrase):
            raise ValueError(f"{phrase!r} has a closing bracket too many")
        if language != "en":
            return body
        return _WORD_STARTS + body + "(?![A-Za-z])"

    def _sequence(self, phrase: str, at: int, language: str) -> tuple[str, int]:
        """The expression of `phrase` from `at` to its end or to a closing bracket, and where that is."""
        out: list[str] = []
        optional = False
        while at < len(phrase) and phrase[at] != ")":
            if phrase[at] == " ":
                at += 1
                following = self._piece(phrase, at, language)[1] if at < len(phrase) else at
                loose = optional or phrase[following : following + 1] == "?"
                out.append(r"\s*" if language == "ko" or loose else r"\s+")
                optional = False
                continue
            piece, at = self._piece(phrase, at, language)
            optional = phrase[at : at + 1] == "?"
            if optional:
                piece, at = f"(?:{piece})?", at + 1
            elif piece == _WORDS_BETWEEN[language]:
                optional = True
            out.append(piece)
        return "".join(out), at

    def _piece(self, phrase: str, at: int, language: str) -> tuple[str, int]:
        """The expression of one element of a phrase, and the place behind it."""
        character = phrase[at]
        if character == "(":
            body, end = self._sequence(phrase, at + 1, language)
            if phrase[end : end + 1] != ")":
                raise ValueError(f"{phrase!r} has an opening bracket too many")
            return f"(?:{body})", end + 1
        if character == "{":
            end = phrase.index("}", at)
            if phrase[at : end + 1] == "{modifiers}":
                return _MODIFIERS, end + 1
            return self._class(phrase[at + 1 : end], language), end + 1
        special = {"|": "|", "^": "^", "$": "$", "~": _REST_OF_WORD, "…": _WORDS_BETWEEN[language], "#": _NUMBER}
        return special.get(character) or re.escape(character), at + 1


def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def sentences(text: str) -> list[tuple[int, int]]:
    """Places [start, end) of the sentences of a text."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    cuts = [0, *ends] + ([] if ends and ends[-1] == len(text) else [len(text)])
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence that holds a span; from the first to the last where the span crosses a border."""
    around = [(a, b) for a, b in sentences(text) if a < end and start < b]
    return (around[0][0], around[-1][1]) if around else (0, len(text))


class CueFile(BaseModel):
    """A file of cues."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    classes: dict[str, list[str]] = Field(default_factory=dict)
    cues: list[Cue] = Field(default_factory=list)


@cache
def load_cues(folder: Path = CUES_FOLDER) -> tuple[tuple[Cue, ...], dict[str, list[str]]]:
    """Every cue and class of the folder. Raises ValueError for a file that cannot be read, naming it."""
    cues: list[Cue] = []
    classes: dict[str, list[str]] = {}
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted(folder.glob("*.yaml")):
        try:
            file = CueFile.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from None
        cues += file.cues
        classes |= file.classes
    return tuple(cues), classes


@cache
def cue_reader(*roles: str) -> CueReader:
    """A reader of the cues whose role is among `roles`, of all cues where none is named."""
    cues, classes = load_cues()
    return CueReader([cue for cue in cues if not roles or cue.role in roles], classes)


def bracketed(example: str) -> tuple[str, list[tuple[int, int]]]:
    """The text of an example without its brackets, and the places of the bracketed spans."""
    text, places, start = "", [], 0
    for character in example:
        if character == "[":
            start = len(text)
        elif character == "]":
            places.append((start, len(text)))
        else:
            text += character
    return text, places
