"""A sample of the soak proof: `make proofs` runs fifty nights."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.proofs.soak import Content, soak, unexplained

PUMPS = ("capabilities", "pumps")


@pytest.mark.slow
def test_night_after_night_nothing_grows_and_changes_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPLAKE_DROP", "")
    found = soak(tmp_path, 4)
    assert found.problems == []
    assert max(found.files[2:]) <= found.files[2] + 6  # ledger and report of each night
    assert found.reads > 0


def test_a_change_that_is_not_told_is_found() -> None:
    rows = [
        {"firm_id": "F1", "change": "changed", "table": "firms", "column": "name", "old": "a", "new": "b"},
        {"firm_id": "F1", "change": "added", "table": "capabilities", "column": None, "old": None, "new": "pumps"},
        {"firm_id": "F2", "change": "removed", "table": "firms", "column": None, "old": "c", "new": None},
        {"firm_id": "F3", "change": "added", "table": "firms", "column": None, "old": None, "new": "d"},
    ]
    before = Content({"F1": {"name": "a", "region": "11"}, "F2": {"name": "c", "region": None}}, set())
    now = Content({"F1": {"name": "b", "region": "11"}, "F3": {"name": "d", "region": "26"}}, {("F1", *PUMPS)})
    assert unexplained(before, pl.DataFrame(rows), now) == []
    for left_out in range(len(rows)):
        told = pl.DataFrame([row for number, row in enumerate(rows) if number != left_out])
        assert len(unexplained(before, told, now)) == 1
