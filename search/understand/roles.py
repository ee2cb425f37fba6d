"""Roles of what a need names: wanted, not wanted, there already, or failing. Decided by the cues around each span."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from search.query import CHOSEN, Role, Roles, is_inside
from search.understand.cues import CueReader
from transforms.concepts import Mention

_LIST_GAP_KO: Final = re.compile(
    r"\s*(?:시스템|소프트웨어|프로그램|솔루션|장비|설비)?\s*(?:이나|나|랑|이랑|하고|와|과|도|,|/|·|\+|및|또는|혹은|,\s*그리고|그리고)\s*"
    r"(?:[가-힣]+\s+)?"
)
_LIST_GAP_EN: Final = re.compile(r"(?:e?s)?\s*(?:,|/|,?\s*\b(?:and|or|nor)\b)\s*(?:(?:an?|the|our)\s+)?", re.IGNORECASE)
_REACH_KO: Final = 12
_OR: Final = re.compile(r"\b(?:or|nor)\b|/", re.IGNORECASE)
_WORDS_OF_A_STORY: Final = 8
"""In a longer text an object that no cue asks for is part of the story and not what is sought."""
_ENDS_KO: Final = re.compile(r"[\s가-힣]{0,3}[\s.!?]*(?:업체|회사|제작|제조사|견적|추천|문의)?[\s.!?]*")
_BEFORE_HEAD_EN: Final = re.compile(r"(?:(?!\b(?:for|of|on|in|at|from|our|that|which|with)\b)[^.,?!])*", re.IGNORECASE)
_COMPOUND_KO: Final = re.compile(r"\s*(?:의|용)?\s*")
_COMPOUND_EN: Final = re.compile(r"[\s-]*")


@dataclass(frozen=True)
class Reading:
    """A mention with its role. `because` names the cue and [start, end) are the mention and the words that decided."""

    mention: Mention
    role: Role
    because: str
    start: int
    end: int
    clashes: bool = False


class RoleReader:
    """Gives every mention of a text its role. `things` are the ids of concepts that are physical objects."""

    def __init__(self, cues: CueReader, things: Iterable[str]) -> None:
        self._cues = cues
        self._things = frozenset(things)

    def read(self, text: str, mentions: Sequence[Mention], chosen: Roles | None = None) -> list[Reading]:
        """Readings in the order of the text. An object's name inside the name of a technology is part of that name.

        A role in `chosen` holds for the mentions at its place and inside it, whatever the cues say; no other changes.
        """
        kept = self._without_inner_objects(sorted(set(mentions)))
        readings = _as_outer(self._along_lists(text, [self._by_cues(text, mention) for mention in kept]))
        readings = [_with_chosen(reading, chosen or {}) for reading in readings]
        return self._objects_beside_technologies(text, readings)

    def _without_inner_objects(self, mentions: Sequence[Mention]) -> list[Mention]:
        return [
            m
            for m in mentions
            if m.concept not in self._things
            or not any(is_inside(m, o) and o.concept not in self._things for o in mentions if o is not m)
        ]

    def _by_cues(self, text: str, mention: Mention) -> Reading:
        kind = "thing" if mention.concept in self._things else "concept"
        matches = self._cues.matches(text, mention.start, mention.end, kind)
        if not matches:
            return Reading(mention, "want", "", mention.start, mention.end)
        first = matches[0]
        opposite = any(
            other.role != first.role and other.strength == first.strength and _opposed(other.role, first.role)
            for other in matches[1:]
        )
        start, end = min(mention.start, first.start), max(mention.end, first.end)
        return Reading(mention, _role(first.role), first.cue, start, end, clashes=opposite)

    @staticmethod
    def _along_lists(text: str, readings: list[Reading]) -> list[Reading]:
        """A role spreads along a list: backwards in Korean, whose cues follow (`MES나 ERP 말고`), else forwards."""
        spread = list(readings)
        gaps = [text[one.mention.end : after.mention.start] for one, after in pairwise(spread)]
        for at in range(len(gaps) - 1, -1, -1):
            one, after = spread[at], spread[at + 1]
            korean = re.search("[가-힣]", text[after.mention.end : after.mention.end + _REACH_KO])
            if korean and not one.because and after.because and _LIST_GAP_KO.fullmatch(gaps[at]):
                spread[at] = replace(one, role=after.role, because=after.because)
        for at, gap in enumerate(gaps):
            before, one = spread[at], spread[at + 1]
            if not one.because and before.because and _goes_on(gaps, at, before.role) and _LIST_GAP_EN.fullmatch(gap):
                spread[at + 1] = replace(one, role=before.role, because=before.because)
        return spread

    def _objects_beside_technologies(self, text: str, readings: list[Reading]) -> list[Reading]:
        """An object that no cue asks for is context where a technology is wanted too, or where the text is a story.

        The head of a phrase stays wanted: its last noun in Korean, in English what stands before `for` and `of`.
        """
        wanted = [r for r in readings if r.role == "want" and r.mention.concept not in self._things]
        long = len(text.split()) > _WORDS_OF_A_STORY
        found = []
        for reading in readings:
            if reading.mention.concept in self._things and reading.role == "want" and not reading.because:
                modifies = any(self._modifies(text, reading.mention, other.mention) for other in wanted)
                in_passing = (wanted or long) and not _is_head(text, reading.mention)
                if modifies or in_passing:
                    reading = replace(reading, role="hurts", because="object_of_technology")
            found.append(reading)
        return found

    @staticmethod
    def _modifies(text: str, thing: Mention, technology: Mention) -> bool:
        """Whether the object stands directly before the technology, as in `펌프 진동센서` and `pump monitoring`."""
        if thing.end > technology.start:
            return False
        gap = text[thing.end : technology.start]
        return (_COMPOUND_KO if re.search("[가-힣]", text) else _COMPOUND_EN).fullmatch(gap) is not None


def _goes_on(gaps: Sequence[str], at: int, role: Role) -> bool:
    """Whether an English list goes on over a gap: a comma is part of a list where `or` or `and` follows in the next.

    What is not wanted is joined by `or`, while `, and` begins what is wanted (`not ERP, and vision inspection`).
    """
    gap = gaps[at]
    if gap.strip("es ") == ",":
        return at + 1 < len(gaps) and _LIST_GAP_EN.fullmatch(gaps[at + 1]) is not None and gaps[at + 1].strip() != ","
    return role != "not_wanted" or "," not in gap or _OR.search(gap) is not None


def _as_outer(readings: Sequence[Reading]) -> list[Reading]:
    """A name inside a longer name has the role of the longer one: `비전` in `비전검사 말고`."""
    found = []
    for reading in readings:
        outer = next((other for other in readings if is_inside(reading.mention, other.mention)), None)
        inherits = outer is not None and (outer.because or not reading.because)
        found.append(replace(reading, role=outer.role, because=outer.because) if outer and inherits else reading)
    return found


def _with_chosen(reading: Reading, chosen: Roles) -> Reading:
    """The reading with the role chosen for its place, or for the closest place around it."""
    mention = reading.mention
    around = [(b - a, role) for (a, b), role in chosen.items() if a <= mention.start and mention.end <= b]
    return Reading(mention, min(around)[1], CHOSEN, mention.start, mention.end) if around else reading


def _is_head(text: str, mention: Mention) -> bool:
    """Whether a mention is the head of the text's phrase."""
    if re.search("[가-힣]", text):
        return _ENDS_KO.fullmatch(text[mention.end :]) is not None
    return _BEFORE_HEAD_EN.fullmatch(text[: mention.start]) is not None


_SIGNS: Final = {"want": 1, "not_wanted": -1}


def _opposed(one: str, other: str) -> bool:
    return _SIGNS.get(one, 0) * _SIGNS.get(other, 0) < 0


def _role(name: str) -> Role:
    roles: dict[str, Role] = {
        "want": "want",
        "hurts": "hurts",
        "have": "have",
        "not_wanted": "not_wanted",
        "unread": "unread",
    }
    return roles[name]
