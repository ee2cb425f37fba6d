"""A sample of the fault proof: `make proofs` fails every single write in every way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.faults import all_faults, run_faults

SAMPLE = (
    "disk full halfway through write 14",
    "access lost at write 27",
    "delivery cut to 5/10",
    "clock jumps back",
    "table capabilities cut off",
    "table capabilities with wrong bytes",
    "no file above 65,536 bytes",
    "two nights at once",
    "index with wrong bytes in its rows",
)


@pytest.mark.slow
def test_what_breaks_around_a_night_costs_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPLAKE_DROP", "")
    faults = {name: fault for name, fault in all_faults().items() if name in SAMPLE}
    assert len(faults) == len(SAMPLE)
    outcome = run_faults(tmp_path, faults, in_a_row=3)
    assert outcome.problems == []
    # A wrong clock does not matter, of two nights at once one commits, a rotten index is made anew, and a delivery that
    # the night before has kept is not written again, so it cannot be cut.
    assert outcome.failed >= len(SAMPLE) - 4
    assert outcome.failed + outcome.committed == len(SAMPLE)
    assert outcome.healed >= 3
    assert outcome.reads == len(SAMPLE)
