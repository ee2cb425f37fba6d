"""Monitoring reads ages, rows, latencies and outcomes; the search log keeps nothing of a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from search.app import create_app


def test_metrics_tell_ages_rows_latencies_and_outcomes(small_lake: str) -> None:
    client = TestClient(create_app(small_lake))
    assert client.get("/api/v1/search", params={"q": "머신비전"}).status_code == 200
    told = client.get("/metrics").text
    assert 'caplake_source_age_days{source="venture"}' in told
    assert 'caplake_source_rows{kind="valid",source="krx_listed"} 2767.0' in told
    assert 'caplake_searches_total{language="ko",outcome="answered"} 1.0' in told
    assert 'caplake_request_seconds_count{route="/api/v1/search",status="200"} 1.0' in told
    assert "caplake_night_failed 0.0" in told


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
