"""The night: the same input gives the same bytes, an unchanged one gives none, a broken delivery commits nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.night import NightError
from flows.sources.declaration import SOURCES_FOLDER
from schemas.lake import Lake, Snapshot
from tests.conftest import run_here
from transforms.capabilities import tagged

SOURCES = ["krx_listed", "venture"]
BUNDLED = SOURCES_FOLDER / "krx_listed" / "data" / "krx_listed_202604.csv"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake after a night of the bundled listed firms, made once; tests take copies."""
    lake = tmp_path_factory.mktemp("listed") / "lake"
    run_here(lake, ["krx_listed"])
    return lake


@pytest.fixture
def listed(made: Path, tmp_path: Path) -> Path:
    """A copy of that lake."""
    return Path(shutil.copytree(made, tmp_path / "lake"))


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which an operator's file of krx_listed replaces the bundled one."""
    folder = tmp_path / "drop" / "krx_listed"
    folder.mkdir(parents=True)
    monkeypatch.setenv("CAPLAKE_DROP", str(folder.parent))
    return folder


def hashes(lake: Path) -> dict[str, str]:
    return {name: entry.sha256 for name, entry in Snapshot.current(Lake(str(lake))).manifest.tables.items()}


@pytest.mark.slow
def test_two_runs_from_empty_lakes_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run_here(tmp_path / name, SOURCES)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_a_night_in_which_nothing_changed_commits_no_tables(tmp_path: Path) -> None:
    first = run_here(tmp_path / "lake", SOURCES)
    second = run_here(tmp_path / "lake", SOURCES)
    assert first.committed
    assert second.unchanged
    assert not second.committed
    assert Lake(str(tmp_path / "lake")).snapshots() == [first.snapshot]


@pytest.mark.slow
def test_a_night_of_one_source_keeps_the_others(tmp_path: Path) -> None:
    run_here(tmp_path / "lake", SOURCES)
    report = run_here(tmp_path / "lake", ["kipris_patents"])
    assert set(report.sources) == {*SOURCES, "kipris_patents"}
    assert Snapshot.current(Lake(str(tmp_path / "lake"))).table("sources/venture").height > 8_000


@pytest.mark.calendar
def test_changes_of_a_register_are_counted_and_told(listed: Path, drop: Path) -> None:
    lines = BUNDLED.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = lines[1].replace(lines[1].split(",")[0], "새이름전자", 1)
    (drop / "krx_listed_20260501.csv").write_text("".join([lines[0], changed, *lines[3:]]), encoding="utf-8")
    report = run_here(listed, ["krx_listed"])
    entry = report.sources["krx_listed"]
    assert (entry.new, entry.changed, entry.gone) == (0, 1, 1)
    changes = Snapshot.current(Lake(str(listed))).table("changes")
    assert {"removed", "changed"} <= set(changes["change"])
    assert "새이름전자" in changes["new"].to_list()


def cut_off(text: str) -> bytes:
    return text.encode()[: len(text.encode()) // 2]


def renamed(text: str) -> bytes:
    return text.replace("주요제품", "주력상품", 1).encode()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_off, "krx_listed"),
        (renamed, r"lacks the column products.*New headers there: 주력상품"),
        (lambda text: text.replace("회사명,", "", 1).encode(), "krx_listed"),
        (lambda text: text.encode().replace("종목".encode(), b"\xff\xfe\x80\x81"), "neither UTF-8 nor CP949"),
        (lambda _: b"<!DOCTYPE html><html><body>blocked</body></html>", "web page"),
        (lambda _: b"", "empty"),
        (lambda text: text.split("\n")[0].encode(), "no rows"),
    ],
    ids=["cut off", "renamed column", "missing column", "other encoding", "web page", "empty", "header alone"],
)
def test_a_broken_delivery_commits_nothing_and_says_what_to_do(
    listed: Path, drop: Path, damage: Callable[[str], bytes], said: str
) -> None:
    good = Lake(str(listed)).current()
    (drop / "krx_listed_20260501.csv").write_bytes(damage(BUNDLED.read_text(encoding="utf-8")))
    with pytest.raises(NightError, match=said):
        run_here(listed, ["krx_listed"])
    assert Lake(str(listed)).current() == good


def test_a_file_in_another_known_encoding_gives_the_same_rows(tmp_path: Path, drop: Path) -> None:
    tables = []
    for encoding in ("utf-8", "cp949", "utf-16"):
        text = BUNDLED.read_text(encoding="utf-8").encode("cp949", "ignore").decode("cp949")
        (drop / "krx_listed_20260501.csv").write_bytes(text.encode(encoding))
        run_here(tmp_path / encoding, ["krx_listed"])
        tables.append(hashes(tmp_path / encoding)["sources/krx_listed"])
    assert len(set(tables)) == 1


def test_bad_rows_go_to_quarantine_with_their_line_and_the_rest_is_kept(tmp_path: Path, drop: Path) -> None:
    lines = BUNDLED.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = lines[5].split(",")
    lines[5] = ",".join([cells[0], cells[1], "!!", *cells[3:]])
    lines[9] = "too,few\n"
    (drop / "krx_listed_20260501.csv").write_text("".join(lines), encoding="utf-8")
    run_here(tmp_path / "lake", ["krx_listed"])
    snapshot = Snapshot.current(Lake(str(tmp_path / "lake")))
    refused = snapshot.table("quarantine/krx_listed").filter(~snapshot.table("quarantine/krx_listed")["row_kept"])
    assert sorted(refused["line"]) == [6, 10]
    entry = snapshot.manifest.sources["krx_listed"]
    assert entry.read == entry.valid + entry.quarantined


def test_rows_that_shrink_below_the_last_run_are_refused(listed: Path, drop: Path) -> None:
    lines = BUNDLED.read_text(encoding="utf-8").splitlines(keepends=True)
    (drop / "krx_listed_20260501.csv").write_text("".join(lines[:2_000]), encoding="utf-8")
    with pytest.raises(NightError, match=r"rows of krx_listed is 1999, must be at least"):
        run_here(listed, ["krx_listed"])


def test_texts_are_tagged_once_until_the_code_or_the_knowledge_changes(
    tmp_path: Path, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is kept changes no table: the same bytes as of a lake that keeps none."""
    read: list[str] = []
    monkeypatch.setattr("flows.steps.tags.tagged", lambda texts: read.extend(texts) or tagged(texts))
    run_here(tmp_path / "lake", ["krx_listed"])
    assert len(read) > 2_000
    read.clear()
    text = BUNDLED.read_text(encoding="utf-8").replace("반도체", "이차전지 반도체", 20)
    (drop / "krx_listed_20260501.csv").write_text(text, encoding="utf-8")
    run_here(tmp_path / "lake", ["krx_listed"])
    assert 0 < len(read) <= 20
    run_here(tmp_path / "fresh", ["krx_listed"])
    same = set(hashes(tmp_path / "lake").items()) & set(hashes(tmp_path / "fresh").items())
    assert {"capabilities", "firms", "embeddings"} <= {name for name, _ in same}
    read.clear()
    monkeypatch.setattr("flows.steps.tags.code_version", lambda: "another")
    (drop / "krx_listed_20260501.csv").write_text(text.replace("이차전지 ", ""), encoding="utf-8")
    run_here(tmp_path / "lake", ["krx_listed"])
    assert len(read) > 2_000
    assert len(Lake(str(tmp_path / "lake")).names("cache/tags")) == 1
