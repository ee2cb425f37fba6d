"""Conditional requests: an answer depends on the address, the snapshot, the day and, where the address names no
language, on the reader's; so these make its ETag.
"""

from __future__ import annotations

import hashlib

from fastapi import Request, Response

from search.service import SearchService


def etag(request: Request, service: SearchService) -> str:
    reader = request.headers.get("accept-language", "")
    told = f"{request.url.path}?{request.url.query}|{service.snapshot.name}|{service.today()}|{reader}"
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'


def conditional(request: Request, service: SearchService) -> Response | None:
    """304 when the caller has this answer already, before anything is computed."""
    tag = etag(request, service)
    held = [entry.strip() for entry in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers={"ETag": tag}) if tag in held else None
