"""The snippets of docs/analysts.md, run as they stand there in a folder that holds a lake."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

_DOC = Path(__file__).parents[2] / "docs" / "analysts.md"
_SNIPPETS = re.findall(r"```(python|sh)\n(.*?)```", _DOC.read_text(encoding="utf-8"), re.DOTALL)
_PROGRAMS = {"python": [sys.executable, "-c"], "sh": ["sh", "-ec"]}


@pytest.mark.slow
@pytest.mark.parametrize(("language", "code"), _SNIPPETS)
def test_snippets_run(small_lake: str, tmp_path: Path, language: str, code: str) -> None:
    (tmp_path / "lake").symlink_to(small_lake)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [*_PROGRAMS[language], code], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
