"""Version 1 of the API. The parameters are those of the page; every answer names its snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, StreamingResponse

from schemas.columns import FIRM_ID_PATTERN
from search.api import models
from search.api.caching import conditional, etag
from search.api.parameters import SearchParameters, decode_cursor, encode_cursor
from search.api.pinned import PinnedService
from search.api.problems import ProblemError, documented
from search.export import MEDIA_TYPES, encode, result_table
from search.service import LONGEST_NEED, BadNeed, SearchService

router = APIRouter(prefix="/api/v1", tags=["v1"], responses=documented(401, 422, 429, 503))

_MOST_EXPORTED = 1_000
_MOST_COMPARED = 6
_CHANGES_PER_PAGE = 500


def pinned(request: Request) -> SearchService:
    holder: PinnedService = request.app.state.pinned
    return holder.get()


Service = Annotated[SearchService, Depends(pinned)]
Parameters = Annotated[SearchParameters, Depends()]
Limit = Annotated[int, Query(ge=1, le=100, description="Firms a page.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
FirmId = Annotated[str, Path(pattern=FIRM_ID_PATTERN, examples=["F3K7Q2M9XAB"])]


@router.get("/search", response_model=models.AnswerModel, responses=documented(409))
def search(
    request: Request, service: Service, parameters: Parameters, limit: Limit = 10, cursor: Cursor = None
) -> Response:
    """Firms that can do what is needed, best first, each with reasons, quoted evidence and what is unknown."""
    if unchanged := conditional(request, service):
        return unchanged
    offset = decode_cursor(cursor, service.snapshot.name) if cursor else 0
    answer = asked(service, parameters, limit=limit, offset=offset)
    following = offset + limit
    document = answer.as_dict()
    document["next"] = encode_cursor(service.snapshot.name, following) if following < answer.total else None
    return _json(request, service, document)


@router.get("/understand", response_model=models.UnderstoodModel)
def understand(request: Request, service: Service, q: Annotated[str, Query(max_length=LONGEST_NEED)]) -> Response:
    """What a need was taken to mean: fields, concepts, filters, and why; nothing is searched."""
    try:
        understood = service.understand(q)
    except BadNeed as error:
        raise ProblemError(422, str(error)) from None
    return _json(request, service, {"snapshot": service.snapshot.name, "understood": understood.as_dict()})


@router.get("/firms/{firm_id}", response_model=models.ProfileModel, responses=documented(404))
def firm(request: Request, service: Service, firm_id: FirmId) -> Response:
    """All that may be shown of one firm; the id of a firm that was merged leads to the firm it is part of."""
    return conditional(request, service) or _json(request, service, _profile(service, firm_id))


@router.get("/compare", response_model=models.ComparisonModel, responses=documented(404))
def compare(
    request: Request, service: Service, firm: Annotated[list[str], Query(min_length=1, max_length=_MOST_COMPARED)]
) -> Response:
    """Up to six firms side by side."""
    return _json(request, service, {"snapshot": service.snapshot.name, "firms": [_profile(service, f) for f in firm]})


@router.get("/fields", response_model=models.FieldsModel)
def fields(request: Request, service: Service) -> Response:
    """The seven strategic fields and those outside them, explained."""
    listed = [
        entry.model_dump(include={"id", "area", "strategic", "ko", "en", "definition"})
        for entry in service.vocabulary.fields
    ]
    return _json(request, service, {"fields": listed})


@router.get("/suggest", response_model=models.SuggestionsModel)
def suggest(request: Request, service: Service, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """What begins like the typed text: fields, concepts and firms; initial consonants work too."""
    found = service.suggester.suggest(q)
    return _json(request, service, {"suggestions": [vars(s) for s in found]})


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"description": "The file.", "content": {m.partition(";")[0]: {} for m in MEDIA_TYPES.values()}}},
)
def export(
    service: Service,
    parameters: Parameters,
    format: Literal["csv", "json", "xlsx", "parquet"] = "csv",
    limit: Annotated[int, Query(ge=1, le=_MOST_EXPORTED)] = 100,
) -> Response:
    """The result list as a file, with each firm's source and licence."""
    answer = asked(service, parameters, limit=limit)
    table = result_table(answer.hits, service.snapshot.manifest.sources)
    name = {"Content-Disposition": f'attachment; filename="caplake-{service.snapshot.name}.{format}"'}
    pieces: Iterator[bytes] = encode(table, format)
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[format], headers=name)


@router.get("/changes", response_model=models.ChangesModel, responses=documented(409))
def changes(
    request: Request,
    service: Service,
    firm: Annotated[list[str], Query(max_length=100, default_factory=list)],
    cursor: Cursor = None,
) -> Response:
    """What changed in the last night, of all firms or of those named."""
    offset = decode_cursor(cursor, service.snapshot.name) if cursor else 0
    table = service.changes_of(firm)
    following = offset + _CHANGES_PER_PAGE
    return _json(
        request,
        service,
        {
            "snapshot": service.snapshot.name,
            "previous": service.snapshot.manifest.previous,
            "changes": table[offset:following].to_dicts(),
            "next": encode_cursor(service.snapshot.name, following) if following < table.height else None,
        },
    )


def asked(service: SearchService, parameters: SearchParameters, *, limit: int, offset: int = 0) -> Any:
    """The answer to a request's search. Raises ProblemError 422 for a need that cannot be searched for."""
    try:
        return service.search(
            parameters.q, limit=limit, offset=offset, filters=parameters.filters, dropped=parameters.drop
        )
    except BadNeed as error:
        raise ProblemError(422, str(error)) from None
    except ValueError as error:
        raise ProblemError(422, str(error)) from None


def _profile(service: SearchService, firm_id: str) -> dict[str, Any]:
    if (current := service.profiles.current_id(firm_id)) is None:
        raise ProblemError(404, f"No firm has the id {firm_id[:20]}. Ids are in the answers of /api/v1/search.")
    return {"snapshot": service.snapshot.name, **service.profiles.get(current).as_dict()}


def _json(request: Request, service: SearchService, document: dict[str, Any]) -> Response:
    return JSONResponse(
        jsonable_encoder(document), headers={"ETag": etag(request, service), "Cache-Control": "no-cache"}
    )
