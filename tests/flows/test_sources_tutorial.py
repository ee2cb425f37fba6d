"""docs/sources.md, word for word: its commands are run in one shell, and what it shows is what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

DOCUMENT = Path(__file__).parents[2] / "docs" / "sources.md"
_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "=== end of block ==="


def blocks() -> list[tuple[str, str]]:
    """Commands of the document in order, each with the output shown below it, which may be none."""
    found: list[tuple[str, str]] = []
    for kind, text in _BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")):
        if kind == "sh":
            found.append((text, ""))
        else:
            found[-1] = (found[-1][0], text)
    return found


def printed_by(commands: Sequence[str], folder: Path) -> list[str]:
    """What each block printed, all run in one shell that stops at the first failure."""
    script = "set -e\n" + "".join(f"{text}\necho '{_END}'\n" for text in commands)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONIOENCODING": "utf-8", "CAPLAKE_DROP": ""}
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(f"{_END}\n")[:-1]


@pytest.mark.slow
def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    steps = blocks()
    assert len(steps) >= 6
    for (commands, shown), printed in zip(steps, printed_by([text for text, _ in steps], tmp_path), strict=True):
        lines = [line.rstrip() for line in printed.splitlines()]
        expected = [line.rstrip() for line in shown.splitlines()]
        if expected and expected[-1] == "...":
            lines, expected = lines[: len(expected) - 1], expected[:-1]
        if expected:
            assert lines == expected, commands
    declaration = tmp_path / "sources" / "press_shops" / "source.yaml"
    assert len(declaration.read_text(encoding="utf-8").splitlines()) <= 12
    assert [path.name for path in declaration.parent.iterdir() if path.suffix == ".py"] == []


def test_every_key_of_a_declaration_is_described() -> None:
    from flows.sources.declaration import Source

    text = DOCUMENT.read_text(encoding="utf-8")
    assert [key for key in Source.model_fields if key != "name" and f"`{key}`" not in text] == []


def test_yaml_shown_is_yaml_that_is_taken() -> None:
    from flows.sources.declaration import Call

    for text in re.findall(r"^```yaml\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        Call.model_validate(yaml.safe_load(text)["api"])
