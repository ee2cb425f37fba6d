"""Proof: the fast tests pass in another place. `python -m tests.proofs.places`; needs git and `setpriv` (util-linux).

A copy of the checkout lies in a folder with blanks and Hangul in its name; files are made with umask 077; the locale is
C, the home folder cannot be written, and the process has none of root's capabilities.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tests.proofs.fast_part import REPOSITORY, fast_part
from tests.proofs.proved import Proved, tell

ZONES: Final = ("America/Los_Angeles", "Asia/Seoul", "UTC")
_UMASK: Final = 0o077


def copy_to(folder: Path) -> None:
    """Every file of the checkout that git tracks or would track, as it is now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)


def run_in(folder: Path, home: Path, zone: str) -> list[str]:
    """What fails in a time zone."""
    # Root without capabilities is held by the permissions of its files as every user is.
    powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.getuid() == 0 else []
    environment = {"TZ": zone, "LANG": "C", "LC_ALL": "C", "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = fast_part(before=powerless, environment=environment, folder=folder, umask=_UMASK)
    return ended.problems or ([] if ended.passed else ["no test ran"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=len(ZONES), help="how many of the time zones")
    chosen = ZONES[: parser.parse_args().count]
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as there:
        folder, home = Path(there) / "공장 자료 (사본)" / "caplake lake", Path(there) / "home"
        folder.mkdir(parents=True)
        home.mkdir(mode=0o500)
        copy_to(folder)
        for zone in chosen:
            problems += [f"{zone}: {problem}" for problem in run_in(folder, home, zone)]
    tell(Proved({"time zones in which the fast tests ran there": len(chosen)}, problems))


if __name__ == "__main__":
    main()
