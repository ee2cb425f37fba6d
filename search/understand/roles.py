"""Roles of what a need names: wanted, not wanted, there already, or failing. Decided by the cues around each span."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from search.query import CHOSEN, Role, Roles
from search.understand.cues import CueReader
from transforms.concepts import Mention

_LIST_GAP_KO: Final = re.compile(
    r"\s*(?:시스템|소프트웨어|프로그램|솔루션|장비|설비)?\s*(?:이나|나|랑|이랑|하고|와|과|도|,|/|·|\+|및|또는|혹은|,\s*그리고|그리고)\s*"
    r"(?:[가-힣A-Za-z]+\s+)?"
)
_LIST_GAP_EN: Final = re.compile(r"\s*(?:,|/|,?\s*\b(?:and|or|nor)\b)\s*(?:(?:an?|the|our)\s+)?", re.IGNORECASE)
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

        A role in `chosen` holds for the mentions at its place whatever the cues say, and spreads to no other mention.
        """
        kept = self._without_inner_objects(sorted(set(mentions)))
        readings = [self._chosen(mention, chosen or {}) or self._by_cues(text, mention) for mention in kept]
        readings = _as_outer(self._along_lists(text, readings))
        return self._objects_beside_technologies(text, readings)

    def _without_inner_objects(self, mentions: Sequence[Mention]) -> list[Mention]:
        return [
            m
            for m in mentions
            if m.concept not in self._things
            or not any(within(m, o) and o.concept not in self._things for o in mentions if o is not m)
        ]

    @staticmethod
    def _chosen(mention: Mention, chosen: Roles) -> Reading | None:
        role = chosen.get((mention.start, mention.end))
        return Reading(mention, role, CHOSEN, mention.start, mention.end) if role else None

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
        for at in range(len(spread) - 2, -1, -1):
            one, after = spread[at], spread[at + 1]
            gap = text[one.mention.end : after.mention.start]
            if not one.because and _spreads(after) and _LIST_GAP_KO.fullmatch(gap):
                spread[at] = replace(one, role=after.role, because=after.because)
        for at in range(1, len(spread)):
            one, before = spread[at], spread[at - 1]
            gap = text[before.mention.end : one.mention.start]
            if not one.because and _spreads(before) and _LIST_GAP_EN.fullmatch(gap) and gap.strip() != ",":
                spread[at] = replace(one, role=before.role, because=before.because)
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


def _as_outer(readings: Sequence[Reading]) -> list[Reading]:
    """A name inside a longer name has the role of the longer one: `비전` in `비전검사 말고`."""
    found = []
    for reading in readings:
        outer = next((other for other in readings if within(reading.mention, other.mention)), None)
        inherits = outer is not None and reading.because != CHOSEN and (outer.because or not reading.because)
        found.append(replace(reading, role=outer.role, because=outer.because) if outer and inherits else reading)
    return found


def _spreads(reading: Reading) -> bool:
    return reading.because not in ("", CHOSEN)


def _is_head(text: str, mention: Mention) -> bool:
    """Whether a mention is the head of the text's phrase."""
    if re.search("[가-힣]", text):
        return _ENDS_KO.fullmatch(text[mention.end :]) is not None
    return _BEFORE_HEAD_EN.fullmatch(text[: mention.start]) is not None


def within(inner: Mention, outer: Mention) -> bool:
    """Whether a mention lies inside a longer one."""
    return outer.start <= inner.start and inner.end <= outer.end and outer.end - outer.start > inner.end - inner.start


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
