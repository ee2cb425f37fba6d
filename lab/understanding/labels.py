"""Labels of held-out needs as a person writes them (경기, ISO 9001, robot), as the ids that understanding gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from schemas.vocabulary import Vocabulary
from transforms.concepts import ConceptMatcher
from transforms.regions import find_regions

_REGIONS: Final = ("region", "not_region", "service_area")


def canonical_filters(labels: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """Regions by code and certificates by scheme; a name that we have no id for stays and counts as missed."""
    out = dict(labels)
    for name in _REGIONS:
        if name in out:
            out[name] = [code for value in _listed(out[name]) for code in _codes(str(value))]
    if "certification" in out:
        out["certification"] = [_scheme(str(value), vocabulary) for value in _listed(out["certification"])]
    return out


def ids_of(label: str, vocabulary: Vocabulary, matcher: ConceptMatcher) -> frozenset[str]:
    """The label itself, the concepts that it names and their main fields: any of them is that exclusion."""
    named = {m.concept for m in matcher.mentions(label, capitals_matter=False)}
    return frozenset({label, *named, *(vocabulary.concept[c].fields[0] for c in named)})


def same_words(wanted: str, read: str) -> bool:
    """Whether one says all of the other (`3월 말` and `3월 말까지`): a deadline is the buyer's own words."""
    a, b = (re.sub(r"[\s,.]", "", words.lower()) for words in (wanted, read))
    return bool(a and b) and (a in b or b in a)


def _codes(value: str) -> Iterator[str]:
    places = find_regions(value)
    yield from (place.code for place in places) if places else (value,)


def _scheme(value: str, vocabulary: Vocabulary) -> str:
    entries: Sequence[Mapping[str, Any]] = vocabulary.constraints.get("certifications", ())
    wanted = _squeezed(value)
    for entry in entries:
        if wanted in {_squeezed(form) for form in (entry["id"], *entry.get("ko", ()), *entry.get("en", ()))}:
            return str(entry["id"])
    return value


def _squeezed(form: str) -> str:
    return re.sub(r"[\s-]", "", form.lower())


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]
