"""The client snippets of docs/api.md, run as they stand there against a server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import missing_part

_DOCS = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
_RUNNERS = {
    "sh": ("sh", ["-c"]),
    "python": (sys.executable, ["-c"]),
    "javascript": ("node", ["--input-type=module", "-e"]),
}
SNIPPETS = re.findall(r"```(sh|python|javascript)\n(.*?)```", _DOCS, re.DOTALL)


def test_there_is_a_snippet_for_every_client() -> None:
    assert {language for language, _ in SNIPPETS} == set(_RUNNERS)


@pytest.mark.parametrize(("language", "code"), SNIPPETS, ids=[f"{n}-{kind}" for n, (kind, _) in enumerate(SNIPPETS)])
def test_snippets_run(live: str, language: str, code: str) -> None:
    program, options = _RUNNERS[language]
    for needed in (program, "curl" if language == "sh" else program):
        if shutil.which(needed) is None:
            missing_part(needed, f"install {needed}")
    code = code.replace("http://127.0.0.1:8000", live)
    done = subprocess.run([program, *options, code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
