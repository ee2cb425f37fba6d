"""Version 1 of the API. The parameters are those of the page; every answer names its snapshot."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from schemas.columns import FIRM_ID_PATTERN
from search.answer import Answer
from search.api import models
from search.api.caching import conditional, etag
from search.api.parameters import SearchParameters, decode_cursor, encode_cursor
from search.api.pinned import PinnedService
from search.api.problems import ProblemError, documented
from search.service import LONGEST_NEED, BadNeed, SearchService

RESPONSES: dict[int | str, dict[str, Any]] = {
    **documented(401, 422, 429, 503),
    304: {"description": "You have this answer: its ETag is the one you sent in If-None-Match."},
}
router = APIRouter(prefix="/api/v1", tags=["search"], responses=RESPONSES)

_SUPPLIERS_PER_PAGE = 100


def pinned(request: Request) -> SearchService:
    holder: PinnedService = request.app.state.pinned
    return holder.get()


Service = Annotated[SearchService, Depends(pinned)]
Parameters = Annotated[SearchParameters, Depends()]
Limit = Annotated[int, Query(ge=1, le=100, description="Firms a page.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
Language = Annotated[
    Literal["ko", "en"] | None, Query(description="Of reasons and questions; of the need where not given.")
]
FirmId = Annotated[str, Path(pattern=FIRM_ID_PATTERN, examples=["F3K7Q2M9XAB"])]


@router.get("/search", response_model=models.AnswerModel, responses=documented(409))
def search(
    request: Request,
    service: Service,
    parameters: Parameters,
    limit: Limit = 10,
    cursor: Cursor = None,
    lang: Language = None,
) -> Response:
    """Firms that can do what is needed, best first, each with reasons, quoted evidence and what is unknown."""
    if unchanged := conditional(request, service):
        return unchanged
    offset = decode_cursor(cursor, service.snapshot.name) if cursor else 0
    answer = asked(request, service, parameters, limit=limit, offset=offset, language=lang)
    following = offset + limit
    document = answer.as_dict()
    document["next"] = encode_cursor(service.snapshot.name, following) if following < answer.total else None
    return answered(request, service, document)


@router.get("/understand", response_model=models.UnderstoodModel)
def understand(request: Request, service: Service, q: Annotated[str, Query(max_length=LONGEST_NEED)]) -> Response:
    """What a need was taken to mean: fields, concepts, filters, and why; nothing is searched."""
    if unchanged := conditional(request, service):
        return unchanged
    try:
        understood = service.understand(q)
    except BadNeed as error:
        raise ProblemError(422, str(error)) from None
    return answered(request, service, {"understood": understood.as_dict()})


@router.get("/firms/{firm_id}", response_model=models.ProfileModel, responses=documented(404))
def firm(request: Request, service: Service, firm_id: FirmId) -> Response:
    """All that may be shown of one firm; the id of a firm that was merged leads to the firm it is part of."""
    return conditional(request, service) or answered(request, service, profile(service, firm_id))


@router.get("/suppliers", response_model=models.SuppliersModel, responses=documented(409))
def suppliers(request: Request, service: Service, parameters: Parameters, cursor: Cursor = None) -> Response:
    """Registered suppliers that pass the filters (those of the sentence too) and publish no capability anywhere.

    They are never mixed into a search: nothing tells whether they can do what is needed. Filters on fields and
    experience leave them in, since neither is known of them.
    """
    if unchanged := conditional(request, service):
        return unchanged
    ids = silent_suppliers(service, parameters)
    offset = decode_cursor(cursor, service.snapshot.name) if cursor else 0
    following = offset + _SUPPLIERS_PER_PAGE
    document = {
        "total": len(ids),
        "suppliers": service.profiles.outlines(ids[offset:following]),
        "next": encode_cursor(service.snapshot.name, following) if following < len(ids) else None,
    }
    return answered(request, service, document)


@router.get("/fields", response_model=models.FieldsModel)
def fields(request: Request, service: Service) -> Response:
    """The seven strategic fields and those outside them, explained."""
    if unchanged := conditional(request, service):
        return unchanged
    listed = [
        entry.model_dump(include={"id", "area", "strategic", "ko", "en", "definition"})
        for entry in service.vocabulary.fields
    ]
    return answered(request, service, {"fields": listed})


@router.get("/suggest", response_model=models.SuggestionsModel)
def suggest(request: Request, service: Service, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """What begins like the typed text: fields, concepts and firms; initial consonants work too (ㅁㅅㅂㅈ)."""
    if unchanged := conditional(request, service):
        return unchanged
    return answered(request, service, {"suggestions": [vars(s) for s in service.suggester.suggest(q)]})


def asked(
    request: Request,
    service: SearchService,
    parameters: SearchParameters,
    *,
    limit: int,
    offset: int = 0,
    language: str | None = None,
) -> Answer:
    """The answer to a request's search, counted. Raises ProblemError 422 for a need that cannot be searched for."""
    try:
        answer = service.search(
            parameters.q,
            limit=limit,
            offset=offset,
            filters=parameters.filters,
            dropped=parameters.drop,
            language=language,
        )
    except ValueError as error:  # BadNeed, or a name in `drop` that is no filter
        raise ProblemError(422, str(error)) from None
    request.app.state.metrics.searched(answer)
    return answer


def silent_suppliers(service: SearchService, parameters: SearchParameters) -> list[str]:
    """Firm ids of `suppliers`. Raises ProblemError 422."""
    try:
        read = service.understand(parameters.q).filters if parameters.q else parameters.filters
        return service.registered_without_evidence(read.without(*parameters.drop).merged(parameters.filters))
    except ValueError as error:
        raise ProblemError(422, str(error)) from None


def profile(service: SearchService, firm_id: str) -> dict[str, Any]:
    """Raises ProblemError 404 for an id that was never given."""
    if (current := service.profiles.current_id(firm_id)) is None:
        raise ProblemError(404, f"No firm has the id {firm_id[:20]}. Ids are in the answers of /api/v1/search.")
    return service.profiles.get(current).as_dict()


def answered(request: Request, service: SearchService, document: dict[str, Any]) -> Response:
    """A JSON answer that names its snapshot and can be asked for conditionally."""
    return Response(
        orjson.dumps({"snapshot": service.snapshot.name, **document}),
        media_type="application/json",
        headers={"ETag": etag(request, service), "Cache-Control": "no-cache"},
    )
