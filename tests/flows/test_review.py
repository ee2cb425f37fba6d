"""Open pairs, decisions and takedowns: what a person says counts from the next night on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from caplake.cli import app
from flows.review import decisions, keep_decisions, open_pairs
from flows.takedown import hidden_firms
from schemas.lake import Lake, LakeError, Snapshot
from search.app import create_app
from tests.conftest import run_here

SOURCES = ["smart_factory_suppliers", "venture"]


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review") / "lake"
    run_here(folder, SOURCES)
    return folder


@pytest.fixture
def lake(first_night: Path, tmp_path: Path) -> str:
    shutil.copytree(first_night, tmp_path / "lake")
    return str(tmp_path / "lake")


def current(lake: str) -> Snapshot:
    return Snapshot.current(Lake(lake))


def firm_of(lake: str) -> dict[str, str]:
    return dict(current(lake).table("links", ["record_key", "firm_id"]).iter_rows())


def test_a_decision_joins_and_another_parts_from_the_next_night_on(lake: str, tmp_path: Path) -> None:
    runner, exported = CliRunner(), tmp_path / "pairs.csv"
    assert runner.invoke(app, ["review", "export", str(exported), "--lake", lake]).exit_code == 0
    pairs = pl.read_csv(exported, infer_schema=False)
    assert {
        "left",
        "right",
        "score",
        "rule",
        "why",
        "left_name",
        "right_name",
        "left_address",
        "decision",
        "reason",
    } <= set(pairs.columns)
    weak = pairs.row(0, named=True)
    before = firm_of(lake)
    assert before[weak["left"]] != before[weak["right"]]
    joined = current(lake).table("links").filter(pl.col("rule") == "name+district").row(0, named=True)
    assert before[joined["record_key"]] == before[joined["linked_to"]]

    decided = pl.DataFrame(
        [
            (weak["left"], weak["right"], "same", "one signboard"),
            (joined["record_key"], joined["linked_to"], "different", "two owners"),
        ],
        schema=["left", "right", "decision", "reason"],
        orient="row",
    )
    decided.write_csv(tmp_path / "decided.csv")
    result = runner.invoke(app, ["review", "import", str(tmp_path / "decided.csv"), "--lake", lake])
    assert "kept 2 decisions" in result.output
    assert not run_here(Path(lake), SOURCES).unchanged

    after = firm_of(lake)
    assert after[weak["left"]] == after[weak["right"]]
    assert after[joined["record_key"]] != after[joined["linked_to"]]
    assert after[weak["left"]] in (before[weak["left"]], before[weak["right"]])
    old = before[weak["left"]] if after[weak["left"]] == before[weak["right"]] else before[weak["right"]]
    redirects = dict(current(lake).table("redirects", ["old_firm_id", "firm_id"]).iter_rows())
    assert redirects[old] == after[weak["left"]]
    client = TestClient(create_app(lake), follow_redirects=False)
    answer = client.get(f"/firm/{old}")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/firm/{redirects[old]}")
    records = {record["record_key"]: record for record in client.get(f"/api/v1/firms/{old}").json()["records"]}
    assert records[weak["left"]]["rule"] == records[weak["right"]]["rule"] == "decision"
    events = {(row["event"], row["firm_id"]) for row in current(lake).table("history").to_dicts()}
    assert ("merged", after[weak["left"]]) in events
    assert any(event == "split" for event, _ in events)
    still_open = open_pairs(current(lake)).select("left", "right").rows()
    assert (weak["left"], weak["right"]) not in still_open
    assert run_here(Path(lake), SOURCES).unchanged


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("a:1", "b:1", "maybe", ""), "`same` or `different`"),
        (("a:1", "a:1", "same", ""), "not the keys of two records"),
        (("가나", "b:1", "same", ""), "not the keys of two records"),
    ],
)
def test_a_file_with_a_wrong_row_is_refused_whole(tmp_path: Path, row: tuple[str, ...], problem: str) -> None:
    rows = [("a:1", "b:1", "same", "yes"), row]
    pl.DataFrame(rows, schema=["left", "right", "decision", "reason"], orient="row").write_csv(tmp_path / "d.csv")
    with pytest.raises(LakeError, match=problem):
        keep_decisions(Lake(str(tmp_path / "lake")), tmp_path / "d.csv")
    assert decisions(Lake(str(tmp_path / "lake"))).is_empty()


def test_the_last_decision_counts_whichever_record_stood_left(tmp_path: Path) -> None:
    there = Lake(str(tmp_path / "lake"))
    for left, right, decision in (("a:1", "b:1", "same"), ("b:1", "a:1", "different")):
        pl.DataFrame({"left": [left], "right": [right], "decision": [decision], "reason": [""]}).write_csv(
            tmp_path / "d.csv"
        )
        assert keep_decisions(there, tmp_path / "d.csv") == 1
    assert decisions(there).select("left", "right", "decision").rows() == [("a:1", "b:1", "different")]


@pytest.mark.slow
def test_a_firm_taken_down_is_nowhere_public_and_comes_back_when_lifted(lake: str) -> None:
    runner = CliRunner()
    links = current(lake).table("links")
    firm = links.filter(pl.col("linked_to").is_not_null()).row(0, named=True)["firm_id"]
    keys = set(links.filter(pl.col("firm_id") == firm)["record_key"])
    before = {name: current(lake).table(name) for name in current(lake).manifest.tables}
    result = runner.invoke(app, ["review", "takedown", firm, "--reason", "asked on 2026-11-20", "--lake", lake])
    assert result.exit_code == 0, result.output
    run_here(Path(lake), SOURCES)
    assert hidden_firms(Lake(lake)) == [firm]
    for name in current(lake).manifest.tables:
        if name.startswith("quarantine/"):
            continue
        table = current(lake).table(name)
        text = table.write_ndjson() if "embeddings" not in name else ""
        assert firm not in text, name
        assert not any(key in text for key in keys), name
    assert Lake(lake).snapshots() == [current(lake).name]  # the snapshots before still show the firm
    assert current(lake).table("firms").height == before["firms"].height - 1
    assert run_here(Path(lake), SOURCES).unchanged

    assert runner.invoke(app, ["review", "lift", firm, "--reason", "withdrawn", "--lake", lake]).exit_code == 0
    run_here(Path(lake), SOURCES)
    for name in ("firms", "links", "capabilities", "sources/venture", "sources/smart_factory_suppliers"):
        assert current(lake).table(name).equals(before[name]), name


def test_taking_down_what_is_not_there(lake: str) -> None:
    result = CliRunner().invoke(app, ["review", "takedown", "F0000000000", "--reason", "x", "--lake", lake])
    assert isinstance(result.exception, LakeError)
    assert "no firm F0000000000" in str(result.exception)


def test_coverage_counts_every_registered_supplier_once(lake: str) -> None:
    result = CliRunner().invoke(app, ["review", "coverage", "--lake", lake, "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert told["suppliers"] == current(lake).table("firms")["is_registered_supplier"].sum()
    assert sum(told["reasons"].values()) == told["suppliers"]
    assert told["evidence"]["any"] == told["reasons"]["evidence"] > 100
    assert told["evidence"]["hint"] > 50
    assert {"venture, same", "venture, probable"} <= set(told["by_source"])
    plain = CliRunner().invoke(app, ["review", "coverage", "--lake", lake])
    assert f"{told['suppliers']:,} registered suppliers" in plain.output
