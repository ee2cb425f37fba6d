"""A sample of the proof that no service can bring a wrong table: `make proofs` has two hundred runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.transports import run_seeds


@pytest.mark.slow
def test_whatever_services_do_a_night_ends_with_the_right_tables_or_not_at_all(tmp_path: Path) -> None:
    outcome = run_seeds(tmp_path, range(1, 10))
    assert outcome.problems == []
    assert outcome.runs == 9
    assert sum(outcome.happened.values()) >= 18
    assert outcome.right >= 3
    assert outcome.refused + outcome.stopped >= 1
