"""The reading of a need as chips by role, each with the addresses that correct it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.vocabulary import Vocabulary
from search.query import CHOOSABLE_ROLES, CHOSEN, Need, Role, Span
from search.web.links import Links
from search.web.names import Names
from transforms.text import folded

_SHOWN: Final[tuple[Role, ...]] = ("want", "hurts", "have", "not_wanted", "about_asker", "unread")


@dataclass(frozen=True)
class Turn:
    """A link that gives a span another role."""

    role: Role
    address: str


@dataclass(frozen=True)
class Chip:
    """A recognised span: its words as typed and, where it is called otherwise, the `name` of what it stands for.

    `turns` are the other roles that it can be given, likeliest first; `undo` is there where its role was chosen.
    """

    role: Role
    text: str
    name: str | None
    turns: tuple[Turn, ...]
    undo: str | None


def chips(need: Need, vocabulary: Vocabulary, names: Names, here: Links) -> dict[Role, list[Chip]]:
    """By role, in the order of the page, what a reading recognised; conditions are shown as filters instead."""
    spans = list(_outermost(need.spans))
    return {role: [_chip(span, vocabulary, names, here) for span in spans if span.role == role] for role in _SHOWN}


def _chip(span: Span, vocabulary: Vocabulary, names: Names, here: Links) -> Chip:
    name = names.span(span) if span.id and span.kind in ("concept", "field", "industry") else span.text
    typed, called = (folded(text).replace(" ", "") for text in (span.text, name))
    same = typed in called or called in typed or span.id == name
    roles = _other_roles(span, vocabulary) if span.kind == "concept" else ()
    return Chip(
        span.role,
        span.text,
        None if same else name,
        tuple(Turn(role, here.turned(span.start, span.end, role)) for role in roles),
        here.unturned(span.start, span.end) if span.because == CHOSEN else None,
    )


def _other_roles(span: Span, vocabulary: Vocabulary) -> Sequence[Role]:
    """An object that is sought is likeliest meant as what the work is about, everything else as what is sought."""
    if span.role == "want":
        thing = span.id in vocabulary.things
        return ("hurts", "not_wanted", "have") if thing else ("not_wanted", "have", "hurts")
    if span.id not in vocabulary.concept:
        return tuple(role for role in ("not_wanted", "have") if role != span.role)
    return tuple(role for role in CHOOSABLE_ROLES if role != span.role)


def _outermost(spans: Sequence[Span]) -> Iterator[Span]:
    """One span a place, without those inside a longer one of the same role."""
    seen: set[tuple[int, int]] = set()
    for span in spans:
        inside = any(
            other.role == span.role
            and other.start <= span.start
            and span.end <= other.end
            and other.end - other.start > span.end - span.start
            for other in spans
        )
        if not inside and (span.start, span.end) not in seen:
            seen.add((span.start, span.end))
            yield span
