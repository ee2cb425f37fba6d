"""A release: check the tree, the changelog and the version, build the wheel and the source archive, set the tag.

`python -m lab.release` (`make release`) reads the repository that it is run in. It changes nothing where one of the
checks fails. The tag is local; pushing it is up to the person who releases.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemas import clock

_HEADING: Final = re.compile(r"^## (?P<name>Unreleased|\d+\.\d+\.\d+)(?: \((?P<day>\d{4}-\d{2}-\d{2})\))?[ \t]*$", re.M)
_BUILD: Final = """
import sys
from setuptools import build_meta
dist = sys.argv[1]
build_meta.build_sdist(dist)
build_meta.build_wheel(dist)
"""


class ReleaseError(Exception):
    """The tree cannot be released; the message says what to do."""


@dataclass(frozen=True)
class Section:
    """A section of the changelog: `Unreleased` or a version with the day of its release (ISO), and its text."""

    name: str
    day: str | None
    text: str


def read_version(root: Path) -> str:
    """The version that `pyproject.toml` declares."""
    return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def read_sections(changelog: str) -> list[Section]:
    """The sections of a changelog in the order of the file. Raises ReleaseError for a heading of another form."""
    headings = [line for line in changelog.splitlines() if line.startswith("## ")]
    found = list(_HEADING.finditer(changelog))
    if len(found) != len(headings):
        strange = sorted(set(headings) - {match[0].rstrip() for match in found})
        raise ReleaseError(f"CHANGELOG.md: write `## Unreleased` or `## 1.2.3 (2026-12-31)`, not {', '.join(strange)}")
    ends = [*(match.start() for match in found[1:]), len(changelog)]
    return [
        Section(match["name"], match["day"], changelog[match.end() : end].strip())
        for match, end in zip(found, ends, strict=True)
    ]


def problems(root: Path) -> list[str]:
    """What has to be done before the tree under `root` can be released; empty when it can."""
    version, tag = read_version(root), f"v{read_version(root)}"
    found = []
    if _git(root, "status", "--porcelain"):
        found.append("the working tree has changes: commit or remove them")
    sections = {section.name: section for section in read_sections((root / "CHANGELOG.md").read_text(encoding="utf-8"))}
    if (unreleased := sections.get("Unreleased")) and unreleased.text:
        found.append("CHANGELOG.md has entries under Unreleased: move them to the section of the version")
    section = sections.get(version)
    if section is None or not section.text:
        found.append(f"CHANGELOG.md says nothing of {version}: write `## {version} ({clock.today()})` and what changed")
    elif section.day is None:
        found.append(f"CHANGELOG.md gives {version} no date: write `## {version} ({clock.today()})`")
    if _git(root, "tag", "--list", tag):
        found.append(f"the tag {tag} is there already: raise `version` in pyproject.toml")
    return found


def release(root: Path) -> list[Path]:
    """Build into `dist/` and tag the commit. Returns the files built. Raises ReleaseError naming every problem."""
    if found := problems(root):
        raise ReleaseError("nothing was released:\n  " + "\n  ".join(found))
    version, dist = read_version(root), root / "dist"
    dist.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-c", _BUILD, str(dist)], cwd=root, check=True, stdout=subprocess.DEVNULL)
    built = sorted(path for path in dist.iterdir() if f"-{version}" in path.name)
    _git(root, "tag", "--annotate", f"v{version}", "--message", f"Version {version}")
    return built


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="check only; build nothing and set no tag")
    arguments = parser.parse_args()
    root = Path.cwd()
    try:
        if arguments.check and (found := problems(root)):
            raise ReleaseError("not ready:\n  " + "\n  ".join(found))
        built = [] if arguments.check else release(root)
    except ReleaseError as error:
        sys.exit(str(error))
    print("\n".join([f"v{read_version(root)}", *(str(path.relative_to(root)) for path in built)]))


if __name__ == "__main__":
    main()
