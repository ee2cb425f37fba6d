"""Precision and recall of tags by hand-made judgments, and the sample that is judged."""

from __future__ import annotations

from collections import Counter

import pytest

from lab.evaluation.tag_judgments import JUDGMENTS_FILE, checked, read_lines
from lab.evaluation.tag_sample import SAMPLE_FILE, draw
from lab.evaluation.tags import agreement, judgments, report, roles

SAMPLE = [{"id": name, "kind": "product", "weight": 1.0} for name in ("T1", "T2", "T3")]
GIVEN = {"T1": frozenset({"erp"}), "T2": frozenset({"erp", "cloud"}), "T3": frozenset[str]()}
JUDGED = judgments(
    [
        {"id": "T1", "judge": 1, "fields": ["erp"]},
        {"id": "T2", "judge": 1, "fields": ["erp"]},
        {"id": "T3", "judge": 1, "fields": ["erp", "cloud"]},
        {"id": "T1", "judge": 2, "fields": ["erp"]},
        {"id": "T2", "judge": 2, "fields": ["erp", "cloud"]},
        {"id": "T3", "judge": 2, "fields": ["erp"]},
    ]
)


def test_shares_are_of_pairs_of_statement_and_field() -> None:
    found = report(SAMPLE, GIVEN, JUDGED)["judge 1"]
    assert (found["all"].precision, found["all"].recall) == (2 / 3, 2 / 4)
    assert (found["field=erp"].precision, found["field=erp"].recall) == (1.0, 2 / 3)
    assert (found["field=cloud"].precision, found["field=cloud"].recall) == (0.0, 0.0)


def test_where_the_judges_differ_nothing_is_counted() -> None:
    found = report(SAMPLE, GIVEN, JUDGED)["both"]
    assert (found["all"].precision, found["all"].recall) == (1.0, 2 / 3)


def test_a_statement_weighs_as_many_as_it_stands_for() -> None:
    heavy = [{**row, "weight": 10.0 if row["id"] == "T3" else 1.0} for row in SAMPLE]
    assert report(heavy, GIVEN, JUDGED)["judge 1"]["weighted to the lake"].recall == 2 / 22


def test_the_interval_holds_the_share() -> None:
    found = report(SAMPLE, GIVEN, JUDGED)["judge 1"]["all"]
    assert found.precision_interval[0] <= found.precision <= found.precision_interval[1]


def test_agreement_is_the_f1_of_one_judge_against_the_other() -> None:
    assert agreement(JUDGED, ["T1", "T2", "T3"]) == 2 * 3 / (4 + 4)


def test_a_judge_gives_a_statement_once() -> None:
    with pytest.raises(ValueError, match="judge 1 gives T1 twice"):
        judgments([{"id": "T1", "judge": 1, "fields": []}] * 2)


def test_roles_are_compared_by_judge() -> None:
    given = {"T1": "uses", "T2": "unknown", "T3": "makes_object"}
    rows = [
        {"id": "T1", "judge": 1, "role": "uses"},
        {"id": "T2", "judge": 1, "role": "sells"},
        {"id": "T3", "judge": 1, "role": "sells"},
    ]
    assert roles(SAMPLE, given, rows) == {
        "judge 1, sells": (1, 0, 1),
        "judge 1, uses": (1, 0, 0),
        "judge 1, makes_the_object": (0, 1, 0),
    }


@pytest.mark.parametrize(
    ("answers", "odd"),
    [
        ([{"id": "T1", "fields": [], "role": "sells"}], "T2"),
        ([{"id": i, "fields": [], "role": "sells"} for i in ("T1", "T2", "T2")], "T2"),
        ([{"id": i, "fields": ["robots"], "role": "sells"} for i in ("T1", "T2")], "T1"),
        ([{"id": i, "fields": [], "role": "rents"} for i in ("T1", "T2")], "T1"),
    ],
)
def test_answers_that_cannot_be_are_told_of(answers: list[dict[str, object]], odd: str) -> None:
    with pytest.raises(ValueError, match=f"judge1.*{odd}"):
        checked(answers, {"T1", "T2"}, "judge1")


def test_a_draw_takes_from_every_stratum_and_deals_it_to_both_sides() -> None:
    rows = [
        {"text": f"{stratum} {kind} {i}", "kind": kind, "source": "a", "stratum": stratum, "technical": True}
        for stratum in ("erp", "cloud", "untagged")
        for kind in ("product", "patent")
        for i in range(200)
    ]
    drawn = draw(rows)
    assert drawn == draw(rows)
    sides = Counter((row["stratum"], row["side"]) for row in drawn)
    assert all(abs(sides[stratum, "dev"] - sides[stratum, "heldout"]) <= 2 for stratum in ("erp", "cloud", "untagged"))
    assert sum(row["weight"] for row in drawn) == pytest.approx(len(rows), abs=1)


def test_the_judged_sample_is_whole() -> None:
    sample = read_lines(SAMPLE_FILE)
    assert Counter(row["side"] for row in sample) == {"dev": 300, "heldout": 300}
    judged = judgments(read_lines(JUDGMENTS_FILE))
    assert {row["id"] for row in sample} == set(judged["1"]) == set(judged["2"])
