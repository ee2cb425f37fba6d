"""The runner of `make proofs`: every proof is one that can run, and what it tells is read right."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest

from tests.proofs import __main__ as proofs
from tests.proofs.faults import WRITES, all_faults, sample
from tests.proofs.nights import STEPS
from tests.proofs.proved import Proved, without_addresses


def test_every_proof_is_a_module() -> None:
    for name in proofs.PROOFS:
        assert importlib.util.find_spec(f"tests.proofs.{name}"), name


def test_there_are_two_hundred_faults_and_a_sample_is_the_same_for_a_seed() -> None:
    assert len(all_faults()) >= 200
    assert list(sample(20, 1)) == list(sample(20, 1)) != list(sample(20, 2))
    assert {f"disk full at write {number}" for number in range(1, WRITES + 1)} <= set(all_faults())


def test_kills_know_every_step_of_a_night() -> None:
    from flows import steps

    assert set(STEPS) == set(steps.__all__)


@pytest.mark.parametrize(
    ("told", "good", "row"),
    [
        ('noise\n{"figures": {"nights": 1234}, "problems": []}\n', True, "| nights | 1,234 |"),
        ('{"figures": {}, "problems": ["night 3 lost a firm"]}\n', False, "* night 3 lost a firm"),
        ("Killed\n", False, "broke off with exit code"),
        ("", False, "broke off with exit code"),
    ],
)
def test_a_section_says_what_a_proof_came_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, good: bool, row: str
) -> None:
    monkeypatch.setattr(proofs, "FILE", tmp_path / "docs" / "proofs.md")
    done = subprocess.CompletedProcess([], 0 if good else 1, told)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert proofs.prove("soak", proofs.PROOFS["soak"], 0.5) is good
    text = (tmp_path / "docs" / "proofs.md").read_text(encoding="utf-8")
    assert row in text
    assert "This run took 25 of 50" in text


def test_what_is_no_result_is_refused() -> None:
    for output in ("", "Killed", "[1]", '{"figures": {}, "other": 1}'):
        with pytest.raises((ValueError, TypeError)):
            Proved.read(output)


def test_ports_of_a_run_are_not_told() -> None:
    told = "OpenSearch at http://127.0.0.1:1234, http://127.0.0.1:99 refused"
    assert without_addresses(told) == "OpenSearch at http://... refused"
