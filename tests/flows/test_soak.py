"""A sample of the soak proof: `make proofs` runs fifty nights."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.soak import soak


@pytest.mark.slow
def test_night_after_night_nothing_grows_and_changes_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPLAKE_DROP", "")
    found = soak(tmp_path, 4)
    assert found.problems == []
    assert max(found.files[2:]) <= found.files[2] + 6  # ledger and report of each night
    assert found.reads > 0
