"""The bill of materials names what is installed, and that is what the constraints pin."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def canonical(name: str) -> str:
    """As package indexes compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {canonical(line.partition("==")[0]): line.partition("==")[2] for line in lines if "==" in line}


def declared() -> set[str]:
    """Names of the packages that the product needs at run time."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {canonical(re.split(r"[\[<>=~! ;]", need)[0]) for need in project["dependencies"]}


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Version by name, of every component that `make audit` would list."""
    file = tmp_path_factory.mktemp("bill") / "sbom.json"
    maker = Path(sys.executable).with_name("cyclonedx-py")
    command = [maker, "environment", "--pyproject", ROOT / "pyproject.toml", "--output-file", file, sys.executable]
    subprocess.run(command, check=True, capture_output=True)
    return {canonical(part["name"]): part["version"] for part in json.loads(file.read_bytes())["components"]}


@pytest.mark.slow
def test_every_dependency_is_in_the_bill_as_it_is_pinned(bill: dict[str, str]) -> None:
    needed = declared()
    assert len(needed) > 10
    assert {name: bill.get(name) for name in needed} == {name: pinned().get(name) for name in needed}


@pytest.mark.slow
def test_nothing_installed_differs_from_its_pin(bill: dict[str, str]) -> None:
    pins = pinned()
    both = bill.keys() & pins.keys()
    assert len(both) > 100
    assert {name: bill[name] for name in both} == {name: pins[name] for name in both}
