"""Version 1 of the API, the part for programs that take much: comparison, exports and changes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from schemas.columns import FIRM_ID_PATTERN
from search.answer.export import MEDIA_TYPES
from search.api import models
from search.http.caching import conditional
from search.http.files import MOST_COMPARED, Format, exported, exported_firms
from search.http.parameters import decode_cursor, encode_cursor
from search.http.problems import ProblemError, documented
from search.http.requests import RESPONSES, Cursor, Parameters, Service, answered, profile

router = APIRouter(prefix="/api/v1", tags=["bulk"], responses=RESPONSES)

_MOST_EXPORTED = 10_000
_CHANGES_PER_PAGE = 500

FirmIds = Annotated[
    list[Annotated[str, Query(pattern=FIRM_ID_PATTERN)]],
    Query(min_length=1, max_length=MOST_COMPARED, description="Ids of up to six firms.", examples=[["F3K7Q2M9XAB"]]),
]
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for form, kind in MEDIA_TYPES.items()
            if form != "json"
        }
        | {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/ExportedModel"}}}},
    }
}


@router.get("/compare", response_model=models.ComparisonModel, responses=documented(404))
def compare(request: Request, service: Service, firm: FirmIds) -> Response:
    """Up to six firms side by side."""
    if unchanged := conditional(request, service):
        return unchanged
    firms = [{"snapshot": service.snapshot.name, **profile(service, firm_id)} for firm_id in firm]
    return answered(request, service, {"firms": firms})


@router.get("/export", response_class=StreamingResponse, responses=_FILES)
def export(
    service: Service,
    parameters: Parameters,
    format: Format = "csv",
    limit: Annotated[int, Query(ge=1, le=_MOST_EXPORTED)] = 100,
) -> Response:
    """The result list as a file, each row with its source and licence. CSV and JSON are streamed."""
    return exported(service, parameters, format, limit)


@router.get("/compare/export", response_class=StreamingResponse, responses={**_FILES, **documented(404)})
def export_comparison(service: Service, firm: FirmIds, format: Format = "csv") -> Response:
    """A shortlist as a file, in the columns of `export`."""
    return exported_firms(service, firm, format)


@router.get("/changes", response_model=models.ChangesModel, responses=documented(409, 410))
def changes(
    request: Request,
    service: Service,
    firm: Annotated[list[str], Query(max_length=100, default_factory=list, description="Of these firms alone.")],
    since: Annotated[
        str | None,
        Query(max_length=40, description="The snapshot you have; every later night is told. Else the last night."),
    ] = None,
    cursor: Cursor = None,
) -> Response:
    """What changed in the last night, or since the snapshot that you hold, oldest first."""
    if unchanged := conditional(request, service):
        return unchanged
    offset = decode_cursor(cursor, service.snapshot.name) if cursor else 0
    try:
        table = service.changes_of(firm, since)
    except KeyError:
        kept = service.snapshots()
        raise ProblemError(
            410, f"No such snapshot is kept; the oldest is {kept[-1]}. Load everything anew and go on from `snapshot`."
        ) from None
    following = offset + _CHANGES_PER_PAGE
    document = {
        "previous": service.snapshot.manifest.previous,
        "changes": table[offset:following].to_dicts(),
        "next": encode_cursor(service.snapshot.name, following) if following < table.height else None,
    }
    return answered(request, service, document)
