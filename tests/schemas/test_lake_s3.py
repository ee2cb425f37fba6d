"""A lake on object storage: a whole night, one commit of many writers, and the index of the embedded engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import polars as pl
import pytest
from moto.server import ThreadedMotoServer

from caplake.querying import query_tables
from flows.night import NightReport
from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.lock import locked
from search.engines import EngineError
from search.engines.stores import open_store
from search.query import LexicalQuery
from tests.conftest import run_here
from transforms.text import tokens

BUCKET = "lakes"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 service on loopback, and the settings by which every client finds it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("CAPLAKE_CACHE", str(tmp_path_factory.mktemp("cache")))
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def lake(endpoint: str, request: pytest.FixtureRequest) -> Lake:
    return Lake(f"s3://{BUCKET}/{request.node.name}")


@pytest.fixture(scope="module")
def night(endpoint: str) -> NightReport:
    """A night of one source on object storage."""
    return run_here(f"s3://{BUCKET}/night", ["krx_listed"])


@pytest.fixture
def filled(night: NightReport) -> Snapshot:
    return Snapshot.current(Lake(f"s3://{BUCKET}/night"))


@pytest.mark.slow
def test_a_whole_night_gives_the_same_tables_as_on_a_disk(filled: Snapshot, night: NightReport, tmp_path: Path) -> None:
    run_here(tmp_path / "lake", ["krx_listed"])
    on_disk = Snapshot.current(Lake(str(tmp_path / "lake"))).manifest
    assert night.committed
    gold = [name for name in on_disk.tables if "/" not in name]
    assert {n: filled.manifest.tables[n].sha256 for n in gold} == {n: on_disk.tables[n].sha256 for n in gold}


def test_an_unchanged_night_commits_nothing(filled: Snapshot) -> None:
    assert run_here(filled.lake.url, ["krx_listed"]).unchanged


def test_sql_reads_the_tables_it_names(filled: Snapshot) -> None:
    (row,) = query_tables([filled], "SELECT count(*) AS n FROM source_krx_listed").to_dicts()
    assert row["n"] == 2_767
    with pytest.raises(ValueError, match=r"read_csv|disabled|Permission"):
        query_tables([filled], "SELECT * FROM read_csv('pyproject.toml')")


def test_the_embedded_index_is_kept_there_and_opened_from_a_copy(
    filled: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store("embedded", filled.lake)
    assert store.snapshots() == [filled.name]
    assert store.count(filled.name) == filled.manifest.tables["capabilities"].rows
    monkeypatch.setenv("CAPLAKE_CACHE", str(tmp_path / "another_machine"))
    engine = store.open(filled.name)
    assert len(engine.lexical(LexicalQuery(weights={tokens("반도체")[0]: 1.0}), 10).rows) == 10
    copies = list((tmp_path / "another_machine").rglob("whole.json"))
    assert len(copies) == 1
    before = copies[0].stat().st_mtime_ns
    store.open(filled.name)
    assert copies[0].stat().st_mtime_ns == before, "a copy that is up to date is not fetched again"


def test_an_index_that_is_not_whole_is_not_there(filled: Snapshot, lake: Lake) -> None:
    lake.write_bytes("index/embedded/2026-01-01T000000Z/vectors.npy", b"half")
    store = open_store("embedded", lake)
    assert store.count("2026-01-01T000000Z") == 0
    with pytest.raises(EngineError, match="caplake run"):
        store.open("2026-01-01T000000Z")


def test_two_runs_that_saw_the_same_snapshot_cannot_both_commit(lake: Lake) -> None:
    names = [f"2026-01-0{day}T000000Z" for day in range(1, 6)]
    for name in names:
        lake.write_json(f"snapshots/{name}/manifest.json", {})
    lake.commit(names[0], after=None)
    committed: list[str] = []
    together = threading.Barrier(4)

    def commit(name: str) -> None:
        mine = Lake(lake.url)
        together.wait()
        try:
            mine.commit(name, after=names[0])
        except LakeError:
            return
        committed.append(name)

    runs = [threading.Thread(target=commit, args=(name,)) for name in names[1:]]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert committed == [lake.current()]


def test_a_write_under_a_stale_condition_is_refused(lake: Lake) -> None:
    lake.replace_bytes("x", b"one", None)
    seen = lake.version("x")
    lake.replace_bytes("x", b"two", seen)
    for stale in (None, seen):
        with pytest.raises(LakeError, match="another run has just written"):
            lake.replace_bytes("x", b"three", stale)
    assert lake.read_bytes("x") == b"two"


def test_the_lock_works_there(lake: Lake) -> None:
    with locked(lake), pytest.raises(LakeError, match="holds the lake"), locked(lake):
        pass
    with locked(lake):
        pass


@pytest.mark.slow
def test_a_second_night_follows_the_first_and_old_ones_are_collected(filled: Snapshot) -> None:
    report = run_here(filled.lake.url, ["krx_listed", "venture"])
    assert report.committed
    snapshot = Snapshot.current(filled.lake)
    assert snapshot.manifest.previous == filled.name
    panel = query_tables(
        [snapshot, filled], "SELECT snapshot, count(*) AS n FROM firms GROUP BY 1 ORDER BY 1", panel=True
    )
    assert panel["snapshot"].to_list() == [filled.name, snapshot.name]
    assert isinstance(panel, pl.DataFrame)
