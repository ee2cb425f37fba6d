"""The server: API, pages and health in one app, answering from one pinned snapshot at a time."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Depends, FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST

from search.api import bulk, models, operations, v1
from search.http import problems
from search.http.metrics import Metrics, TimedRequests
from search.http.pinned import PinnedService
from search.http.security import KEY_HEADER, Guard, SecurityHeaders
from search.snapshot.health import lake_health
from search.web import overview, pages

_DESCRIPTION: Final = """Find firms by what they can do. Ask in plain Korean or English; every firm comes with quoted
evidence, its source and its date. The ranking rule is published and knows no popularity and no payment. No key is
needed unless the operator set some. Errors are RFC 9457 problem documents."""


def create_app(lake_url: str = "./lake", engine: str = "embedded") -> FastAPI:
    """The app over a lake; nothing is opened before the first request."""
    app = FastAPI(title="caplake", version="1", description=_DESCRIPTION, docs_url=None, redoc_url=None)
    app.state.pinned = PinnedService(lake_url, engine)
    app.state.metrics = Metrics(app.state.pinned.lake)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(TimedRequests, metrics=app.state.metrics)
    problems.install(app, pages.problem_page)
    guard = Guard()
    for router in (v1.router, bulk.router, operations.router):
        app.include_router(router, dependencies=[Depends(guard)])
    app.include_router(pages.router)
    app.include_router(overview.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC_FOLDER), name="static")

    @app.get("/healthz", tags=["health"])
    def healthz() -> dict[str, str]:
        """The process is alive."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"], responses={503: {"description": "Searches cannot be answered."}})
    def readyz(request: Request) -> JSONResponse:
        """Searches can be answered: the snapshot, its sources with their dates, and its indexes."""
        health: dict[str, Any] = lake_health(request.app.state.pinned.lake.url)
        return JSONResponse(health, 200 if health["ok"] else 503)

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        """Counts and ages for monitoring, in the text format of Prometheus."""
        return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    _complete_document(app)
    return app


def _complete_document(app: FastAPI) -> None:
    """Put what routes refer to by name, and the key where one is needed, into the OpenAPI document."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        components = document["components"]
        for model in (problems.Problem, models.ExportedModel):
            components["schemas"].setdefault(model.__name__, model.model_json_schema())
        components["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": KEY_HEADER}}
        document["security"] = [{}, {"key": []}]
        return document

    app.openapi = openapi  # type: ignore[method-assign]
