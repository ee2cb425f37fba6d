"""Errors as RFC 9457 problem documents: what went wrong and what to do, never an address with a key in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from schemas.lake import LakeError
from search.embedding import EmbeddingError
from search.engines import EngineError

MEDIA_TYPE: Final = "application/problem+json"
_TITLES: Final = {
    304: "Not Modified",
    400: "Bad request",
    401: "A key is needed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "The data were renewed",
    410: "No longer kept",
    413: "Too large",
    422: "A parameter is wrong",
    429: "Too many requests",
    503: "Not available at present",
}


class Problem(BaseModel):
    """RFC 9457: `title` names the kind of problem, `detail` says what to do."""

    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = Field(default_factory=list, description="Which parameter, and why.")


class ProblemError(Exception):
    """Raised by a route; becomes a problem document."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Entries of `responses=` for the problems that a route can answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _TITLES[status], "content": content} for status in statuses}


def problem(
    status: int, detail: str, errors: list[dict[str, str]] | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    document = Problem(title=_TITLES.get(status, "Error"), status=status, detail=detail, errors=errors or [])
    return JSONResponse(document.model_dump(), status, headers, MEDIA_TYPE)


ProblemPage = Callable[[Request, int, str], Response]
"""Renders a problem as a page, for those who came with a browser to a page's address."""


def install(app: FastAPI, page: ProblemPage) -> None:
    """Answer every known error with a problem document, or with a page where a page was asked for."""

    def answer(
        request: Request,
        status: int,
        detail: str,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
        return page(request, status, detail) if wants_page else problem(status, detail, errors, headers)

    @app.exception_handler(ProblemError)
    async def _problem(request: Request, error: ProblemError) -> Response:
        return answer(request, error.status, error.detail, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        errors = [
            {"parameter": ".".join(str(part) for part in e["loc"][1:]), "reason": e["msg"]} for e in error.errors()
        ]
        named = "; ".join(f"{e['parameter']}: {e['reason']}" for e in errors)
        return answer(request, 422, f"{named}. See /docs for what each parameter takes.", errors)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, str(error.detail), headers=dict(error.headers or {}))

    async def _unavailable(request: Request, error: Exception) -> Response:
        return answer(request, 503, str(error), headers={"Retry-After": "30"})

    for kind in (LakeError, EngineError, EmbeddingError):
        app.add_exception_handler(kind, _unavailable)
