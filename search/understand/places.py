"""Places that a need names, and what each is to the buyer: where the firm must be or come, or where the buyer is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from search.query import Role
from search.understand.amounts import Found
from search.understand.cues import cue_reader
from transforms.regions import Place, find_regions

_READ_AS: Final[dict[str, tuple[str, Role, bool]]] = {
    "region_in": ("region", "condition", False),
    "region_out": ("not_region", "condition", False),
    "region_soft": ("region", "condition", True),
    "region_avoid": ("not_region", "condition", True),
    "region_service": ("service_area", "condition", False),
    "region_own": ("own_place", "about_asker", False),
    "region_any": ("any_place", "unread", False),
}
"""By the role of a cue: the filter, the role of the span, and whether it is a wish that only orders the hits."""

Span = tuple[int, int]

_LIST_GAP: Final = re.compile(r"\s*(?:이나|나|와|과|랑|이랑|하고|,|/|·|및|또는|or|and)\s*")
_NEARBY: Final = re.compile(
    r"근처|가까운|인근|주변|근방|이\s?지역|우리\s?지역|지역\s?업체|\bnearby\b|\bnear (?:us|here|me|our|by)\b|"
    r"\blocal (?:\w+ )?(?:vendor|supplier|compan|firm|integrator|partner|provider|business)|"
    r"\bclose (?:by\b|to us)|\bin the area\b|same (?:city|region|area)",
    re.IGNORECASE,
)
"""Words that ask for somebody near the asker's own works (`창원 공장인데 근처 업체`)."""


def read_places(text: str) -> Iterator[Found]:
    """Every place of the text with what it is. The asker's own place counts where somebody nearby is asked for."""
    spans: dict[Span, list[Place]] = {}
    for place in find_regions(text):
        spans.setdefault((place.start, place.end), []).append(place)
    kinds = _along_lists(text, {span: _kind(text, *span) for span in sorted(spans)})
    if "region_in" not in {kind for kind, _ in kinds.values()} and _NEARBY.search(_outside(text, spans)):
        kinds = {
            span: ("region_in", "near_own_place") if kind == "region_own" else (kind, cue)
            for span, (kind, cue) in kinds.items()
        }
    for (start, end), places in spans.items():
        kind, because = kinds[start, end]
        name, role, soft = _READ_AS[kind]
        yield from (Found(name, place.code, start, end, role, because, soft) for place in places)


def _kind(text: str, start: int, end: int) -> tuple[str, str]:
    """What a place is, and the cue that says so; a place without a cue is where the firm must be."""
    matches = cue_reader(*_READ_AS).matches(text, start, end, "place")
    return (matches[0].role, matches[0].cue) if matches else ("region_in", "")


def _along_lists(text: str, kinds: dict[Span, tuple[str, str]]) -> dict[Span, tuple[str, str]]:
    """A place without a cue is what the next one of its list is: `부산이나 김해 업체면 더 좋고요`."""
    ordered = list(kinds)
    for one, after in reversed(list(pairwise(ordered))):
        if not kinds[one][1] and kinds[after][1] and _LIST_GAP.fullmatch(text[one[1] : after[0]]):
            kinds[one] = kinds[after]
    return kinds


def _outside(text: str, spans: dict[Span, list[Place]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text
