"""Every command as its users call it, over a lake of all bundled registers."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from caplake.cli import main
from search.service import LONGEST_NEED


def _exit_code(command: Callable[[], object]) -> int:
    try:
        command()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def caplake(*arguments: str, code: int = 0) -> str:
    """Run the command line in this process; what it printed on the stream that people would look at."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", ["caplake", *arguments])
        ended = _exit_code(main)
    assert ended == code, out.getvalue() + err.getvalue()
    return out.getvalue() if code == 0 else err.getvalue()


def caplake_json(*arguments: str) -> Any:
    return json.loads(caplake(*arguments, "--json"))


def test_a_search_answers_with_reasons_evidence_and_dates(small_lake: str) -> None:
    answer = caplake_json("search", "머신비전 검사 장비, 경기", "--lake", small_lake, "--limit", "5")
    assert {
        "query",
        "understood",
        "total",
        "no_good_match",
        "hits",
        "related",
        "facets",
        "registered_without_evidence",
    } <= set(answer)
    assert answer["understood"]["fields"][0]["id"] == "identification_machine_vision"
    assert answer["understood"]["filters"]["region"] == ["41"]
    assert len(answer["hits"]) == 5
    for place, hit in enumerate(answer["hits"], 1):
        assert {
            "rank",
            "firm_id",
            "name",
            "region",
            "score",
            "fields",
            "evidence",
            "reasons",
            "met",
            "assumed",
            "unknown",
            "question",
            "band",
            "parts",
        } == set(hit)
        assert hit["rank"] == place
        assert hit["reasons"]
        assert hit["region"].startswith("경기")
        evidence = hit["evidence"][0]
        assert evidence["source"]
        assert evidence["as_of"]
        start, end = evidence["highlights"][0]
        assert 0 <= start < end <= len(evidence["text"])


def test_the_readable_answer_quotes_its_source(small_lake: str) -> None:
    said = caplake("search", "MES for a small press shop", "--lake", small_lake, "--limit", "2")
    assert "understood as" in said
    assert "venture" in said or "krx_listed" in said


def test_options_narrow_a_search(small_lake: str) -> None:
    options = ("--lake", small_lake, "--field", "production_management", "--region", "대구")
    answer = caplake_json("search", "MES", *options)
    assert answer["filters"] == {"region": ["27"], "field": ["production_management"]}
    assert all("production_management" in hit["fields"] for hit in answer["hits"])


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ("", "무엇이 필요한지"),
        ("   \n", "무엇이 필요한지"),
        ("가" * 10_000, str(LONGEST_NEED)),
        ("🙂🙂🙂", "글자가 없는"),
    ],
)
def test_odd_questions_get_a_clear_answer(small_lake: str, need: str, said: str) -> None:
    assert said in caplake("search", need, "--lake", small_lake, code=1)


def test_a_batch_writes_a_trec_run_that_evaluate_reads(small_lake: str, tmp_path: Path) -> None:
    needs = [{"id": "a", "text": "머신비전", "lang": "ko"}, {"id": "b", "text": "welding robot", "lang": "en"}]
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps(n, ensure_ascii=False) for n in needs), encoding="utf-8")
    caplake(
        "batch",
        str(tmp_path / "q.jsonl"),
        "--out",
        str(tmp_path / "run.trec"),
        "--limit",
        "20",
        "--lake",
        small_lake,
        "--has-source",
        "krx_listed",
        "--docid",
        "record:krx_listed",
    )
    rows = [line.split() for line in (tmp_path / "run.trec").read_text().splitlines()]
    assert all(len(row) == 6 and row[1] == "Q0" for row in rows)
    of_a = [row for row in rows if row[0] == "a"]
    assert [int(row[3]) for row in of_a] == list(range(1, 21))
    assert all(row[2].startswith("krx_listed:") for row in rows)
    (tmp_path / "qrels").write_text(f"a 0 {of_a[0][2]} 1\nb 0 krx_listed:none 1\n")
    result = caplake_json("evaluate", str(tmp_path / "run.trec"), str(tmp_path / "qrels"))
    assert result["metrics"]["MRR"]["value"] == pytest.approx(0.5)


def test_understand_writes_a_line_a_need(tmp_path: Path) -> None:
    (tmp_path / "n.jsonl").write_text(
        '{"id":"1","text":"부울경에서 협동로봇, MES 말고","lang":"ko"}\n', encoding="utf-8"
    )
    caplake("understand", str(tmp_path / "n.jsonl"), "--out", str(tmp_path / "out.jsonl"))
    row = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert row["id"] == "1"
    assert len(row["fields"]) == 18
    assert row["filters"]["region"] == ["26", "31", "48"]
    assert isinstance(row["answerable"], bool)
    assert 0 <= row["answer_score"] <= 1


def test_a_line_that_is_no_need_is_named(tmp_path: Path) -> None:
    (tmp_path / "n.jsonl").write_text('{"id":"1","text":"x"}\n{broken\n', encoding="utf-8")
    assert "line 2" in caplake("understand", str(tmp_path / "n.jsonl"), "--out", str(tmp_path / "o"), code=1)


def test_sql_sees_every_table_and_can_write_none(small_lake: str) -> None:
    (row,) = caplake_json("sql", "SELECT count(*) AS n FROM firms", "--lake", small_lake)
    assert row["n"] > 20_000
    assert caplake_json("sql", "SELECT count(*) AS n FROM source_krx_listed", "--lake", small_lake)[0]["n"] == 2_767
    for forbidden in (
        "DROP TABLE firms",
        "COPY firms TO 'x.csv'",
        "SELECT * FROM read_csv('pyproject.toml')",
        "SELECT 1; SELECT 2",
    ):
        assert caplake("sql", forbidden, "--lake", small_lake, code=1).startswith("error:")


def test_the_lake_verifies_itself_and_lists_its_snapshot(small_lake: str) -> None:
    assert "as they should be" in caplake("lake", "verify", "--lake", small_lake)
    (snapshot,) = caplake_json("lake", "list", "--lake", small_lake)
    assert snapshot["current"]


def test_the_dictionary_explains_every_column_in_both_languages() -> None:
    for table in caplake_json("lake", "dictionary"):
        for column in table["columns"]:
            assert column["en"], (table["table"], column)
            assert column["ko"], (table["table"], column)


@pytest.mark.parametrize("target", ["out.duckdb", pytest.param("out.xlsx", marks=pytest.mark.slow), "out"])
def test_exports_hold_the_gold_tables(small_lake: str, tmp_path: Path, target: str) -> None:
    caplake("lake", "export", str(tmp_path / target), "--lake", small_lake)
    if target == "out":
        assert pl.read_csv(tmp_path / "out" / "firms.csv", infer_schema=False).height > 20_000
        firms = pl.read_csv(tmp_path / "out" / "firms.csv", infer_schema=False)
        assert not firms["name"].str.contains(r"^[=+@-]").any()
    else:
        assert (tmp_path / target).stat().st_size > 100_000
    if target == "out.xlsx":
        firms = pl.read_excel(tmp_path / target, sheet_name="firms")
        assert firms.schema["region_code"] == pl.String
        assert firms.height > 20_000
        assert pl.read_excel(tmp_path / target, sheet_name="licences")["licence"].null_count() == 0
    assert "is there already" in caplake("lake", "export", str(tmp_path / target), "--lake", small_lake, code=1)


def test_status_tells_sources_and_indexes(small_lake: str) -> None:
    status = caplake_json("status", "--lake", small_lake)
    assert status["ok"]
    assert status["sources"]["venture"]["as_of"] == "2026-03-31"
    assert caplake("sources", "status", "--lake", small_lake).count("bundled") == 6
    assert len(caplake_json("sources", "list")) >= 6


def test_an_empty_lake_says_what_to_do(tmp_path: Path) -> None:
    for command in (
        ("search", "MES"),
        ("sql", "SELECT 1"),
        ("lake", "verify"),
        ("review", "export", str(tmp_path / "x.csv")),
    ):
        assert "caplake run" in caplake(*command, "--lake", str(tmp_path / "nothing"), code=1)


def test_wrong_usage_is_told_apart_from_failure() -> None:
    assert "No such command" in caplake("nonsense", code=2)
    assert caplake("search", code=2)
