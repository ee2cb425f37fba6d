"""The pages of a buyer: each route reads its address, asks the search, and renders a template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from schemas.columns import FIRM_ID_PATTERN
from search.answer.answer import grouped
from search.http.caching import conditional, etag
from search.http.files import MOST_COMPARED, Format, exported, exported_firms
from search.http.parameters import SearchParameters
from search.http.requests import Parameters, Service, asked, silent_suppliers
from search.service import SearchService
from search.web.chips import chips
from search.web.feed import atom_feed
from search.web.inquiry import inquiry_text, open_points, understood_need
from search.web.links import Links
from search.web.maps import province_svg
from search.web.names import Names
from search.web.organization import organization
from search.web.render import PAGE_SIZE, Page, render, render_problem

router = APIRouter(include_in_schema=False)

STATIC_FOLDER: Final = Path(__file__).parent / "static"
_MOST_EXPORTED: Final = 100
_SUPPLIERS_PER_PAGE: Final = 50
_FED: Final = 100

Lang = Annotated[Literal["ko", "en"] | None, Query()]
FirmIds = Annotated[
    list[Annotated[str, Query(pattern=FIRM_ID_PATTERN)]], Query(max_length=MOST_COMPARED, default_factory=list)
]
PageNumber = Annotated[int, Query(ge=1, le=500)]
NeedText = Annotated[str, Query(max_length=4_000)]


@router.get("/")
def home(request: Request, service: Service, lang: Lang = None) -> Response:
    return conditional(request, service) or page(request, service, "home.html", lang)


@router.get("/search")
def results(
    request: Request, service: Service, parameters: Parameters, firm: FirmIds, lang: Lang = None, n: PageNumber = 1
) -> Response:
    """One page of results; `n` counts pages from 1, `firm` are those put aside to compare."""
    if not parameters.pairs():
        return RedirectResponse(f"/?lang={lang}" if lang else "/", 303)
    if unchanged := conditional(request, service):
        return unchanged
    language = lang or preferred(request)
    answer = asked(request, service, parameters, limit=PAGE_SIZE, offset=(n - 1) * PAGE_SIZE, language=language)
    return page(
        request,
        service,
        "results.html",
        language,
        answer=answer,
        parameters=parameters,
        here=(here := Links(parameters, language, firm)),
        chips=chips(answer.understood, service.vocabulary, Names(service, language), here),
        groups=grouped(answer.hits),
        n=n,
    )


@router.get("/suppliers")
def suppliers(
    request: Request, service: Service, parameters: Parameters, lang: Lang = None, n: PageNumber = 1
) -> Response:
    """Registered suppliers that pass the filters of a search and publish no capability."""
    ids = silent_suppliers(service, parameters)
    language = lang or preferred(request)
    shown = service.profiles.outlines(ids[(n - 1) * _SUPPLIERS_PER_PAGE : n * _SUPPLIERS_PER_PAGE])
    return page(
        request,
        service,
        "suppliers.html",
        language,
        total=len(ids),
        suppliers=shown,
        first=(n - 1) * _SUPPLIERS_PER_PAGE + 1,
        more=n * _SUPPLIERS_PER_PAGE < len(ids),
        here=Links(parameters, language),
        n=n,
    )


@router.get("/firm/{firm_id}")
def firm(request: Request, service: Service, firm_id: str, lang: Lang = None, q: NeedText = "") -> Response:
    current = service.profiles.current_id(firm_id)
    if current is None:
        return HTMLResponse(render_problem(request, lang or preferred(request), 404, ""), 404)
    if current != firm_id:
        return RedirectResponse(f"/firm/{current}" + (f"?lang={lang}" if lang else ""), 301)
    if unchanged := conditional(request, service):
        return unchanged
    profile = service.profiles.get(firm_id)
    json_ld = organization(profile, service.vocabulary, str(request.url.replace(query="")))
    return page(request, service, "firm.html", lang, profile=profile, q=q, json_ld=json_ld)


@router.get("/fields")
def fields(request: Request, service: Service, lang: Lang = None) -> Response:
    return conditional(request, service) or page(request, service, "fields.html", lang)


@router.get("/field/{field_id}")
def field(request: Request, service: Service, field_id: str, lang: Lang = None) -> Response:
    entry = service.vocabulary.field.get(field_id)
    if entry is None:
        return RedirectResponse("/fields", 303)
    if unchanged := conditional(request, service):
        return unchanged
    sellers = service.columns.selling.get(field_id, service.columns.mask([]))
    registered = sellers & service.columns.flag("is_registered_supplier")
    counts = {"firms": int(sellers.sum()), "suppliers": int(registered.sum())}
    return page(request, service, "field.html", lang, entry=entry, counts=counts)


@router.get("/compare")
def compare(request: Request, service: Service, firm: FirmIds, q: NeedText = "", lang: Lang = None) -> Response:
    return _compared(request, service, "compare.html", firm, q, lang)


@router.get("/sheet")
def sheet(request: Request, service: Service, firm: FirmIds, q: NeedText = "", lang: Lang = None) -> Response:
    """One printed page a firm, for a matching day."""
    return _compared(request, service, "sheet.html", firm, q, lang)


@router.get("/compare/export")
def export_comparison(service: Service, firm: FirmIds, format: Format = "csv") -> Response:
    return exported_firms(service, firm, format)


@router.get("/export")
def export(service: Service, parameters: Parameters, format: Format = "csv") -> Response:
    """The first hits as a file; whoever needs all of them has the API."""
    return exported(service, parameters, format, _MOST_EXPORTED)


@router.get("/feed.atom")
def feed(request: Request, service: Service, parameters: Parameters, lang: Lang = None) -> Response:
    """What changed among the hits of a search in the last nights; stateless."""
    if unchanged := conditional(request, service):
        return unchanged
    language = lang or preferred(request)
    answer = asked(request, service, parameters, limit=_FED, language=language)
    document = atom_feed(answer, service, str(request.base_url).rstrip("/"), Links(parameters, language))
    return Response(document, media_type="application/atom+xml", headers={"ETag": etag(request, service)})


@router.get("/suggest")
def suggest(
    request: Request, service: Service, q: Annotated[str, Query(max_length=4_000)] = "", lang: Lang = None
) -> Response:
    """The list under the search box, for htmx."""
    return page(request, service, "suggestions.html", lang, suggestions=service.suggester.suggest(q[:100]))


@router.get("/map/{code}.svg")
def locator(code: str) -> Response:
    """The map with one province marked."""
    return Response(province_svg(code), media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


def page(
    request: Request, service: SearchService, template: str, lang: str | None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Render a template in the language asked for, else the one the browser prefers."""
    language = lang or preferred(request)
    html = render(template, Page(request, service, language, values))
    headers = {
        "ETag": etag(request, service),
        "Cache-Control": "no-cache",
        "Content-Language": language,
        "Vary": "Accept-Language",
    }
    return HTMLResponse(html, status, headers)


def problem_page(request: Request, status: int, message: str) -> HTMLResponse:
    """A problem for readers instead of programs."""
    asked_for = request.query_params.get("lang")
    language = asked_for if asked_for in ("ko", "en") else preferred(request)
    return HTMLResponse(render_problem(request, language, status, message), status)


def preferred(request: Request) -> str:
    accepted = request.headers.get("accept-language", "ko").lower()
    return "en" if accepted.startswith("en") else "ko"


def _compared(
    request: Request, service: SearchService, template: str, firm_ids: list[str], need: str, lang: str | None
) -> Response:
    if unchanged := conditional(request, service):
        return unchanged
    language = lang or preferred(request)
    known = list(dict.fromkeys(c for firm_id in firm_ids if (c := service.profiles.current_id(firm_id))))
    profiles = [service.profiles.get(firm_id) for firm_id in known]
    understood = understood_need(service, need)
    return page(
        request,
        service,
        template,
        language,
        profiles=profiles,
        open={p.firm["firm_id"]: open_points(service, understood, p, language) for p in profiles},
        inquiry=inquiry_text(service, need, profiles, language),
        here=Links(SearchParameters(q=need), language, known),
        q=need,
    )
