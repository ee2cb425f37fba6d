"""What every route shares: the pinned service, the parameters, and searches whose errors are HTTP problems."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from fastapi import Depends, Path, Query, Request, Response

from schemas.columns import FIRM_ID_PATTERN
from search.answer.answer import Answer
from search.http.caching import etag
from search.http.parameters import SearchParameters
from search.http.pinned import PinnedService
from search.http.problems import ProblemError, documented
from search.service import SearchService

RESPONSES: dict[int | str, dict[str, Any]] = {
    **documented(401, 422, 429, 503),
    304: {"description": "You have this answer: its ETag is the one you sent in If-None-Match."},
}


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
            roles=parameters.roles,
            bands=parameters.bands,
            language=language,
        )
    except ValueError as error:  # BadNeed, or a name in `drop` that is no filter, or a role of nothing
        raise ProblemError(422, str(error)) from None
    request.app.state.metrics.searched(answer)
    return answer


def silent_suppliers(service: SearchService, parameters: SearchParameters) -> list[str]:
    """Firm ids of `suppliers`. Raises ProblemError 422."""
    try:
        read = service.understand(parameters.q, parameters.roles).filters if parameters.q else parameters.filters
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
