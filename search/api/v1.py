"""Version 1 of the API. The parameters are those of the page; every answer names its snapshot."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from search.api import models
from search.http.caching import conditional
from search.http.parameters import RoleValues, decode_cursor, encode_cursor
from search.http.problems import ProblemError, documented
from search.http.requests import (
    RESPONSES,
    Cursor,
    FirmId,
    Language,
    Limit,
    Parameters,
    Service,
    answered,
    asked,
    profile,
    silent_suppliers,
)
from search.parameters import chosen_roles
from search.service import LONGEST_NEED

router = APIRouter(prefix="/api/v1", tags=["search"], responses=RESPONSES)

_SUPPLIERS_PER_PAGE = 100


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
def understand(
    request: Request, service: Service, q: Annotated[str, Query(max_length=LONGEST_NEED)], role: RoleValues = ()
) -> Response:
    """What a need was taken to mean: fields, concepts, filters, and why; nothing is searched."""
    if unchanged := conditional(request, service):
        return unchanged
    try:
        understood = service.understand(q, chosen_roles(role))
    except ValueError as error:
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
