"""Version 1 of the API, the part about the data themselves: nights, coverage, and pairs left to people."""

from __future__ import annotations

from typing import Annotated, Any, Final

import polars as pl
from fastapi import APIRouter, Query, Request, Response

from schemas.lake import Snapshot
from schemas.lake.reports import read_reports
from search.api import models
from search.api.caching import conditional
from search.api.parameters import decode_cursor, encode_cursor
from search.api.problems import documented
from search.api.v1 import RESPONSES, Cursor, Service, answered
from search.coverage import registered_coverage

router = APIRouter(prefix="/api/v1", tags=["data"], responses=RESPONSES)

_SHOWN: Final = ("read", "valid", "quarantined", "new", "changed", "gone", "as_of", "transport")
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


def open_pairs(snapshot: Snapshot) -> pl.DataFrame:
    """The pairs that the last night left to a person, with the names of both records."""
    pairs = snapshot.table("open_pairs").sort("score", "left", "right", descending=[True, False, False])
    asked = pl.concat([pairs["left"], pairs["right"]]).unique()
    told = snapshot.scan("names").select("record_key", "name").filter(pl.col("record_key").is_in(asked.implode()))
    names = snapshot.collected([told])[0].unique("record_key", keep="first", maintain_order=True)
    for side in ("left", "right"):
        sided = names.rename({"record_key": side, "name": f"{side}_name"})
        pairs = pairs.join(sided, on=side, how="left", maintain_order="left")
    return pairs


def night_reports(snapshot: Snapshot, most: int) -> list[dict[str, Any]]:
    """Reports fit for everybody's eyes: of a failure only its kind, since its text may name places of this machine."""
    return [
        {
            "snapshot": report["snapshot"],
            "committed": report["committed"],
            "problem": (report["problem"] or "").partition(":")[0] or None,
            "seconds": report["seconds"],
            "gates": report["gates"],
            "sources": {
                name: {key: source[key] for key in _SHOWN if key in source}
                for name, source in report["sources"].items()
            },
        }
        for report in read_reports(snapshot.lake, most)
    ]
