"""Results and shortlists as files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from fastapi import Response
from fastapi.responses import StreamingResponse

from search.answer.export import MEDIA_TYPES, Row, encode, profile_rows, result_rows
from search.http.parameters import SearchParameters
from search.http.problems import ProblemError
from search.service import SearchService

MOST_COMPARED = 6
Format = Literal["csv", "json", "xlsx", "parquet"]


def exported(service: SearchService, parameters: SearchParameters, form: Format, limit: int) -> Response:
    """A file of the hits of a search; they are explained while it is sent. Raises ProblemError 422."""
    try:
        chosen = service.select(
            parameters.q,
            filters=parameters.filters,
            dropped=parameters.drop,
            roles=parameters.roles,
            bands=parameters.bands,
        )
    except ValueError as error:
        raise ProblemError(422, str(error)) from None
    hits, sources = service.explained(chosen, 0, limit), service.snapshot.manifest.sources
    return _file(service, result_rows(hits, sources, chosen.understood.parts), form)


def exported_firms(service: SearchService, firm_ids: list[str], form: Format) -> Response:
    """A file of the firms of a shortlist. Raises ProblemError 404."""
    known = [service.profiles.current_id(firm_id) for firm_id in firm_ids]
    if None in known:
        raise ProblemError(404, "A firm of this list is not known. Ids are in the answers of /api/v1/search.")
    profiles = [service.profiles.get(firm_id) for firm_id in known if firm_id]
    return _file(service, profile_rows(profiles, service.snapshot.manifest.sources), form)


def _file(service: SearchService, rows: Iterable[Row], form: Format) -> Response:
    name = {"Content-Disposition": f'attachment; filename="caplake-{service.snapshot.name}.{form}"'}
    return StreamingResponse(encode(rows, form), media_type=MEDIA_TYPES[form], headers=name)
