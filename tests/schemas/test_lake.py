"""The lake: atomic or absent, one commit point, one writer."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import clock
from schemas.gold import GOLD_TABLES
from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.ledger import append_ledger, read_ledger
from schemas.lake.lock import locked
from schemas.lake.writer import SnapshotWriter


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def test_a_write_replaces_whole_and_leaves_nothing_beside_it(lake: Lake) -> None:
    lake.write_bytes("a/b.txt", b"one")
    lake.write_bytes("a/b.txt", b"two")
    assert lake.read_bytes("a/b.txt") == b"two"
    assert lake.names("a") == ["b.txt"]


def test_a_failed_write_leaves_the_old_content(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.write_bytes("a.txt", b"old")

    def disk_full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        lake.write_bytes("a.txt", b"new")
    assert lake.read_bytes("a.txt") == b"old"
    assert lake.names(".") == ["a.txt"]


def test_readers_never_see_half_of_a_file(lake: Lake) -> None:
    contents = [str(digit).encode() * 200_000 for digit in range(10)]
    lake.write_bytes("x", contents[0])
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            for content in contents:
                lake.write_bytes("x", content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            assert lake.read_bytes("x") in contents
    finally:
        stop.set()
        writer.join()


def test_an_empty_lake_says_what_to_do(lake: Lake) -> None:
    with pytest.raises(LakeError, match="caplake run"):
        Snapshot.current(lake)


def test_only_a_snapshot_with_a_manifest_can_be_committed(lake: Lake) -> None:
    lake.write_bytes("snapshots/2026-01-01T000000Z/firms.parquet", b"")
    with pytest.raises(LakeError, match="no manifest"):
        lake.commit("2026-01-01T000000Z", after=None)
    assert lake.current() is None


def test_a_commit_that_follows_another_snapshot_than_it_thinks_is_refused(lake: Lake) -> None:
    for name in ("2026-01-01T000000Z", "2026-01-02T000000Z"):
        lake.write_json(f"snapshots/{name}/manifest.json", {})
    lake.commit("2026-01-01T000000Z", after=None)
    with pytest.raises(LakeError, match="another run committed 2026-01-01T000000Z"):
        lake.commit("2026-01-02T000000Z", after=None)
    lake.commit("2026-01-02T000000Z", after="2026-01-01T000000Z")
    assert lake.current() == "2026-01-02T000000Z"


def test_only_one_of_many_writers_that_saw_the_same_version_wins(lake: Lake) -> None:
    lake.write_bytes("x", b"old")
    seen, won = lake.version("x"), []

    def write(number: int) -> None:
        with contextlib.suppress(LakeError):
            lake.replace_bytes("x", str(number).encode(), seen)
            won.append(number)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [lake.read_bytes("x")] == [str(number).encode() for number in won]


def test_a_second_run_is_refused_while_the_first_holds_the_lock(lake: Lake) -> None:
    with locked(lake), pytest.raises(LakeError, match=f"process {os.getpid()}"), locked(lake):
        pass
    with locked(lake):
        pass


def test_the_lock_of_a_dead_process_is_taken_over(lake: Lake) -> None:
    import socket

    held = {"pid": 2**22 + 1, "host": socket.gethostname(), "until": clock.seconds() + 999}
    lake.write_bytes("lock.json", json.dumps(held).encode())
    with locked(lake):
        assert lake.read_json("lock.json")["pid"] == os.getpid()


def test_the_ledger_only_grows(lake: Lake) -> None:
    schema = {"a": pl.String}
    append_ledger(lake, "book", "2026-01-01T000000Z", pl.DataFrame({"a": ["x"]}))
    append_ledger(lake, "book", "2026-01-02T000000Z", pl.DataFrame({"a": ["y"]}))
    append_ledger(lake, "book", "2026-01-03T000000Z", pl.DataFrame(schema=schema))
    assert read_ledger(lake, "book", schema)["a"].to_list() == ["x", "y"]
    assert lake.names("ledger/book") == ["2026-01-01T000000Z.parquet", "2026-01-02T000000Z.parquet"]


def test_a_table_that_breaks_its_schema_is_not_written(lake: Lake) -> None:
    writer = SnapshotWriter(lake, "2026-01-01T000000Z")
    wrong = pl.DataFrame(
        {"record_key": ["no key"], "firm_id": ["F0000000001"], "tier": ["same"], "rule": ["x"], "score": [1.0]}
    ).with_columns(linked_to=pl.lit(None, pl.String))
    with pytest.raises(LakeError, match=r"links.*record_key\|regex"):
        writer.write("links", wrong, GOLD_TABLES["links"])
    assert not lake.exists("snapshots/2026-01-01T000000Z/links.parquet")


def test_same_rows_in_any_order_are_the_same_bytes(lake: Lake) -> None:
    rows = pl.DataFrame(
        {
            "record_key": [f"a:{i}" for i in range(50)],
            "firm_id": ["F0000000001"] * 50,
            "tier": ["same"] * 50,
            "rule": ["alone"] * 50,
            "score": [1.0] * 50,
            "linked_to": ["b:0"] * 50,
        }
    )
    writer = SnapshotWriter(lake, "2026-01-01T000000Z")
    entries = []
    for seed in (1, 2):
        writer.write("links", rows.sample(fraction=1.0, shuffle=True, seed=seed), GOLD_TABLES["links"])
        entries.append(writer.entry("links"))
    assert entries[0] == entries[1]


@given(st.lists(st.tuples(st.sampled_from(["F0000000001", "F0000000002", "F0000000003"]), st.sampled_from("가나다"))))
def test_a_table_is_written_in_order_unless_a_key_is_there_twice(named: list[tuple[str, str]]) -> None:
    rows = pl.DataFrame(named, schema={"firm_id": pl.String, "name": pl.String}, orient="row")
    table = rows.with_columns(kind=pl.lit("register"), source=pl.lit("dart"), record_key=pl.lit("dart:1"))
    with TemporaryDirectory() as folder:
        writer = SnapshotWriter(Lake(folder), "2026-01-01T000000Z")
        if len(set(named)) < len(named):
            with pytest.raises(LakeError, match="primary_key"):
                writer.write("names", table, GOLD_TABLES["names"])
        else:
            writer.write("names", table, GOLD_TABLES["names"])
            assert writer.table("names", ["firm_id", "name"]).rows() == sorted(named)
