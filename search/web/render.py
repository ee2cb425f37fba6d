"""Templates and what they may call: texts, names of things in the reader's language, addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from search.answer import Evidence
from search.service import SearchService
from search.web.maps import province_map
from search.web.texts import Texts
from transforms.regions import short_region

PAGE_SIZE: Final = 10
_CERTIFICATIONS: Final = {
    "venture": ("벤처기업", "Venture firm"),
    "innobiz": ("이노비즈", "Inno-Biz"),
    "mainbiz": ("메인비즈", "Main-Biz"),
}

_environment: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Page:
    """One page to render: who asks for it, in which language, and the values of its template."""

    request: Request
    service: SearchService
    language: str
    values: dict[str, Any]


def render(template: str, page: Page) -> str:
    names = Names(page.service, page.language)
    return _environment.get_template(template).render(
        t=Texts(page.language),
        lang=page.language,
        names=names,
        vocabulary=page.service.vocabulary,
        manifest=page.service.snapshot.manifest,
        service=page.service,
        switch=_switched(page),
        map=province_map,
        page_size=PAGE_SIZE,
        quote=quote,
        today=page.service.today(),
        **page.values,
    )


class Names:
    """Names of fields, concepts, regions, sources and filters in the reader's language."""

    def __init__(self, service: SearchService, language: str) -> None:
        self._service = service
        self._language = language

    def field(self, field_id: str) -> str:
        entry = self._service.vocabulary.field.get(field_id)
        return entry.short(self._language) if entry else field_id

    def concept(self, concept_id: str) -> str:
        entry = self._service.vocabulary.concept.get(concept_id)
        return entry.name(self._language) if entry else concept_id

    def region(self, code: str | None) -> str:
        return short_region(code, self._language) or code or ""

    def source(self, source: str) -> str:
        entry = self._service.snapshot.manifest.sources.get(source)
        if entry is None:
            return source
        return entry.about.title_ko if self._language == "ko" else entry.about.title_en

    def certification(self, scheme: str) -> str:
        ko, en = _CERTIFICATIONS.get(scheme, (scheme, scheme))
        return ko if self._language == "ko" else en

    def facet(self, facet: str, value: str) -> str:
        """Name of a facet's value; flags have the facet's own name."""
        named = {"region": self.region, "field": self.field, "certification": self.certification, "source": self.source}
        return named[facet](value) if facet in named else Texts(self._language)(f"facet_{facet}")

    def filter(self, name: str, value: object) -> str:
        if isinstance(value, list | tuple):
            return ", ".join(self.facet(name, str(item)) for item in value)
        labels = {
            "include_closed": ("폐업 포함", "closed firms too"),
            "include_foreign": ("해외 포함", "foreign firms too"),
            "designated": ("지정 전문기업", "designated"),
            "registered_supplier": ("등록 공급기업", "registered supplier"),
            "has_patent": ("특허 있음", "has patents"),
            "size": ("기업 규모", "size"),
            "min_years": ("업력", "years"),
            "budget_krw": ("예산", "budget"),
            "deadline": ("납기", "deadline"),
        }
        ko, en = labels.get(name, (name, name))
        label = ko if self._language == "ko" else en
        return label if value is True else f"{label}: {Texts(self._language).shown(value)}"


def quote(evidence: Evidence) -> Markup:
    """The quoted statement with what met the need marked."""
    parts, last = [], 0
    for start, end in evidence.highlights:
        parts += [
            escape(evidence.text[last:start]),
            Markup("<mark>"),
            escape(evidence.text[start:end]),
            Markup("</mark>"),
        ]
        last = end
    return Markup("").join([*parts, escape(evidence.text[last:])])


def _switched(page: Page) -> str:
    """The same address in the other language."""
    kept = [(name, value) for name, value in parse_qsl(page.request.url.query) if name != "lang"]
    other = "en" if page.language == "ko" else "ko"
    return f"{page.request.url.path}?{urlencode([*kept, ('lang', other)])}"
