"""The pages' routes: each reads its address, asks the search, and renders a template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from schemas.columns import FIRM_ID_PATTERN
from schemas.dictionary import data_dictionary
from search.answer import Answer
from search.api.caching import conditional, etag
from search.api.parameters import SearchParameters
from search.api.v1 import Parameters, Service
from search.explore import plots
from search.service import BadNeed, SearchService
from search.web.feed import atom_feed
from search.web.render import PAGE_SIZE, Page, render

router = APIRouter(include_in_schema=False)

STATIC_FOLDER: Final = Path(__file__).parent / "static"
_MOST_COMPARED: Final = 6

Lang = Annotated[Literal["ko", "en"] | None, Query()]
FirmIds = Annotated[list[Annotated[str, Query(pattern=FIRM_ID_PATTERN)]], Query(max_length=_MOST_COMPARED)]


@router.get("/")
def home(request: Request, service: Service, lang: Lang = None) -> Response:
    return page(request, service, "home.html", lang)


@router.get("/search")
def results(
    request: Request,
    service: Service,
    parameters: Parameters,
    lang: Lang = None,
    n: Annotated[int, Query(ge=1, le=500)] = 1,
) -> Response:
    """One page of results; `n` counts pages from 1."""
    if not parameters.pairs():
        return RedirectResponse(f"/?lang={lang}" if lang else "/", 303)
    if unchanged := conditional(request, service):
        return unchanged
    try:
        answer = service.search(
            parameters.q,
            limit=PAGE_SIZE,
            offset=(n - 1) * PAGE_SIZE,
            filters=parameters.filters,
            dropped=parameters.drop,
            language=lang or _preferred(request),
        )
    except (BadNeed, ValueError) as error:
        return page(request, service, "error.html", lang, status=422, message=str(error), parameters=parameters)
    return page(request, service, "results.html", lang, answer=answer, parameters=parameters, n=n)


@router.get("/firm/{firm_id}")
def firm(request: Request, service: Service, firm_id: str, lang: Lang = None) -> Response:
    current = service.profiles.current_id(firm_id)
    if current is None:
        return page(request, service, "error.html", lang, status=404, message=None, parameters=SearchParameters())
    if current != firm_id:
        return RedirectResponse(f"/firm/{current}", 301)
    if unchanged := conditional(request, service):
        return unchanged
    return page(request, service, "firm.html", lang, profile=service.profiles.get(firm_id))


@router.get("/fields")
def fields(request: Request, service: Service, lang: Lang = None) -> Response:
    return page(request, service, "fields.html", lang)


@router.get("/field/{field_id}")
def field(request: Request, service: Service, field_id: str, lang: Lang = None) -> Response:
    entry = service.vocabulary.field.get(field_id)
    if entry is None:
        return RedirectResponse("/fields", 303)
    return page(request, service, "field.html", lang, entry=entry)


@router.get("/compare")
def compare(request: Request, service: Service, firm: FirmIds = [], q: str = "", lang: Lang = None) -> Response:  # noqa: B006
    known = [current for firm_id in dict.fromkeys(firm) if (current := service.profiles.current_id(firm_id))]
    profiles = [service.profiles.get(firm_id) for firm_id in known]
    return page(request, service, "compare.html", lang, profiles=profiles, q=q)


@router.get("/feed.atom")
def feed(request: Request, service: Service, parameters: Parameters, lang: Lang = None) -> Response:
    """Firms that are new among the hits of a search since the last night; stateless."""
    answer: Answer = service.search(parameters.q, limit=100, filters=parameters.filters, dropped=parameters.drop)
    document = atom_feed(answer, service, str(request.base_url).rstrip("/"), parameters, lang or "ko")
    return Response(document, media_type="application/atom+xml", headers={"ETag": etag(request, service)})


@router.get("/suggest")
def suggest(
    request: Request, service: Service, q: Annotated[str, Query(max_length=200)] = "", lang: Lang = None
) -> Response:
    """The list under the search box, for htmx."""
    return page(request, service, "suggestions.html", lang, suggestions=service.suggester.suggest(q))


@router.get("/data")
def data(request: Request, service: Service, lang: Lang = None) -> Response:
    return page(request, service, "data.html", lang, tables=data_dictionary())


@router.get("/explore")
def explore(request: Request, service: Service, lang: Lang = None) -> Response:
    return page(request, service, "explore.html", lang, plots=plots(service.snapshot))


def page(
    request: Request, service: SearchService, template: str, lang: str | None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Render a template in the language asked for, else the one the browser prefers."""
    language = lang or _preferred(request)
    html = render(template, Page(request, service, language, values))
    headers = {
        "ETag": etag(request, service),
        "Cache-Control": "no-cache",
        "Content-Language": language,
        "Vary": "Accept-Language",
    }
    return HTMLResponse(html, status, headers)


def _preferred(request: Request) -> str:
    accepted = request.headers.get("accept-language", "ko").lower()
    return "en" if accepted.startswith("en") else "ko"
