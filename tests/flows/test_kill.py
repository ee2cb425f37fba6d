"""A sample of the kill proof: `make proofs` has two hundred moments and every step."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.kill import kill_nights


@pytest.mark.slow
def test_a_night_killed_at_any_moment_is_healed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPLAKE_DROP", "")
    outcome = kill_nights(tmp_path, ["index", "commit", "collect_garbage", 2.5])
    assert outcome.killed >= 3
    assert outcome.reads > 0
    assert outcome.problems == []
