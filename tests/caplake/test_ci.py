"""The workflow of the forge runs what a developer runs, on every version of Python that the package promises."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_every_promised_python_runs_make_test() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    job = workflow["jobs"]["test"]
    versions = job["strategy"]["matrix"]["python"]
    assert f">={versions[0]}" == project["requires-python"]
    assert versions == [f"3.{minor}" for minor in range(11, 11 + len(versions))]
    assert len(versions) >= 3
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert [command.split()[:2] for command in commands] == [["make", "test"]]
    assert "make test" in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert job["steps"][-1]["env"]["CI"] == "true"


def test_issue_templates_say_what_they_ask_in_both_languages() -> None:
    templates = [path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
    assert len(templates) == 3
    for path in templates:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        texts = [form["name"], form["description"], *(part["attributes"]["label"] for part in form["body"])]
        for text in texts:
            assert any("가" <= letter <= "힣" for letter in text), (path.name, text)
            assert any("a" <= letter <= "z" for letter in text), (path.name, text)
