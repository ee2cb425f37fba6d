"""Constraints that a need states in words: found, given their places, and made into visible filters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.filters import Filters
from search.understand.need import Reason
from transforms.regions import find_regions
from transforms.text import is_korean

Span = tuple[int, int]


@dataclass(frozen=True)
class Stated:
    """Filters of a need with the places [start, end) that state them."""

    filters: Filters
    places: tuple[Span, ...]
    reasons: tuple[Reason, ...]

    def covers(self, start: int, end: int) -> bool:
        return any(start < b and a < end for a, b in self.places)

    def without(self, text: str) -> str:
        """The text with a blank for every stated constraint: what is left says what is sought."""
        for start, end in sorted(self.places, reverse=True):
            text = f"{text[:start]} {text[end:]}"
        return text


class ConstraintReader:
    """Reads constraints by the words of `schemas/knowledge/constraints.yaml`."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._certifications = _patterns(words.get("certifications", ()))

    def read(self, text: str) -> Stated:
        regions = find_regions(text)
        schemes = [
            (scheme, m.start(), m.end())
            for scheme, pattern in self._certifications
            for m in pattern.finditer(text)
        ]
        filters = Filters(
            region=tuple(dict.fromkeys(r.code for r in regions)),
            certification=tuple(dict.fromkeys(scheme for scheme, _, _ in schemes)),
        )
        places = [*((r.start, r.end) for r in regions), *((a, b) for _, a, b in schemes)]
        reasons = [
            *(Reason("rule", f"region:{r.code}", text[r.start : r.end], r.start, r.end) for r in regions),
            *(Reason("rule", f"certification:{scheme}", text[a:b], a, b) for scheme, a, b in schemes),
        ]
        return Stated(filters, tuple(places), tuple(reasons))


def _patterns(entries: Sequence[Mapping[str, Any]]) -> list[tuple[str, re.Pattern[str]]]:
    """Per id one pattern of all its forms, longest first; blanks inside Korean forms are optional."""
    return [
        (
            entry["id"],
            re.compile(
                "|".join(
                    _form(f)
                    for f in sorted({*entry.get("ko", ()), *entry.get("en", ())}, key=len, reverse=True)
                ),
                re.I,
            ),
        )
        for entry in entries
    ]


def _form(form: str) -> str:
    if is_korean(form):
        return r"\s*".join(re.escape(character) for character in form if not character.isspace())
    return rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])"
