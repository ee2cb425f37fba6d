"""Conditional requests: an answer depends on the address, the snapshot and the day, so these make its ETag."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response

from search.service import SearchService


def etag(request: Request, service: SearchService) -> str:
    view = request.headers.get("hx-request", "")
    told = f"{request.url.path}?{request.url.query}|{service.snapshot.name}|{service.today()}|{view}"
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'


def conditional(request: Request, service: SearchService) -> Response | None:
    """304 when the caller has this answer already, before anything is computed."""
    tag = etag(request, service)
    held = [entry.strip() for entry in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers={"ETag": tag}) if tag in held else None
