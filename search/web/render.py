"""Templates and what they may call: texts, names of things in the reader's language, addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from search.answer.answer import Evidence
from search.service import SearchService
from search.web.maps import province_map
from search.web.names import Names
from search.web.texts import Texts
from search.web.validity import lapse, validity
from transforms.text import is_korean

PAGE_SIZE: Final = 10
_STALE_DAYS: Final = 730

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
    today, texts = page.service.today(), Texts(page.language)
    return _environment.get_template(template).render(
        t=texts,
        lang=page.language,
        names=Names(page.service, page.language),
        vocabulary=page.service.vocabulary,
        manifest=page.service.snapshot.manifest,
        service=page.service,
        switch=switched(page.request, page.language),
        map=province_map,
        page_size=PAGE_SIZE,
        quote=quote,
        coded=coded,
        tongue=tongue,
        stale=lambda day: is_stale(day, today),
        today=today,
        validity=lambda held: validity(texts, held, page.service.snapshot.manifest.sources, today),
        lapse=lambda scheme: lapse(page.service.columns, scheme, today),
        base=str(page.request.base_url).rstrip("/"),
        **page.values,
    )


def render_alone(template: str, language: str, **values: Any) -> str:
    """A file that is read without a server: no request, no addresses of pages."""
    return _environment.get_template(template).render(t=Texts(language), lang=language, **values)


def render_problem(request: Request, language: str, status: int, message: str) -> str:
    """A page that needs no snapshot, for problems that may be the want of one."""
    return _environment.get_template("problem.html").render(
        t=Texts(language), lang=language, status=status, message=message, switch=switched(request, language)
    )


def is_stale(day: date | None, today: date) -> bool:
    """Whether something is older than what a buyer would take for the present state."""
    return day is not None and (today - day).days > _STALE_DAYS


def tongue(text: str) -> str:
    """Language of a quoted text, for readers that speak it."""
    return "ko" if is_korean(text) else "en"


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


def coded(text: str) -> Markup:
    """A text of ours with what stands between backticks set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped before)


def switched(request: Request, language: str) -> str:
    """The same address in the other language."""
    kept = [(name, value) for name, value in parse_qsl(request.url.query) if name != "lang"]
    other = "en" if language == "ko" else "ko"
    return f"{request.url.path}?{urlencode([*kept, ('lang', other)])}"
