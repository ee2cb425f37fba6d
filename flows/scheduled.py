"""The night under Prefect: the same steps as tasks, for a server, a worker and a schedule.

`deployment.yaml` deploys these flows. Steps are handed names and small documents, never data frames.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event
from prefect.tasks import exponential_backoff

from flows.fetch.answers import TransientError
from flows.night import ENGINES, EngineChoice, Night, NightError, new_night
from flows.nightly import run_night
from flows.recovery import backfill_night, problems_of, roll_back
from flows.runner import all_or_nothing
from flows.sources import load_source
from flows.steps import collect, encode, index
from schemas.lake import Lake, LakeError, Snapshot

T = TypeVar("T")

WARNED: Final = "caplake.night.warned"
"""Event of a night that committed and has something to say; docs/prefect-automation.yaml listens for it."""

_RETRIES: Final = 3
_FIRST_WAIT_SECONDS: Final = 60
_JITTER: Final = 0.5


@dataclass
class PrefectRunner:
    """Runs every step as a Prefect task of the flow that is running, a step over several items as one task each.

    Only the step that asks services is tried again, and only after what may pass: any other step that fails would
    fail again. Its tasks carry the tag `service:<name>`, by which the server limits how many ask one service at once.
    The parts to embed are handed to the flow's task runner, which may spread them over machines (flows/fanout.py).
    """

    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, function: Callable[..., T], *arguments: Any) -> T:
        return self._timed(function, partial(_run, function, "", *arguments))

    def each(self, function: Callable[..., T], items: Sequence[Any], *arguments: Any) -> list[T]:
        if function is encode:
            return self._timed(function, lambda: _spread(function, items, *arguments))
        one = partial(_run_item, function)
        return self._timed(function, lambda: all_or_nothing(one, items, *arguments))

    def _timed(self, function: Callable[..., Any], work: Callable[[], T]) -> T:
        started = time.perf_counter()
        result = work()
        name = function.__name__
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - started, 3)
        return result


def _run_item(function: Callable[..., T], *arguments: Any) -> T:
    """One item of a step, which is the last argument."""
    return _run(function, arguments[-1], *arguments)


def _run(function: Callable[..., T], item: Any, *arguments: Any) -> T:
    result: T = _as_task(function, item)(*arguments)
    return result


def _spread(function: Callable[..., T], items: Sequence[Any], *arguments: Any) -> list[T]:
    futures = [_as_task(function, item).submit(*arguments, item) for item in items]
    return [future.result() for future in futures]


def _as_task(function: Callable[..., T], item: Any) -> Any:
    """The task of a step, named after it and its item."""
    name, label = function.__name__.replace("_", "-"), str(getattr(item, "source", item))
    options: dict[str, Any] = {"name": name, "cache_policy": NO_CACHE, "persist_result": False}
    if label:
        options["task_run_name"] = f"{name}-{label}"
    if function is collect:
        options |= _collecting(label)
    return task(**options)(function)


def _collecting(source: str) -> dict[str, Any]:
    """Options of the task that takes a source's delivery."""
    return {
        "retries": _RETRIES,
        "retry_delay_seconds": exponential_backoff(_FIRST_WAIT_SECONDS),
        "retry_jitter_factor": _JITTER,
        "retry_condition_fn": may_pass,
        "tags": sorted({f"service:{call.service}" for call in load_source(source).api}),
    }


def may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Did a service fail in a way that may be over in minutes? Wrong keys, spent quotas, changed columns are not."""
    return isinstance(state.result(raise_on_failure=False), TransientError)


@flow(name="nightly", log_prints=True)
def nightly(
    lake: str | None = None,
    sources: list[str] | None = None,
    engine: EngineChoice = "embedded",
    keep: int = 3,
    accept: list[str] | None = None,
) -> dict[str, Any]:
    """The whole night; `sources` limits it to some, `accept` names gates
    that may be broken. Returns the report, which is also kept as artifacts."""
    return run_and_tell(new_night(_lake_url(lake), sources or [], ENGINES[engine], keep, accept or []))


@flow(name="backfill", log_prints=True)
def backfill(
    lake: str | None = None,
    receipts: dict[str, str] | None = None,
    engine: EngineChoice = "embedded",
    keep: int = 3,
    accept: list[str] | None = None,
) -> dict[str, Any]:
    """A night over kept deliveries, asking nobody; `receipts` names by source the time of
    the delivery to take. Returns the report, which is also kept as artifacts."""
    return run_and_tell(backfill_night(_lake_url(lake), receipts or {}, ENGINES[engine], keep, accept or []))


@flow(name="reindex", log_prints=True)
def reindex(lake: str | None = None, engine: EngineChoice = "embedded") -> dict[str, int]:
    """Build the indexes of the committed snapshot anew. Returns the statements in each."""
    snapshot = Snapshot.current(Lake(_lake_url(lake)))
    night = new_night(snapshot.lake.url, list(snapshot.manifest.sources), ENGINES[engine]).at(snapshot.name)
    return {name: _run_item(index, night, name) for name in night.engines}


@flow(name="rollback", log_prints=True)
def rollback(lake: str | None = None, to: str | None = None) -> dict[str, str]:
    """Give readers an earlier snapshot, by default the one before. Returns the old and the new name."""
    before, now = roll_back(Lake(_lake_url(lake)), to)
    print(f"current snapshot is {now} (was {before})")
    return {"was": before, "is": now}


@flow(name="verify", log_prints=True)
def verify(lake: str | None = None) -> dict[str, str]:
    """Check tables and indexes of the committed snapshot against its manifest. Fails, naming all that is wrong."""
    snapshot = Snapshot.current(Lake(_lake_url(lake)))
    if problems := problems_of(snapshot):
        raise LakeError("; ".join(problems) + ". The `rollback` deployment goes back to the snapshot before.")
    return {"snapshot": snapshot.name}


def run_and_tell(night: Night) -> dict[str, Any]:
    """Run the night; keep its report as artifacts, also when it failed; returns the report."""
    path = f"reports/{night.snapshot}.json"
    try:
        run_night(night, PrefectRunner())
    finally:
        # A run that did not get the lake's lock has no report, and nothing to tell but its error.
        if night.lake.exists(path):
            _keep(night.lake.read_json(path))
    report: dict[str, Any] = night.lake.read_json(path)
    if warnings := warnings_of(report):
        emit_event(WARNED, {"prefect.resource.id": f"caplake.night.{night.snapshot}"}, payload={"warnings": warnings})
    return report


def warnings_of(report: Mapping[str, Any]) -> list[str]:
    """All that a committed night wants to be looked at: what outsiders do not see yet, gates that only warn."""
    soft = [f"{g['name']} is {g['value']:g}, should be {g['bound']}" for g in report["gates"] if not g["ok"]]
    return [*report["warnings"], *soft]


def state_of(report: Mapping[str, Any]) -> str:
    """What a night came to, in a line."""
    if report["committed"]:
        return f"committed {report['snapshot']}" + ("; then it failed" if report["problem"] else "")
    return "nothing changed" if report["unchanged"] else "failed; nothing was committed"


def told_in_markdown(report: Mapping[str, Any]) -> str:
    """The report for people: what it came to, what to look at, counts and seconds."""
    lines = [f"# {state_of(report)}", ""]
    if report["problem"]:
        lines += ["## Problem", "", f"    {report['problem']}".replace("\n", "\n    "), ""]
    if warnings := warnings_of(report):
        lines += ["## Warnings", "", *(f"* {warning}" for warning in warnings), ""]
    for title, unit, numbers in (("Indexes", "statements", report["index_counts"]), ("Steps", "s", report["seconds"])):
        if numbers:
            lines += [f"## {title}", "", *(f"* {name}: {number:,} {unit}" for name, number in numbers.items()), ""]
    return "\n".join(lines)


def _lake_url(lake: str | None) -> str:
    """A worker's folder is a temporary one, so a lake is never guessed."""
    if url := lake or os.environ.get("CAPLAKE_LAKE"):
        return url
    raise NightError("no lake is named: set CAPLAKE_LAKE for the worker, or give the parameter `lake`.")


def _keep(report: Mapping[str, Any]) -> None:
    state = state_of(report)
    create_markdown_artifact(key="night-report", markdown=told_in_markdown(report), description=state)
    rows = [{"source": name, **entry} for name, entry in report["sources"].items()]
    create_table_artifact(key="night-sources", table=rows or [{"source": "-"}], description=state)
    create_table_artifact(key="night-gates", table=report["gates"] or [{"name": "-"}], description=state)
