"""A release is made only of a clean tree whose version the changelog describes, and sets one tag."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lab.release import ReleaseError, problems, read_sections, read_version, release

ROOT = Path(__file__).resolve().parents[2]
GOOD = "# Changelog\n\n## Unreleased\n\n## 1.2.0 (2026-12-01)\n\n* Fast.\n\n## 1.1.0 (2026-11-01)\n\n* First.\n"


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def repository(root: Path, changelog: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package in a repository with one commit."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "a")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")
    (root / "one").mkdir()
    (root / "one" / "__init__.py").write_text("")
    (root / "CHANGELOG.md").write_text(changelog)
    (root / ".gitignore").write_text("build/\ndist/\n*.egg-info/\n")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "one"\nversion = "1.2.0"\n[tool.setuptools]\npackages = ["one"]\n'
    )
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "first")
    return root


def test_version_and_changelog_of_this_repository_agree() -> None:
    sections = read_sections((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert sections[0].name == "Unreleased"
    released = sections[1:]
    assert released[0].name == read_version(ROOT)
    assert all(section.day and section.text for section in released)
    order = [tuple(int(part) for part in section.name.split(".")) for section in released]
    assert order == sorted(set(order), reverse=True)
    days = [section.day or "" for section in released]
    assert days == sorted(days, reverse=True)


def test_a_release_builds_both_archives_and_tags_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path, GOOD, monkeypatch)
    built = release(root)
    assert [path.name for path in built] == ["one-1.2.0-py3-none-any.whl", "one-1.2.0.tar.gz"]
    assert git(root, "rev-list", "-n", "1", "v1.2.0") == git(root, "rev-parse", "HEAD")
    with pytest.raises(ReleaseError, match=r"tag v1\.2\.0 is there already"):
        release(root)


@pytest.mark.parametrize(
    ("changelog", "says"),
    [
        (GOOD.replace("## Unreleased\n", "## Unreleased\n\n* Not yet.\n"), "entries under Unreleased"),
        (GOOD.replace("1.2.0", "1.1.5"), r"says nothing of 1\.2\.0"),
        (GOOD.replace("* Fast.\n", ""), r"says nothing of 1\.2\.0"),
        (GOOD.replace("1.2.0 (2026-12-01)", "1.2.0"), r"gives 1\.2\.0 no date"),
        (GOOD.replace("## 1.1.0 (2026-11-01)", "## v1.1.0, soon"), r"not ## v1\.1\.0, soon"),
    ],
    ids=["unreleased entries", "no section", "empty section", "no date", "another heading"],
)
def test_a_changelog_that_does_not_fit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changelog: str, says: str
) -> None:
    root = repository(tmp_path, changelog, monkeypatch)
    with pytest.raises(ReleaseError, match=says):
        release(root)
    assert git(root, "tag", "--list") == ""
    assert not (root / "dist").exists()


def test_changes_in_the_tree_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path, GOOD, monkeypatch)
    assert problems(root) == []
    (root / "one" / "new.py").write_text("")
    assert problems(root) == ["the working tree has changes: commit or remove them"]
