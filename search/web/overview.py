"""The pages about the data and the rules: sources, coverage, nights, open pairs, plots, ranking, API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from schemas.dictionary import data_dictionary
from search.http.caching import conditional
from search.http.problems import ProblemError
from search.http.requests import Service
from search.ranking.rank import DEFAULT_WEIGHTS
from search.snapshot.columns import CLASS_WEIGHTS, TIER_WEIGHTS
from search.snapshot.coverage import registered_coverage
from search.snapshot.operations import night_reports, open_pairs
from search.web.names import Names
from search.web.pages import Lang, page, preferred
from search.web.plots import MEDIA_TYPES, plot_file, plots

router = APIRouter(include_in_schema=False)

_NIGHTS: Final = 10
_PAIRS_SHOWN: Final = 100


@router.get("/data")
def data(request: Request, service: Service, lang: Lang = None) -> Response:
    return conditional(request, service) or page(request, service, "data.html", lang, tables=data_dictionary())


@router.get("/data/coverage")
def coverage(request: Request, service: Service, lang: Lang = None) -> Response:
    """What is known of the registered suppliers."""
    if unchanged := conditional(request, service):
        return unchanged
    return page(request, service, "coverage.html", lang, coverage=registered_coverage(service.snapshot))


@router.get("/ops")
def ops(request: Request, service: Service, lang: Lang = None) -> Response:
    """The newest nights; as JSON at /api/v1/ops."""
    return page(request, service, "ops.html", lang, nights=night_reports(service.snapshot, _NIGHTS))


@router.get("/review")
def review(request: Request, service: Service, lang: Lang = None) -> Response:
    """Pairs of records that a person decides."""
    pairs = open_pairs(service.snapshot)
    return page(request, service, "review.html", lang, pairs=pairs[:_PAIRS_SHOWN].to_dicts(), total=pairs.height)


@router.get("/explore")
def explore(request: Request, service: Service, lang: Lang = None) -> Response:
    return conditional(request, service) or page(request, service, "explore.html", lang, plots=plots(service.snapshot))


@router.get("/explore/{name}.{form}")
def explore_file(
    request: Request,
    service: Service,
    name: Annotated[str, Path(max_length=40)],
    form: Literal["csv", "json", "svg"],
    lang: Annotated[Literal["ko", "en"] | None, Query()] = None,
) -> Response:
    """One plot as a table or a picture, with the query that made it."""
    chosen = next((plot for plot in plots(service.snapshot) if plot.name == name), None)
    if chosen is None:
        raise ProblemError(404, "There is no such plot; they are listed at /explore.")
    names = Names(service, lang or preferred(request))
    labels = {label: names.facet(name, label) if name in _NAMED else label for label, _ in chosen.bars}
    content = plot_file(chosen, form, labels, service.snapshot.name)
    headers = {"Content-Disposition": f'attachment; filename="caplake-{name}-{service.snapshot.name}.{form}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


@router.get("/ranking")
def ranking(request: Request, service: Service, lang: Lang = None) -> Response:
    """The rule of the ranking with the numbers it works with."""
    if unchanged := conditional(request, service):
        return unchanged
    return page(
        request,
        service,
        "ranking.html",
        lang,
        weights=asdict(DEFAULT_WEIGHTS),
        classes=CLASS_WEIGHTS,
        tiers=TIER_WEIGHTS,
    )


@router.get("/docs")
def docs(request: Request, service: Service, lang: Lang = None) -> Response:
    """The API for readers, out of the OpenAPI document."""
    if unchanged := conditional(request, service):
        return unchanged
    document = request.app.openapi()
    operations = [
        (path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method == "get"
    ]
    return page(request, service, "docs.html", lang, operations=operations, kind=_kind)


_NAMED: Final = ("field", "region", "source", "certification")


def _kind(schema: dict[str, Any]) -> str:
    """A parameter's type in few words."""
    if "anyOf" in schema:
        return " | ".join(_kind(part) for part in schema["anyOf"] if part.get("type") != "null")
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])} …"
    return str(schema.get("type", "string"))
