"""The fast part of the tests in a process of its own, in whatever surroundings a proof gives it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[2]
MARKS: Final = "not opensearch and not browser and not prefect and not slow"
WORKERS: Final = ("-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder")
_SECONDS: Final = 3_600


@dataclass(frozen=True)
class Ended:
    """How many tests passed, and a line for each that did not."""

    passed: int
    problems: list[str]


def fast_part(
    *, before: Sequence[str] = (), environment: Mapping[str, str], folder: Path = REPOSITORY, umask: int = -1
) -> Ended:
    """Run it in `folder`, a checkout, behind the command `before`, with `environment` added to this one's."""
    command = [
        *before,
        sys.executable,
        "-m",
        "pytest",
        *WORKERS,
        "-m",
        MARKS,
        "-p",
        "no:cacheprovider",
        "--tb=line",
        "-rfE",
    ]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        umask=umask,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=_SECONDS,
        check=False,
    )
    passed = re.search(r"(\d+) passed", done.stdout)
    problems = re.findall(r"^(?:FAILED|ERROR) (.*)$", done.stdout, re.MULTILINE)
    if done.returncode and not problems:
        problems = [f"pytest ended with {done.returncode}: {(done.stderr or done.stdout)[-500:]}"]
    return Ended(int(passed[1]) if passed else 0, problems)
