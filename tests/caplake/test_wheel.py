"""The wheel holds all that the five rooms open at run time, and nothing of the laboratory or the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schemas", "transforms", "search", "flows", "caplake")
_BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the tree, the laboratory and the tests beside the rooms."""
    tree = tmp_path_factory.mktemp("tree")
    for room in (*ROOMS, "lab", "tests"):
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, tree)
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", _BUILD, str(out)], cwd=tree, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def files_of(root: Path, room: str) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in (root / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
def test_every_file_of_a_room_is_in_the_wheel(unpacked: Path, room: str) -> None:
    assert f"{room}/py.typed" in files_of(ROOT, room)
    assert files_of(unpacked, room) == files_of(ROOT, room)


@pytest.mark.slow
def test_nothing_else_is_in_the_wheel(unpacked: Path) -> None:
    folders = {path.name for path in unpacked.iterdir()}
    assert {name for name in folders if not name.endswith(".dist-info")} == set(ROOMS)


@pytest.mark.slow
def test_the_wheel_alone_checks_a_source_and_understands_a_need(unpacked: Path, tmp_path: Path) -> None:
    """Run from the unpacked wheel: every file that these commands open comes from there."""
    needs = tmp_path / "needs.jsonl"
    needs.write_text('{"id": "a", "text": "대구 근처에서 비전검사"}\n', encoding="utf-8")
    script = (
        "import caplake, flows, schemas, search, transforms\n"
        f"assert all(m.__file__.startswith({str(unpacked)!r}) for m in (caplake, flows, schemas, search, transforms))\n"
        "from caplake.cli import main\nmain()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    for arguments in (["sources", "check", "kipris_patents"], ["understand", str(needs), "--out", str(tmp_path / "o")]):
        command = [sys.executable, "-c", script, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert "27" in (tmp_path / "o").read_text(encoding="utf-8")
