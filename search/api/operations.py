"""Version 1 of the API, the part about the data themselves: nights, coverage, and pairs left to people."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from search.api import models
from search.http.caching import conditional
from search.http.parameters import decode_cursor, encode_cursor
from search.http.problems import documented
from search.http.requests import RESPONSES, Cursor, Service, answered
from search.snapshot.coverage import registered_coverage
from search.snapshot.operations import night_reports, open_pairs

router = APIRouter(prefix="/api/v1", tags=["data"], responses=RESPONSES)

_PAIRS_PER_PAGE: Final = 100


@router.get("/ops", response_model=models.OpsModel)
def ops(request: Request, service: Service, nights: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
    """What the newest nights did: whether they committed, how long each step took, gates, and rows of each source."""
    return answered(request, service, {"nights": night_reports(service.snapshot, nights)})


@router.get("/coverage", response_model=models.CoverageModel)
def coverage(request: Request, service: Service) -> Response:
    """For how many of the registered suppliers the sources tell anything, and why not for the others."""
    if unchanged := conditional(request, service):
        return unchanged
    return answered(request, service, registered_coverage(service.snapshot).as_dict())


@router.get("/review", response_model=models.ReviewModel, responses=documented(409))
def review(request: Request, service: Service, cursor: Cursor = None) -> Response:
    """Pairs of records that the rules leave open, likeliest first; a person decides them with `caplake review`."""
    if unchanged := conditional(request, service):
        return unchanged
    pairs = open_pairs(service.snapshot)
    offset = decode_cursor(cursor, service.snapshot.name) if cursor else 0
    following = offset + _PAIRS_PER_PAGE
    document = {
        "total": pairs.height,
        "pairs": pairs[offset:following].to_dicts(),
        "next": encode_cursor(service.snapshot.name, following) if following < pairs.height else None,
    }
    return answered(request, service, document)
