"""A sample of the proof that a sick OpenSearch costs no answer; `make proofs` has every case."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.opensearch_faults import cases, run_cases

SAMPLE = ("one statement refused", "gone before the gates")


@pytest.mark.slow
@pytest.mark.opensearch
def test_a_sick_opensearch_costs_no_answer(tmp_path: Path, opensearch_url: str) -> None:
    outcome = run_cases(tmp_path, opensearch_url, {name: cases()[name] for name in SAMPLE})
    assert outcome.problems == []
    assert set(outcome.told) == set(SAMPLE)
