"""Listings that are asked for month by month: which months a night asks for, and which it keeps from before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from flows.fetch.attempts import attempts, calls_in_month, last_whole_answer, record_attempt
from flows.fetch.live import is_settled
from flows.steps.collect import collect
from schemas.lake import Lake
from tests.clock import clock_at
from tests.conftest import night_at
from tests.replay.server import Replay, replaying

SOURCE = "koneps_suppliers"
GRAINS = 3


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Replay]:
    monkeypatch.setenv("CAPLAKE_DROP", str(tmp_path / "none"))
    with replaying() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def asked_at(moment: str, lake: Path, server: Replay) -> list[str]:
    """The months that a night at a moment asks for, each once."""
    before = len(server.requests)
    with clock_at(moment):
        collect(night_at(lake, moment, (SOURCE,)), SOURCE)
    months = [request.partition("'inqryBgnDt', '")[2][:6] for request in server.requests[before:]]
    assert len(months) == GRAINS * len(set(months))
    return sorted(set(months))


def test_the_first_night_asks_for_every_month_and_later_ones_for_what_is_not_settled(
    server: Replay, tmp_path: Path
) -> None:
    assert asked_at("2025-06-15T000000Z", tmp_path, server) == [f"20250{month}" for month in range(1, 7)]
    assert asked_at("2025-06-16T000000Z", tmp_path, server) == ["202504", "202505", "202506"]


def test_a_month_that_was_had_too_early_is_asked_for_again_however_old_it_is(server: Replay, tmp_path: Path) -> None:
    """No night succeeded from June to October: April to June were still growing when they were last had."""
    asked_at("2025-06-15T000000Z", tmp_path, server)
    assert asked_at("2025-10-02T000000Z", tmp_path, server) == [f"2025{month:02}" for month in range(4, 11)]
    assert asked_at("2025-10-03T000000Z", tmp_path, server) == ["202508", "202509", "202510"]


def test_ten_years_on_a_night_asks_for_as_many_months_as_today(server: Replay, tmp_path: Path) -> None:
    assert len(asked_at("2035-06-15T000000Z", tmp_path, server)) == 10 * 12 + 6
    assert len(asked_at("2035-06-16T000000Z", tmp_path, server)) == 3


@pytest.mark.parametrize(
    ("moment", "newest"), [("2025-12-31T145959Z", "202512"), ("2025-12-31T150000Z", "202601")], ids=["old", "new"]
)
def test_a_month_begins_in_seoul(server: Replay, tmp_path: Path, moment: str, newest: str) -> None:
    assert asked_at(moment, tmp_path, server)[-1] == newest


@pytest.mark.parametrize(
    ("month", "asked", "settled"),
    [
        (date(2025, 1, 1), date(2025, 3, 31), False),
        (date(2025, 1, 1), date(2025, 4, 1), True),
        (date(2025, 11, 1), date(2026, 1, 31), False),
        (date(2025, 11, 1), date(2026, 2, 1), True),
        (date(2027, 11, 1), date(2028, 2, 29), True),
        (date(2027, 12, 1), date(2028, 2, 29), False),
    ],
)
def test_a_month_settles_when_the_third_after_it_has_begun(month: date, asked: date, settled: bool) -> None:
    assert is_settled(month, asked) is settled


def test_a_quota_of_the_month_is_renewed_on_the_first_in_seoul(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    for moment in ("2026-11-30T145959Z", "2026-11-30T150000Z"):
        with clock_at(moment):
            record_attempt(lake, SOURCE, transport="koneps", outcome="delivered", calls=7)
    assert calls_in_month(lake, SOURCE, date(2026, 11, 30)) == 7
    assert calls_in_month(lake, SOURCE, date(2026, 12, 31)) == 7
    assert calls_in_month(lake, SOURCE, date(2025, 12, 1)) == 0


def test_the_newest_attempt_is_the_newest_though_the_clock_went_back(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    for moment, outcome in (("2030-01-01T000000Z", "failed"), ("2026-12-01T000000Z", "delivered")):
        with clock_at(moment):
            record_attempt(lake, SOURCE, transport="koneps", outcome=outcome)
    newest = next(attempts(lake, SOURCE))
    assert (newest.at, newest.outcome) == ("2026-12-01T000000Z", "delivered")
    assert last_whole_answer(lake, SOURCE, "koneps") == date(2026, 12, 1)
    assert last_whole_answer(lake, SOURCE, "file") is None


def test_an_answer_about_one_firm_is_asked_for_again_after_ninety_days(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAPLAKE_DROP", str(tmp_path / "none"))
    with replaying(most=5) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        asked = []
        for moment in ("2027-12-01T000000Z", "2028-02-28T145959Z", "2028-02-28T150000Z", "2028-03-01T000000Z"):
            before = len(server.requests)
            with clock_at(moment):
                collect(night_at(tmp_path, moment, ("dart",)), "dart")
            asked.append(sum("company.json" in request for request in server.requests[before:]))
    # The ninetieth day after 1 December is 29 February, and begins in Seoul. An answer that is the same counts as new.
    assert asked == [5, 0, 5, 0]
