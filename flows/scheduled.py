"""The night under Prefect: the same steps as tasks, for a server, a worker and a schedule.

`deployment.yaml` deploys these flows. Steps are handed names and small documents, never data frames.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.night import ENGINES, EngineChoice, NightError, NightReport, new_night
from flows.nightly import run_night
from flows.seam import all_or_nothing
from flows.steps import index
from schemas.lake import Lake, Snapshot

T = TypeVar("T")


@dataclass
class PrefectRunner:
    """Runs every step as a Prefect task of the flow that is running."""

    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, function: Callable[..., T], *arguments: Any) -> T:
        return self._as_task(function.__name__, function, *arguments)

    def each(self, function: Callable[..., T], items: Sequence[Any], *arguments: Any) -> list[T]:
        def every() -> list[T]:
            return all_or_nothing(function, items, *arguments)

        return self._as_task(function.__name__, every)

    def _as_task(self, name: str, function: Callable[..., T], *arguments: Any) -> T:
        started = time.perf_counter()
        named = task(name=name.replace("_", "-"), cache_policy=NO_CACHE, persist_result=False)
        result: T = named(function)(*arguments)
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - started, 3)
        return result


@flow(name="nightly", log_prints=True)
def nightly(
    lake: str | None = None,
    sources: list[str] | None = None,
    engine: EngineChoice = "embedded",
    keep: int = 3,
    accept: list[str] | None = None,
) -> dict[str, Any]:
    """The whole night; `sources` limits it to some, `accept` names gates
    that may be broken. Returns the report, which is also kept as an artifact."""
    report = run_night(new_night(_lake_url(lake), sources or [], ENGINES[engine], keep, accept or []), PrefectRunner())
    _keep(report)
    return report.as_dict()


@flow(name="reindex", log_prints=True)
def reindex(lake: str | None = None, engine: EngineChoice = "embedded") -> dict[str, int]:
    """Build the indexes of the committed snapshot anew. Returns the statements in each."""
    snapshot = Snapshot.current(Lake(_lake_url(lake)))
    night = new_night(snapshot.lake.url, list(snapshot.manifest.sources), ENGINES[engine]).at(snapshot.name)
    return {name: task(name=f"index-{name}", cache_policy=NO_CACHE)(index)(night, name) for name in night.engines}


def _lake_url(lake: str | None) -> str:
    """A worker's folder is a temporary one, so a lake is never guessed."""
    if url := lake or os.environ.get("CAPLAKE_LAKE"):
        return url
    raise NightError("no lake is named: set CAPLAKE_LAKE for the worker, or give the parameter `lake`.")


def _keep(report: NightReport) -> None:
    rows = [{"source": name, **entry.model_dump(mode="json")} for name, entry in report.sources.items()]
    state = "nothing changed" if report.unchanged else f"committed {report.snapshot}"
    create_table_artifact(key="night-sources", table=rows or [{"source": "-"}], description=state)
    gates = [gate.model_dump() for gate in report.gates]
    create_table_artifact(key="night-gates", table=gates or [{"name": "-"}], description=state)
