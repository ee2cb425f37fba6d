"""Several things wanted in one need: `비전검사랑 MES, PLC 제어까지`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from schemas.vocabulary import Vocabulary
from search.query import Part, is_inside
from transforms.concepts import Mention

_TOGETHER: Final = re.compile(r"[\s·/-]*(?:의|용|기반|based)?\s*", re.IGNORECASE)
"""What stands inside the name of one thing: `AI 비전 검사 카메라`."""


def parts_of(text: str, wanted: Sequence[Mention], vocabulary: Vocabulary) -> tuple[Part, ...]:
    """The things wanted, in the order of the text; empty where there is one thing, or where all are of one field.

    Mentions that overlap, or follow each other without a word between, are one thing.
    """
    groups: list[list[Mention]] = []
    end = 0
    for mention in sorted(wanted):
        if groups and (mention.start < end or _TOGETHER.fullmatch(text[end : mention.start])):
            groups[-1].append(mention)
        else:
            groups.append([mention])
        end = max(m.end for m in groups[-1])
    parts = [_part(text, group, vocabulary) for group in groups]
    distinct: list[Part] = []
    for part in parts:
        if all(part.fields[:1] != other.fields[:1] for other in distinct):
            distinct.append(part)
    return tuple(distinct) if len(distinct) > 1 else ()


def _part(text: str, group: Sequence[Mention], vocabulary: Vocabulary) -> Part:
    start, end = group[0].start, max(m.end for m in group)
    longest = [m for m in group if not any(is_inside(m, other) for other in group)]
    concepts = tuple(dict.fromkeys(m.concept for m in longest))
    fields = tuple(dict.fromkeys(f for c in concepts for f in vocabulary.concept[c].fields[:1]))
    return Part(text[start:end], start, end, concepts, fields)
