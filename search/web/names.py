"""Names of fields, regions, sources, filters and columns in the reader's language."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Final

from schemas.dictionary import data_dictionary
from schemas.vocabulary import load_vocabulary
from search.query import Span
from search.service import SearchService
from search.web.texts import Texts
from transforms.regions import find_regions, is_region_code, short_region

_CHOICES: Final = {
    "certification": "certifications",
    "size": "sizes",
    "smart_factory_level": "smart_factory_levels",
}
"""Filters whose values are entries of `schemas/knowledge/constraints.yaml`, by the key they are under."""


class Names:
    """What things are called on the pages; an id that has no name is shown as it is."""

    def __init__(self, service: SearchService, language: str) -> None:
        self._service = service
        self._language = language
        self._texts = Texts(language)

    def field(self, field_id: str) -> str:
        entry = self._service.vocabulary.field.get(field_id)
        return entry.short(self._language) if entry else field_id

    def concept(self, concept_id: str) -> str:
        entry = self._service.vocabulary.concept.get(concept_id)
        return entry.name(self._language) if entry else concept_id

    def target(self, name: str) -> str:
        """A field or concept, or a filter read from the sentence."""
        if name in self._service.vocabulary.concept:
            return self.concept(name)
        if name == "none":
            return self._texts("understood_none")
        return self.field(name) if name in self._service.vocabulary.field else self._texts.known(f"filter_{name}", name)

    def span(self, span: Span) -> str:
        """What a span of the need stands for."""
        if span.kind in ("concept", "field"):
            return self.target(span.id)
        if span.kind == "industry":
            return self.industry(span.id)
        if span.kind in ("region", "not_region", "service_area", "own_place"):
            return self.region(span.id)
        return self._texts.known(f"filter_{span.kind}", span.id)

    def region(self, place: str | None) -> str:
        """A region by its code, or by any name of it, as an address may have it."""
        code = place if not place or is_region_code(place) else next((p.code for p in find_regions(place)), place)
        return short_region(code, self._language) or code or ""

    def source(self, source: str) -> str:
        entry = self._service.snapshot.manifest.sources.get(source)
        if entry is None:
            return source
        return entry.about.title_ko if self._language == "ko" else entry.about.title_en

    def certification(self, scheme: str) -> str:
        return self._choice("certification", scheme)

    def industry(self, industry: str) -> str:
        return _industries().get(industry, (industry, industry))[self._language == "en"]

    def facet(self, facet: str, value: str) -> str:
        """Name of a facet's or a filter's value; flags have the facet's own name."""
        named = {
            "region": self.region,
            "not_region": self.region,
            "service_area": self.region,
            "field": self.field,
            "source": self.source,
            "experience": self.industry,
        }
        if facet in named:
            return named[facet](value)
        if facet in _CHOICES:
            return self._choice(facet, value)
        if facet in ("age", "staff", "band"):
            return self._texts(f"{facet}_{value}")
        return self._texts(f"facet_{facet}")

    def filter(self, name: str, value: object) -> str:
        """A filter with its value, as a chip shows it; regions, fields and bands speak for themselves."""
        label = self._texts.known(f"filter_{name}", name)
        if value is True:
            return label
        values = value if isinstance(value, list | tuple) else [value]
        words = [
            self.facet(name, str(item)) if isinstance(item, str) and name not in _SAID else self._texts.shown(item)
            for item in values
        ]
        bare = name in ("region", "field", "certification", "source", "age", "staff", "band")
        return ", ".join(words) if bare else f"{label}: {', '.join(words)}"

    def scheme(self, scheme: str) -> str:
        return self._texts.known(f"scheme_{scheme.replace(':', '_')}", scheme)

    def number(self, scheme: str, value: str) -> str:
        """A registered number in the groups that offices write it in."""
        cuts = _GROUPS.get((scheme, len(value)))
        return "-".join(value[a:b] for a, b in pairwise((0, *cuts, None))) if cuts else value

    def attribute(self, attribute: str) -> str:
        return self._texts.known(f"attribute_{attribute}", self.column("firms", attribute))

    def column(self, table: str, column: str | None) -> str:
        """A column of a gold table as the dictionary words it; the table's own name for the whole row."""
        if column is None:
            return self._texts.known(f"table_{table}", table)
        return _columns().get((table, column), (column, column))[self._language == "en"]

    def rule(self, rule: str) -> str:
        """A linking rule: the things that agree."""
        return " + ".join(self._texts.known(f"rule_{part}", part) for part in rule.split("+"))

    def _choice(self, facet: str, value: str) -> str:
        return _choices(_CHOICES[facet]).get(value, (value, value))[self._language == "en"]


_GROUPS: Final = {("business_no", 10): (3, 5), ("corporate_no", 13): (6,)}
"""Where the groups of a number begin, by its scheme and length."""

_SAID: Final = ("diagnosis_level", "deadline")
"""Filters whose value is in the buyer's own words."""


@cache
def _choices(kind: str) -> dict[str, tuple[str, str]]:
    entries = load_vocabulary().constraints[kind]
    return {entry["id"]: (str(entry["ko"][0]), _capital(str(entry["en"][0]))) for entry in entries}


@cache
def _industries() -> dict[str, tuple[str, str]]:
    return {entry.id: (entry.ko[0], _capital(entry.en[0])) for entry in load_vocabulary().industries}


@cache
def _columns() -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (table["table"], column["name"]): (str(column["ko"]), str(column["en"]))
        for table in data_dictionary()
        for column in table["columns"]
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
