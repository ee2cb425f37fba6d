"""What monitoring reads at `/metrics`, as Prometheus wants it, and the log of searches that an operator may want."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas import clock
from schemas.lake import Lake, Snapshot
from schemas.lake.layout import moment_of
from schemas.lake.reports import read_reports
from search.answer.answer import Answer

SEARCH_LOG_VARIABLE: Final = "CAPLAKE_SEARCH_LOG"
_BUCKETS: Final = (0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_PERSONAL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\d[\d\s-]{5,}\d")


class Metrics:
    """Counts of one app. Ages and rows are read from the lake when they are asked for, so they are never stale."""

    def __init__(self, lake: Lake) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "caplake_request_seconds",
            "Seconds to the end of an answer",
            ("route", "status"),
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self.searches = Counter(
            "caplake_searches_total", "Searches by how they ended", ("outcome", "language"), registry=self.registry
        )
        self.registry.register(_LakeCollector(lake))
        self._log = os.environ.get(SEARCH_LOG_VARIABLE)
        self._writing = threading.Lock()

    def searched(self, answer: Answer) -> None:
        """Count a search; write it down where the operator wants that."""
        outcome = "no_good_match" if answer.no_good_match else "answered"
        self.searches.labels(outcome, answer.understood.language).inc()
        if self._log:
            with self._writing, Path(self._log).open("a", encoding="utf-8") as file:
                file.write(json.dumps(log_entry(answer), ensure_ascii=False) + "\n")

    def text(self) -> bytes:
        return generate_latest(self.registry)


def log_entry(answer: Answer) -> dict[str, object]:
    """What is kept of a search: the day, the need without numbers and addresses, what it was taken for, and how many
    firms there were. No caller, no time of day.
    """
    return {
        "day": clock.today().isoformat(),
        "need": _PERSONAL.sub("…", answer.query),
        "fields": [field.id for field in answer.understood.fields[:3]],
        "concepts": [concept.id for concept in answer.understood.concepts[:5]],
        "total": answer.total,
        "no_good_match": answer.no_good_match,
    }


class TimedRequests:
    """ASGI middleware: seconds of every request by route and status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), "500"

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.requests.labels(route, status).observe(time.perf_counter() - started)


class _LakeCollector(Collector):
    """Age of the data and of the snapshot, rows, refusals, and how the last night went."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if (name := self._lake.current()) is None:
            return
        manifest = Snapshot(self._lake, name).manifest
        now = clock.now()
        age = GaugeMetricFamily("caplake_source_age_days", "Days since the date a source speaks for", labels=["source"])
        rows = GaugeMetricFamily("caplake_source_rows", "Rows of a source", labels=["source", "kind"])
        for source, entry in manifest.sources.items():
            if entry.as_of is not None:
                age.add_metric([source], (clock.day_in_seoul(now) - entry.as_of).days)
            rows.add_metric([source, "valid"], entry.valid)
            rows.add_metric([source, "quarantined"], entry.quarantined)
        yield age
        yield rows
        age_of_snapshot = now - moment_of(name)
        yield GaugeMetricFamily("caplake_snapshot_age_seconds", "Age of the snapshot", age_of_snapshot.total_seconds())
        for report in read_reports(self._lake, 1):
            yield GaugeMetricFamily(
                "caplake_night_seconds", "Duration of the last night", sum(report["seconds"].values())
            )
            yield GaugeMetricFamily(
                "caplake_night_failed", "Did the last night fail?", float(report["problem"] is not None)
            )
