"""What the flows under Prefect do, as plain functions: no server, no task engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.events.schemas.automations import AutomationCore
from prefect.states import Failed

from flows.deployments import limit_commands
from flows.fetch.answers import QuotaSpent, Refused, TransientError
from flows.night import NightError
from flows.recovery import problems_of
from flows.scheduled import _as_task, _lake_url, may_pass, state_of, told_in_markdown, warnings_of
from flows.sources import SourceError
from flows.steps import collect, embed, resolve, validate
from schemas.lake import Lake, Snapshot

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Delivered:
    source: str


def test_only_the_step_that_asks_services_is_tried_again_with_growing_jittered_waits() -> None:
    taken = _as_task(collect, "dart")
    assert taken.retries == 3
    assert taken.retry_delay_seconds == [60, 120, 240]
    assert taken.retry_jitter_factor == 0.5
    for other in (_as_task(validate, Delivered("dart")), _as_task(resolve, ""), _as_task(embed, "")):
        assert other.retries == 0
        assert not other.tags


def test_tasks_are_named_after_step_and_item_and_limited_by_service() -> None:
    assert _as_task(collect, "dart").task_run_name == "collect-dart"
    assert _as_task(validate, Delivered("dart")).task_run_name == "validate-dart"
    assert _as_task(collect, "dart").tags == {"service:opendart"}
    assert _as_task(collect, "own_list").tags == set()
    assert "prefect concurrency-limit create service:opendart 1" in limit_commands()


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (TransientError("did not answer in time"), True),
        (QuotaSpent("no more for today"), False),
        (Refused("the key is not registered"), False),
        (SourceError("lacks the column"), False),
    ],
)
def test_only_what_may_pass_is_tried_again(error: Exception, again: bool) -> None:
    assert may_pass(None, None, Failed(data=error)) is again


def report(**told: Any) -> dict[str, Any]:
    return {
        "snapshot": "2026-01-01T000000Z", "committed": False, "unchanged": False, "problem": None, "warnings": [],
        "index_counts": {}, "sources": {}, "gates": [], "seconds": {}, **told,
    }  # fmt: skip


def test_the_report_tells_problem_warnings_counts_and_seconds() -> None:
    soft = {"name": "rows of dart", "value": 9.0, "bound": "at most 5", "ok": False, "warning": True}
    told = report(
        committed=True,
        warnings=["outsiders of opensearch still see an older snapshot"],
        gates=[soft, {**soft, "name": "rows of krx_listed", "ok": True}],
        index_counts={"embedded": 12345},
        seconds={"resolve": 1.5},
    )
    assert warnings_of(told) == [
        "outsiders of opensearch still see an older snapshot",
        "rows of dart is 9, should be at most 5",
    ]
    text = told_in_markdown(told)
    assert text.startswith("# committed 2026-01-01T000000Z\n")
    for part in ("* rows of dart is 9, should be at most 5", "embedded: 12,345 statements", "resolve: 1.5 s"):
        assert part in text


def test_a_failed_night_is_told_as_one() -> None:
    failed = report(problem="NightError: nothing was committed:\n  venture: lacks the column")
    assert state_of(failed) == "failed; nothing was committed"
    assert "    NightError: nothing was committed:\n      venture: lacks the column" in told_in_markdown(failed)
    assert state_of(report(unchanged=True)) == "nothing changed"
    assert state_of(report(committed=True, problem="EngineError: gone")).endswith("then it failed")


def test_a_lake_is_never_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAPLAKE_LAKE", raising=False)
    with pytest.raises(NightError, match="CAPLAKE_LAKE"):
        _lake_url(None)


def test_a_whole_snapshot_has_no_problems(small_lake: str) -> None:
    assert problems_of(Snapshot.current(Lake(small_lake))) == []


def test_the_automations_are_what_prefect_takes() -> None:
    document = yaml.safe_load((REPOSITORY / "docs" / "prefect-automation.yaml").read_text(encoding="utf-8"))
    automations = [AutomationCore.model_validate(entry) for entry in document["automations"]]
    assert {name for automation in automations for name in automation.trigger.expect} >= {
        "prefect.flow-run.Failed",
        "caplake.night.warned",
        "prefect.flow-run.Completed",
    }
