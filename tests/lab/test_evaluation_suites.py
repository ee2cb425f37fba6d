"""The runner of suites: what it tells of a run, and what it calls a fall."""

from __future__ import annotations

import pytest

from lab.evaluation.html import page
from lab.evaluation.judgments import JUDGMENTS_FILE, freeze, read_qrels, weighted_kappa
from lab.evaluation.needs import load_needs
from lab.evaluation.suites import fallen, figures


def _of(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.1, "high": value + 0.1}


def test_intervals_are_found_at_any_depth() -> None:
    found = figures({"lookups": {"identifier": {**_of(0.5), "of": 3}}, "needs": {"gain": {"dense": _of(0.2)}, "n": 1}})
    assert {name: of["value"] for name, of in found.items()} == {"lookups: identifier": 0.5, "needs: gain: dense": 0.2}


def test_a_fall_is_told_beyond_the_tolerance_and_in_the_right_direction() -> None:
    before = {"a: good": _of(0.8), "n: needs refused": _of(0.02), "a: gone": _of(0.5)}
    assert fallen({"a: good": _of(0.79), "n: needs refused": _of(0.0), "a: gone": _of(0.5)}, before, 0.02) == []
    told = fallen({"a: good": _of(0.7), "n: needs refused": _of(0.1)}, before, 0.02)
    assert [line.rpartition(": ")[0] for line in told] == ["a: good", "n: needs refused", "a: gone"]


def test_the_report_shows_change_and_escapes() -> None:
    html = page({"a: <b>": _of(0.5)}, {"a: <b>": _of(0.4)}, "2026")
    assert "+0.100" in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def test_frozen_judgments_are_of_the_needs() -> None:
    judged = read_qrels(JUDGMENTS_FILE)
    assert {need for need, _, _ in judged} == {need.id for need in load_needs()}
    assert len({(need, key) for need, key, _ in judged}) == len(judged)
    assert {grade for _, _, grade in judged} == {0, 1, 2, 3}


def test_kappa_and_missing_grades() -> None:
    assert weighted_kappa([0, 1, 2, 3], [0, 1, 2, 3]) == 1.0
    assert weighted_kappa([0, 0, 3, 3], [0, 3, 0, 3]) == 0.0
    with pytest.raises(ValueError, match="1 of 1 pairs have no grade"):
        freeze({"p": ("n", "k")}, {})
