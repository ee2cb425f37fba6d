"""A sample of the fault proof: `make proofs` fails every single write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.faults import all_faults, run_faults

SAMPLE = ("disk full at write 2", "disk full at write 14", "clock jumps back", "two nights at once", "damaged table")


@pytest.mark.slow
def test_what_breaks_around_a_night_costs_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPLAKE_DROP", "")
    faults = {name: fault for name, fault in all_faults().items() if name in SAMPLE}
    assert len(faults) == len(SAMPLE)
    assert run_faults(tmp_path, faults) == []
