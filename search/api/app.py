"""The server: API, pages and health in one app, answering from one pinned snapshot at a time."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from search.api import problems, v1
from search.api.pinned import PinnedService
from search.api.security import Guard, SecurityHeaders
from search.health import lake_health
from search.web.pages import STATIC_FOLDER
from search.web.pages import router as pages

_DESCRIPTION = """Find firms by what they can do. Ask in plain Korean or English; every firm comes with quoted evidence,
its source and its date. The ranking rule is published and knows no popularity and no payment. No key is needed unless
the operator set some. Errors are RFC 9457 problem documents."""


def create_app(lake_url: str = "./lake", engine: str = "embedded") -> FastAPI:
    """The app over a lake; nothing is opened before the first request."""
    app = FastAPI(title="caplake", version="1", description=_DESCRIPTION, docs_url=None, redoc_url=None)
    app.state.pinned = PinnedService(lake_url, engine)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    problems.install(app)
    app.include_router(v1.router, dependencies=[Depends(Guard())])
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=STATIC_FOLDER), name="static")

    @app.get("/healthz", tags=["health"])
    def healthz() -> dict[str, str]:
        """The process is alive."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"], responses={503: {"description": "Searches cannot be answered."}})
    def readyz(request: Request) -> JSONResponse:
        """Searches can be answered: the snapshot, its sources with their dates, and its indexes."""
        health: dict[str, Any] = lake_health(request.app.state.pinned.lake.url)
        return JSONResponse(health, 200 if health["ok"] else 503)

    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put the Problem schema, to which routes refer, into the OpenAPI document."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        document["components"]["schemas"].setdefault("Problem", problems.Problem.model_json_schema())
        return document

    app.openapi = openapi  # type: ignore[method-assign]
