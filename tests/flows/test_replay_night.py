"""A whole night over HTTP against services that answer as the real ones do, with no key of anybody's."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from flows.fetch.attempts import attempts
from flows.fetch.live import is_live
from flows.night import NightReport, new_night
from flows.nightly import run_night
from flows.runner import DirectRunner
from flows.sources.declaration import load_source, load_sources, source_names
from schemas.lake import Lake, Snapshot
from tests.flows.samples import SMALL
from tests.replay.server import Replay, replaying


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("CAPLAKE_RETRY_SECONDS", "0.01")
    monkeypatch.setenv("CAPLAKE_DROP", str(tmp_path / "none"))
    with replaying(most=40) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def night(lake: Path, sources: list[str]) -> NightReport:
    return run_night(new_night(str(lake), sources, ["embedded"], accepted=SMALL), DirectRunner())


@pytest.mark.slow
def test_every_service_fills_its_sources_and_an_unchanged_one_costs_nothing(server: Replay, tmp_path: Path) -> None:
    live = [source.name for source in load_sources() if is_live(source)]
    assert set(live) == {name for name in source_names() if load_source(name).api}
    first = night(tmp_path / "lake", [name for name in live if name != "nts_status" and name != "kipris_patents"])
    assert first.committed
    assert {entry.transport for entry in first.sources.values()} == {
        *("odcloud", "data_go_kr", "koneps", "opendart", "ntis", "kind")
    }
    assert all(entry.valid >= 30 for entry in first.sources.values())
    assert sum(entry.quarantined for entry in first.sources.values()) >= 5
    second = night(tmp_path / "lake", ["nts_status"])
    assert second.sources["nts_status"].transport == "nts"
    snapshot = Snapshot.current(Lake(str(tmp_path / "lake")))
    assert set(snapshot.table("firms")["status"]) >= {"active", "closed"}
    for name in snapshot.manifest.tables:
        if not name.startswith("quarantine/"):
            assert "홍길동" not in snapshot.table(name).write_json(), name
    quiet = sorted(set(first.sources) - {"koneps_suppliers"})
    before = Counter(request.partition(" ")[0] for request in server.requests)
    third = night(tmp_path / "lake", quiet)
    asked = Counter(request.partition(" ")[0] for request in server.requests) - before
    assert third.unchanged
    assert asked["opendart"] <= 1  # companies that are known are not asked about again
    for name in quiet:
        assert next(attempts(Lake(str(tmp_path / "lake")), name)).outcome == "unchanged"


def test_what_a_service_has_no_name_for_is_in_quarantine(server: Replay, tmp_path: Path) -> None:
    night(tmp_path / "lake", ["fsc_outline"])
    refused = Snapshot.current(Lake(str(tmp_path / "lake"))).table("quarantine/fsc_outline")
    assert refused.select("rule", "row_kept").rows() == [("name|nullability", False)]
    assert refused["line"].null_count() == 0


def test_a_night_that_was_killed_goes_on_without_asking_for_finished_pages(server: Replay, tmp_path: Path) -> None:
    server.cap = 10
    server.faults.plan = []
    calm = tmp_path / "calm"
    night(calm, ["fsc_outline"])
    whole = len(server.requests)
    from tests.replay.faults import Fault

    server.faults.seen.clear()
    server.faults.plan = [Fault("quota_22", "data_go_kr", 6, times=0)]
    with pytest.raises(Exception, match="the next night goes on from there"):
        night(tmp_path / "lake", ["fsc_outline"])
    server.faults.plan = []
    asked = len(server.requests)
    night(tmp_path / "lake", ["fsc_outline"])
    assert len(server.requests) - asked == whole - 5
    assert next(attempts(Lake(str(tmp_path / "lake")), "fsc_outline")).resumed
    tables = [Snapshot.current(Lake(str(lake))).table("sources/fsc_outline") for lake in (calm, tmp_path / "lake")]
    assert tables[0].equals(tables[1])
    assert isinstance(tables[0], pl.DataFrame)
