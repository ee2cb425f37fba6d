"""The API: reasons intact, cursors, conditional requests, limits, keys, problems, exports, changes."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from flows.nightly import run_night
from flows.runner import DirectRunner
from search.app import create_app
from search.http.pinned import PinnedService
from search.http.security import KEYS_VARIABLE, RATE_VARIABLE
from search.names.suggest import Suggester
from tests.conftest import night_at

NEED = {"q": "비전 검사 장비"}


def test_every_hit_has_reason_source_date_and_question(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params=NEED).json()
    assert answer["snapshot"]
    for hit in answer["hits"]:
        assert hit["reasons"]
        assert hit["question"]
        for evidence in hit["evidence"]:
            assert evidence["source"]
            assert evidence["record_key"].startswith(evidence["source"] + ":")
            assert all(0 <= a < b <= len(evidence["text"]) for a, b in evidence["highlights"])


def test_cursors_give_every_hit_once_and_in_order(client: TestClient) -> None:
    ranks, firms, params = [], [], {**NEED, "limit": 30}
    while True:
        page = client.get("/api/v1/search", params=params).json()
        ranks += [hit["rank"] for hit in page["hits"]]
        firms += [hit["firm_id"] for hit in page["hits"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert ranks == list(range(1, page["total"] + 1))
    assert len(set(firms)) == page["total"]


def test_a_cursor_that_is_none_or_of_another_snapshot_is_refused(client: TestClient) -> None:
    from search.http.parameters import encode_cursor

    assert client.get("/api/v1/search", params={**NEED, "cursor": "!"}).status_code == 422
    old = encode_cursor("2020-01-01T000000Z", 10)
    assert client.get("/api/v1/search", params={**NEED, "cursor": old}).status_code == 409


def test_bands_are_counted_exactly_whatever_is_filtered(client: TestClient) -> None:
    for params in ({"q": "금속 3D프린팅 장비"}, {"q": "협동로봇", "region": "41"}):
        whole = client.get("/api/v1/search", params=params).json()
        counts = {band: count for band, count in whole["totals"].items() if count and band != "silent"}
        assert whole["facets"]["band"] == counts
        assert sum(counts.values()) == whole["total"]
        for band, count in counts.items():
            listed = client.get("/api/v1/search", params={**params, "band": band, "limit": 100}).json()
            assert listed["total"] == count
            assert sum(listed["facets"]["region"].values()) <= count
            assert {hit["band"] for hit in listed["hits"]} == {band}
        two = client.get("/api/v1/search", params={**params, "band": ["states", "field"]}).json()
        assert two["total"] == counts.get("states", 0) + counts.get("field", 0)


def test_a_chosen_role_changes_what_is_sought_everywhere(client: TestClient) -> None:
    read = {"q": "바코드 말고 RFID로 이력관리"}
    chosen = {**read, "role": "0-3:want"}
    understood = [client.get("/api/v1/understand", params=p).json()["understood"] for p in (read, chosen)]
    spans = [next(span for span in u["spans"] if span["text"] == "바코드") for u in understood]
    assert [(span["role"], span["because"] == "chosen") for span in spans] == [("not_wanted", False), ("want", True)]
    assert [u["excluded"] for u in understood] == [["barcode"], []]
    totals = [client.get("/api/v1/search", params=p).json()["totals"]["states"] for p in (read, chosen)]
    assert totals[0] < totals[1]


def test_an_export_names_the_band_and_the_parts_stated(client: TestClient) -> None:
    params = {"q": "비전검사랑 MES, PLC 제어까지", "format": "json", "limit": 20}
    rows = client.get("/api/v1/export", params=params).json()
    answer = client.get("/api/v1/search", params={**params, "limit": 20}).json()
    for row, hit in zip(rows, answer["hits"], strict=True):
        assert row["band"] == hit["band"]
        assert row["parts"] == "; ".join(answer["parts"][number] for number in hit["parts"])
    assert any(row["parts"] for row in rows)


@pytest.mark.parametrize(
    "path", ["/search?q=MES", "/understand?q=MES", "/fields", "/suggest?q=MES", "/changes", "/coverage"]
)
def test_an_unchanged_answer_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(f"/api/v1{path}")
    again = client.get(f"/api/v1{path}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/search", 422),
        ("/api/v1/search?q=a&region=Atlantis", 422),
        ("/api/v1/search?q=a&field=nonsense", 422),
        ("/api/v1/search?q=a&age=nonsense", 422),
        ("/api/v1/search?q=a&limit=0", 422),
        ("/api/v1/firms/F0000000000", 404),
        ("/api/v1/changes?since=2020-01-01T000000Z", 410),
        ("/api/v1/nowhere", 404),
    ],
)
def test_problems_are_documents_that_say_what_to_do(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_exports_have_source_and_licence_in_every_format(client: TestClient) -> None:
    made = {
        form: client.get("/api/v1/export", params={**NEED, "format": form})
        for form in ("csv", "json", "xlsx", "parquet")
    }
    rows = list(csv.DictReader(io.StringIO(made["csv"].content.decode("utf-8-sig"))))
    assert len(rows) == len(made["json"].json()) == pl.read_parquet(io.BytesIO(made["parquet"].content)).height
    assert rows == [{k: "" if v is None else str(v) for k, v in row.items()} for row in made["json"].json()]
    assert all(row["licence"] and row["publisher"] and row["source"] for row in rows)
    assert pl.read_excel(io.BytesIO(made["xlsx"].content)).height == len(rows)


def test_a_formula_is_text_in_every_table() -> None:
    from search.answer.export import encode

    row = {"rank": 1, "name": "=cmd|'/c calc'!A1", "evidence": "+1", "firm_id": "F0000000000"}
    text = b"".join(encode([row], "csv")).decode("utf-8-sig")
    (read,) = csv.DictReader(io.StringIO(text))
    assert read["name"].startswith("'=")
    assert read["evidence"].startswith("'+")
    sheet = b"".join(encode([row], "xlsx"))
    assert pl.read_excel(io.BytesIO(sheet))["name"][0].startswith("=")
    import zipfile

    with zipfile.ZipFile(io.BytesIO(sheet)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_an_export_is_sent_in_pieces() -> None:
    from search.answer.export import encode

    asked = []

    def rows() -> object:
        for number in range(1_000):
            asked.append(number)
            yield {"rank": number, "firm_id": "F0000000000"}

    pieces = encode(rows(), "csv")  # type: ignore[arg-type]
    next(pieces), next(pieces)
    assert len(asked) < 1_000


def test_the_limit_tells_when_to_come_back(small_lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RATE_VARIABLE, "3")
    limited = TestClient(create_app(small_lake))
    statuses = [limited.get("/api/v1/fields").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert int(limited.get("/api/v1/fields").headers["retry-after"]) >= 1


def test_keys_where_the_operator_set_some(small_lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYS_VARIABLE, "one,two")
    guarded = TestClient(create_app(small_lake))
    assert guarded.get("/api/v1/fields").status_code == 401
    assert guarded.get("/api/v1/fields", headers={"X-API-Key": "three"}).status_code == 401
    assert guarded.get("/api/v1/fields", headers={"X-API-Key": "two"}).status_code == 200
    assert guarded.get("/export", params=NEED).status_code == 200, "a buyer needs no key for the page's own files"


def test_an_empty_lake_says_how_to_fill_it(tmp_path: Path) -> None:
    answer = TestClient(create_app(str(tmp_path / "lake"))).get("/api/v1/fields")
    assert answer.status_code == 503
    assert "caplake run" in answer.json()["detail"]


def test_changes_since_a_snapshot_and_the_renewal_of_a_running_server(tmp_path: Path) -> None:
    """A firm that comes in a later night is told to whoever holds the earlier snapshot."""
    lake = tmp_path / "lake"
    run_night(night_at(lake, "2026-11-01T183000Z", ("krx_listed",)), DirectRunner())
    client = TestClient(create_app(str(lake)))
    first = client.get("/api/v1/fields").json()["snapshot"]
    run_night(night_at(lake, "2026-11-02T183000Z", ("krx_listed", "smart_factory_suppliers")), DirectRunner())
    client.app.state.pinned._looked = 0.0  # type: ignore[attr-defined]
    told = client.get("/api/v1/changes", params={"since": first}).json()
    assert told["snapshot"] == "2026-11-02T183000Z"
    assert told["changes"]
    assert {change["snapshot"] for change in told["changes"]} == {"2026-11-02T183000Z"}
    held = client.get("/api/v1/changes", params={"since": told["snapshot"]}).json()
    assert held["changes"] == []


def test_nights_hide_places_of_the_server(client: TestClient, small_lake: str) -> None:
    nights = client.get("/api/v1/ops").json()["nights"]
    assert nights[0]["committed"]
    assert small_lake not in json.dumps(nights)


def test_the_first_page_waits_for_nothing_it_does_not_need(small_lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    may_go_on = threading.Event()

    class Slow(Suggester):
        def __init__(self, *given: Any) -> None:
            assert may_go_on.wait(60)
            super().__init__(*given)

    monkeypatch.setattr("search.service.Suggester", Slow)
    service = PinnedService(small_lake).get()
    assert service.search("비전 검사 장비").hits
    may_go_on.set()
    assert service.suggester.suggest("로봇")
    deadline = time.monotonic() + 30
    while "_vectors" not in vars(service.descriptions.likeness):
        assert time.monotonic() < deadline
        time.sleep(0.05)
