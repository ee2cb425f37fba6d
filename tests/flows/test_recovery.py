"""What operators do between nights, and what must survive it: going back, cleaning up, restoring, another model."""

from __future__ import annotations

import errno
import shutil
import signal
import socket
import time
from pathlib import Path

import polars as pl
import pytest

from caplake.cli import _fail
from caplake.commands.serving import last_run
from flows.night import NightError, new_night
from flows.nightly import run_night
from flows.recovery import backfill_night, clean_up, problems_of, roll_back
from flows.review import DECISIONS
from flows.runner import DirectRunner
from flows.scheduled import rollback, verify
from flows.takedown import hidden_firms, take_down
from schemas.lake import Lake, LakeError, Snapshot
from schemas.lake.ledger import append_ledger, read_ledger
from schemas.lake.pins import pin, pinned
from search.embedding.model import BUNDLED_MODEL, EmbeddingError, load_embedder
from search.http import pinned as pinned_module
from search.http.pinned import PinnedService
from search.service import SearchService
from tests.proofs.faults import failing_write
from tests.proofs.nights import SOURCE, deliver, night, start_night, table_hashes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake after three nights over three editions, made once; tests take copies."""
    folder = tmp_path_factory.mktemp("recovery")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAPLAKE_DROP", str(folder / "drop"))
        for number in range(3):
            deliver(folder / "drop", number)
            night(folder / "lake")
    return folder


@pytest.fixture
def lake(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path / "copy")
    monkeypatch.setenv("CAPLAKE_DROP", str(tmp_path / "copy" / "drop"))
    return tmp_path / "copy" / "lake"


def names_of(lake: Lake) -> list[str]:
    return Snapshot.current(lake).table("firms", ["name"])["name"].sort().to_list()


def test_going_back_takes_seconds_and_going_forth_again_too(lake: Path) -> None:
    there = Lake(str(lake))
    *_, before, now = there.snapshots()
    started = time.perf_counter()
    assert roll_back(there) == (now, before)
    assert time.perf_counter() - started < 5
    assert SearchService.current(there).search("반도체 검사 장비").snapshot == before
    assert roll_back(there, now) == (before, now)
    assert rollback.fn(lake=str(lake)) == {"was": now, "is": before}


def test_nothing_to_go_back_to_is_told(lake: Path) -> None:
    there = Lake(str(lake))
    first = there.snapshots()[0]
    roll_back(there, first)
    with pytest.raises(LakeError, match=r"is the first; there is nothing"):
        roll_back(there)
    for unknown in ("2020-01-01T000000Z", "../ledger"):
        with pytest.raises(LakeError, match=r"is not kept; `caplake lake list`"):
            roll_back(there, unknown)
    assert there.current() == first


def test_a_snapshot_whose_index_is_not_whole_is_refused(lake: Path) -> None:
    there = Lake(str(lake))
    *_, before, now = there.snapshots()
    shutil.rmtree(lake / "index" / "embedded" / before)
    with pytest.raises(LakeError, match=rf"embedded index of {before} is not whole"):
        roll_back(there)
    assert there.current() == now


def test_verifying_names_every_table_document_and_index_that_is_not_whole(lake: Path) -> None:
    there = Lake(str(lake))
    snapshot = Snapshot.current(there)
    assert verify.fn(lake=str(lake)) == {"snapshot": snapshot.name}
    (lake / snapshot.folder / "firms.parquet").write_bytes(b"cut")
    (lake / snapshot.folder / "names.parquet").unlink()
    (lake / snapshot.folder / "dictionary.json").write_text("{}")
    shutil.rmtree(lake / "index" / "embedded" / snapshot.name)
    told = "; ".join(problems_of(snapshot))
    for part in ("table firms is not what", "table names is not there", "dictionary.json is not", "index has 0"):
        assert part in told
    with pytest.raises(LakeError, match=r"table firms .* `rollback` deployment"):
        verify.fn(lake=str(lake))


def test_cleaning_up_keeps_the_newest_and_what_was_never_committed_goes(lake: Path) -> None:
    """A manifest alone does not make a snapshot committed: a run can die between the two."""
    there = Lake(str(lake))
    first, second, third = there.snapshots()
    never = "2099-01-01T000000Z"
    shutil.copytree(lake / "snapshots" / third, lake / "snapshots" / never)
    shutil.copytree(lake / "index" / "embedded" / third, lake / "index" / "embedded" / never)
    (lake / ".firms.parquet.0a.tmp").write_bytes(b"half")
    assert clean_up(there, 2) == [first, never]
    assert there.snapshots() == [second, third]
    assert sorted(path.name for path in (lake / "index" / "embedded").iterdir()) == [second, third]
    assert not list(lake.rglob(".*.tmp"))
    assert problems_of(Snapshot.current(there)) == []


def test_the_current_snapshot_stays_also_after_a_takedown(lake: Path) -> None:
    there = Lake(str(lake))
    *older, current = there.snapshots()
    take_down(there, Snapshot.current(there).table("firms", ["firm_id"])["firm_id"][0], "asked")
    assert clean_up(there, 3) == older
    assert there.snapshots() == [current]


def test_a_pin_holds_a_snapshot_until_it_lapses(lake: Path) -> None:
    there = Lake(str(lake))
    first, second, third = there.snapshots()
    assert pin(there, first, "reader", seconds=600)
    assert pin(there, second, "gone", seconds=-1)
    assert clean_up(there, 1) == [second]
    assert there.snapshots() == [first, third]
    assert there.names("pins") == [f"{first}.reader.json"]
    there.remove(f"pins/{first}.reader.json")
    assert clean_up(there, 1) == [first]
    assert there.names("index/embedded") == [third]


def test_a_server_answers_from_its_snapshot_whatever_is_cleaned_up(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are loaded when they are first asked for, which may be after the nights that collect the snapshot."""
    there = Lake(str(lake))
    third = there.current()
    server = PinnedService(str(lake))
    service = server.get()
    assert service.snapshot.name == third
    assert pinned(there) == {third}
    deliver(lake.parent / "drop", 7)
    night(lake)
    assert third not in clean_up(there, 1)
    firm = service.search("검사 장비", limit=1).hits[0].firm_id
    assert service.profiles.get(firm).names
    monkeypatch.setattr(pinned_module, "_LOOK_EVERY_SECONDS", 0.0)
    assert server.get().snapshot.name == there.current() != third
    assert pinned(there) == {third, there.current()}


def test_a_server_at_rest_looks_anew_before_it_answers(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Lake(str(lake))
    server = PinnedService(str(lake))
    old = server.get().snapshot.name
    there.remove(f"pins/{there.names('pins')[0]}")  # as if ten minutes had passed
    monkeypatch.setattr(server, "_pinned", time.monotonic() - pinned_module.PIN_SECONDS)
    monkeypatch.setattr(server, "_looked", time.monotonic())
    deliver(lake.parent / "drop", 8)
    night(lake)
    assert old in clean_up(there, 1)
    assert server.get().snapshot.name == there.current()
    assert server.get().search("검사 장비", limit=1).hits


def test_a_reader_that_may_not_write_goes_without_a_pin(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Lake, "write_bytes", refused)
    assert not pin(Lake(str(lake)), "2026-01-01T000000Z", "reader")
    assert PinnedService(str(lake)).get().search("검사 장비", limit=1).hits


def test_ids_decisions_and_takedowns_come_back_with_the_ledger(lake: Path, tmp_path: Path) -> None:
    there = Lake(str(lake))
    snapshot = Snapshot.current(there)
    links = snapshot.table("links", ["record_key", "firm_id"]).sort("record_key")
    gone = links["firm_id"][5]
    take_down(there, gone, "asked")
    pair = pl.DataFrame([(*links["record_key"][:2], "different", "looked")], schema=DECISIONS, orient="row")
    append_ledger(there, "decisions", snapshot.name, pair)
    restored = tmp_path / "restored"
    shutil.copytree(lake / "ledger", restored / "ledger")
    night(restored)
    there = Lake(str(restored))
    after = dict(Snapshot.current(there).table("links", ["record_key", "firm_id"]).iter_rows())
    before = dict(links.filter(pl.col("firm_id") != gone).iter_rows())
    assert after == before
    assert hidden_firms(there) == [gone]
    assert gone not in Snapshot.current(there).table("firms", ["firm_id"])["firm_id"]
    assert read_ledger(there, "decisions", DECISIONS).equals(pair)


def test_an_older_delivery_is_read_anew_and_the_next_night_heals(lake: Path) -> None:
    there = Lake(str(lake))
    oldest, *_, newest = there.names(f"raw/{SOURCE}")
    third = Snapshot.current(there)
    was = Snapshot(there, there.snapshots()[0]).table(f"sources/{SOURCE}")
    report = run_night(backfill_night(str(lake), {SOURCE: oldest}, ["embedded"]), DirectRunner())
    assert report.committed
    now = Snapshot.current(there)
    assert now.manifest.sources[SOURCE].receipt == f"raw/{SOURCE}/{oldest}"
    assert now.table(f"sources/{SOURCE}").equals(was)
    night(lake)
    healed = Snapshot.current(there)
    assert healed.manifest.sources[SOURCE].receipt == f"raw/{SOURCE}/{newest}"
    assert healed.table("capabilities").equals(third.table("capabilities"))


def test_kept_deliveries_alone_make_a_lake_again(lake: Path, tmp_path: Path) -> None:
    restored = tmp_path / "restored"
    for folder in ("ledger", "raw"):
        shutil.copytree(lake / folder, restored / folder)
    run_night(backfill_night(str(restored), {}, ["embedded"]), DirectRunner())
    same = {name: digest for name, digest in table_hashes(lake).items() if name not in ("changes", "history")}
    assert same.items() <= table_hashes(restored).items()


def test_a_delivery_that_is_not_kept_is_told_with_those_that_are(lake: Path, tmp_path: Path) -> None:
    kept = Lake(str(lake)).names(f"raw/{SOURCE}")
    with pytest.raises(NightError, match=rf"no delivery of {SOURCE} received at '2020'; there are: {kept[0]}"):
        backfill_night(str(lake), {SOURCE: "2020"}, ["embedded"])
    with pytest.raises(NightError, match=r"no source 'krx'"):
        backfill_night(str(lake), {"krx": kept[0]}, ["embedded"])
    with pytest.raises(NightError, match=r"keeps no delivery to read"):
        backfill_night(str(tmp_path / "empty"), {}, ["embedded"])


def test_another_model_embeds_anew_and_readers_of_the_old_one_are_told(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Lake(str(lake))
    before = Snapshot.current(there)
    copied = tmp_path / "another"
    shutil.copytree(BUNDLED_MODEL, copied)
    monkeypatch.setenv("CAPLAKE_MODEL_PASSAGE_PROMPT", "passage: ")
    monkeypatch.setenv("CAPLAKE_MODEL", str(copied))
    assert load_embedder().model_id != before.manifest.model
    with pytest.raises(EmbeddingError, match=r"was embedded with .* `caplake run` to embed it anew"):
        SearchService.current(there).search("검사 장비")
    assert night(lake).committed
    now = Snapshot.current(there)
    assert now.manifest.model == load_embedder().model_id
    assert now.table("embeddings")["model"].unique().to_list() == [now.manifest.model]
    assert now.table("capabilities").equals(before.table("capabilities"))
    assert not now.table("embeddings", ["vector"]).equals(before.table("embeddings", ["vector"]))
    assert SearchService.current(there).search("검사 장비").hits
    assert not (lake / now.folder / "embedding").exists()


def test_a_schema_of_the_future_is_refused_and_of_the_past_is_written_anew(lake: Path) -> None:
    there = Lake(str(lake))
    name = str(there.current())
    manifest = there.read_json(f"snapshots/{name}/manifest.json")
    there.write_json(f"snapshots/{name}/manifest.json", {**manifest, "schema_version": "999"})
    with pytest.raises(LakeError, match=r"version 999.*Install the newer version"):
        Snapshot.current(there).manifest  # noqa: B018
    there.write_json(f"snapshots/{name}/manifest.json", {**manifest, "schema_version": "1", "inputs": "of then"})
    assert night(lake).committed
    assert Snapshot.current(there).manifest.previous == name
    assert Snapshot.current(there).manifest.schema_version == manifest["schema_version"]


def test_a_night_after_going_back_follows_the_older_snapshot(lake: Path) -> None:
    there = Lake(str(lake))
    *_, before, bad = there.snapshots()
    roll_back(there)
    report = run_night(new_night(str(lake), [SOURCE], ["embedded"]), DirectRunner())
    assert report.committed
    assert Snapshot.current(there).manifest.previous == before
    assert bad not in there.snapshots()


def test_the_status_tells_of_a_killed_run_and_of_a_night_that_failed(lake: Path) -> None:
    there = Lake(str(lake))
    assert set(last_run(there)["night"]) == {"last night"}
    child = start_night(lake, lake.parent / "drop", "resolve")
    deliver(lake.parent / "drop", 9)
    assert child.wait(120) == -signal.SIGKILL
    assert (
        last_run(there)["night"]["run"]
        == f"process {child.pid} on {socket.gethostname()} is gone; the next run takes over"
    )
    (lake.parent / "drop" / SOURCE / "krx_20261231.csv").write_text("<html>blocked</html>", encoding="utf-8")
    with pytest.raises(NightError):
        night(lake)
    told = last_run(there)["night"]
    assert told["last night"].endswith(" failed")
    assert "web page" in told["because"]
    assert "run" not in told


def test_a_full_disk_hides_neither_the_reason_nor_the_remedy(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(lake.parent / "drop", 9)
    with failing_write(10, errno.ENOSPC, lasting=True)(lake), pytest.raises(OSError, match="No space left") as full:
        night(lake)
    assert "/snapshots/" in f"/{full.value.filename}", "what stopped the night, not the report that could not be kept"
    with pytest.raises(SystemExit):
        _fail(full.value)
    told = capsys.readouterr().err
    assert "No space left" in told
    assert "caplake lake gc --keep 1" in told
    assert night(lake).committed
