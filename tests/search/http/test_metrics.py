"""Monitoring reads ages, rows, latencies and outcomes; the search log keeps nothing of a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from schemas import clock
from schemas.lake import Lake
from schemas.lake.layout import moment_of
from search.app import create_app
from tests.clock import clock_at


def test_metrics_tell_ages_rows_latencies_and_outcomes(small_lake: str) -> None:
    client = TestClient(create_app(small_lake))
    assert client.get("/api/v1/search", params={"q": "머신비전"}).status_code == 200
    told = client.get("/metrics").text
    assert 'caplake_source_age_days{source="venture"}' in told
    assert 'caplake_source_rows{kind="valid",source="krx_listed"} 2767.0' in told
    assert 'caplake_searches_total{language="ko",outcome="answered"} 1.0' in told
    assert 'caplake_request_seconds_count{route="/api/v1/search",status="200"} 1.0' in told
    assert "caplake_night_failed 0.0" in told


@pytest.mark.parametrize(("moment", "days"), [("2026-03-31T145959Z", 0), ("2026-03-31T150000Z", 1)])
def test_a_source_grows_a_day_older_at_midnight_in_seoul(small_lake: str, moment: str, days: int) -> None:
    with clock_at(moment):
        told = TestClient(create_app(small_lake)).get("/metrics").text
    assert f'caplake_source_age_days{{source="venture"}} {days}.0' in told


@pytest.mark.calendar
def test_the_age_of_a_snapshot_follows_the_clock(small_lake: str) -> None:
    told = TestClient(create_app(small_lake)).get("/metrics").text
    (shown,) = [line.split()[1] for line in told.splitlines() if line.startswith("caplake_snapshot_age_seconds ")]
    made = moment_of(Lake(small_lake).current() or "")
    assert float(shown) == pytest.approx((clock.now() - made).total_seconds(), abs=60)


def test_the_search_log_is_off_unless_asked_for_and_keeps_no_person(
    small_lake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "searches.jsonl"
    monkeypatch.setenv("CAPLAKE_SEARCH_LOG", str(log))
    client = TestClient(create_app(small_lake))
    client.get("/api/v1/search", params={"q": "머신비전 견적 010-1234-5678 kim@example.com 으로 주세요"})
    (entry,) = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert entry["need"] == "머신비전 견적 … … 으로 주세요"
    assert set(entry) == {"day", "need", "fields", "concepts", "total", "no_good_match"}
