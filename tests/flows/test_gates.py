"""Every gate before the commit: what it finds, which bound it holds to, and what an operator may accept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.night import Gate, Night, NightError
from flows.sources.checking import dry_run
from flows.steps import lookups
from flows.steps.gates import check_gates, fill_gates
from flows.steps.golden import golden_gates, load_golden
from schemas.lake import Lake, Snapshot
from schemas.lake.writer import SnapshotWriter
from search.service import SearchService
from tests.conftest import night_at
from tests.flows.samples import drop_samples


@pytest.fixture
def night(small_lake: str) -> Night:
    """A night over the snapshot that the session's lake has; it is read, never written."""
    snapshot = Snapshot.current(Lake(small_lake))
    return night_at(small_lake, snapshot.name, tuple(snapshot.manifest.sources))


def gates_of(night: Night) -> dict[str, Gate]:
    snapshot = Snapshot(night.lake, night.snapshot)
    counts = {"embedded": snapshot.manifest.tables["capabilities"].rows}
    return {gate.name: gate for gate in check_gates(night, snapshot.manifest.sources, counts)}


@pytest.mark.calendar
def test_a_good_snapshot_passes_gates_of_every_kind(night: Night) -> None:
    gates = gates_of(night)
    assert all(gate.ok for gate in gates.values())
    for kind in (
        "rows of ", "capabilities without a firm", "share of closed firms", "texts with a vector",
        "vectors of another model", "statements in the embedded index", "probes the embedded index",
        "golden query", "identifier found first", "exact name found first",
    ):  # fmt: skip
        assert any(name.startswith(kind) for name in gates), kind


def changed_table(table: str, change: Callable[[pl.DataFrame], pl.DataFrame], patch: pytest.MonkeyPatch) -> None:
    whole = SnapshotWriter.table

    def read(writer: SnapshotWriter, name: str, columns: list[str] | None = None) -> pl.DataFrame:
        frame = whole(writer, name, None)
        frame = change(frame) if name == table else frame
        return frame.select(columns) if columns else frame

    patch.setattr(SnapshotWriter, "table", read)


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("firms", lambda t: t[1:], r"names without a firm is [1-9]\d*, must be 0"),
        ("firms", lambda t: t.with_columns(status=pl.lit("closed")), "share of closed firms is 1, must be at most 0.5"),
        ("embeddings", lambda t: t.with_columns(model=pl.lit("other")), r"vectors of another model is \d+, must be 0"),
        ("embeddings", lambda t: t[1:], r"texts with a vector is \d+, must be \d+"),
    ],
    ids=["reference", "status", "model", "vectors"],
)
def test_a_broken_gate_names_value_and_bound(
    night: Night,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    said: str,
) -> None:
    changed_table(table, change, monkeypatch)
    with pytest.raises(NightError, match=said):
        gates_of(night)


def test_an_engine_that_answers_amiss_fails_golden_queries(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers in a wrong order, as from an index whose rows are not those of the table."""
    right = SearchService.select

    def wrong(service: SearchService, need: str, **options: object) -> object:
        selection = right(service, need, **options)  # type: ignore[arg-type]
        ranking = selection.ranking
        turned = (ranking.hits + service.columns.size // 2) % service.columns.size
        object.__setattr__(ranking, "hits", turned.astype(np.int64))
        selection.looked_up.clear()
        return selection

    monkeypatch.setattr(SearchService, "select", wrong)
    with pytest.raises(
        NightError, match=r"golden query '.*' on embedded is 0.*identifier found first on embedded is 0"
    ):
        gates_of(night)


def test_an_answer_to_what_has_none_fails_too(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.understand.understand.ANSWERABLE", 0.0)
    monkeypatch.setattr("search.query._LEAST_MEANT", 0.0)
    sources = Snapshot(night.lake, night.snapshot).manifest.sources
    broken = [gate for gate in golden_gates(night, "embedded", sources) if not gate.ok]
    assert {gate.bound for gate in broken} == {"0 firms"}


def test_look_ups_of_chosen_kinds_alone_are_measured(small_lake: str) -> None:
    found = lookups.measure(SearchService.current(Lake(small_lake)), 5, kinds=("identifier",))
    assert set(found) == {"identifier"}


def test_golden_queries_speak_of_fields_there_are_in_both_languages() -> None:
    from schemas.vocabulary import load_vocabulary

    golden = load_golden()
    assert {entry.field for entry in golden} - {None} <= set(load_vocabulary().field)
    assert {entry.need.isascii() for entry in golden} == {True, False}


def procurement(suppliers: int, contracts: int, without_address: int = 0) -> pl.LazyFrame:
    """Suppliers, who have an address, and contracts, which have a title instead."""
    rows = [{"grain": "suppliers", "address": None if n < without_address else "서울"} for n in range(suppliers)]
    return pl.LazyFrame(
        [*rows, *({"grain": "contracts", "title": "제어 시스템 구축"} for _ in range(contracts))],
        schema={"grain": pl.String, "address": pl.String, "title": pl.String},
    )


@pytest.mark.parametrize("contracts", [0, 1, 60, 4_000])
def test_another_mix_of_grains_breaks_no_gate(contracts: int) -> None:
    held = procurement(100, min(contracts, 60))
    assert list(fill_gates("koneps_suppliers", procurement(110, contracts), held)) == []


def test_a_loss_in_one_grain_is_seen_however_many_rows_the_others_have() -> None:
    (gate,) = fill_gates("koneps_suppliers", procurement(10_000, 10, 2_001), procurement(100, 10_000))
    assert (gate.name, gate.value, gate.bound) == (
        "filled koneps_suppliers (suppliers).address",
        0.7999,
        "at least 0.8",
    )
    assert list(fill_gates("koneps_suppliers", procurement(10_000, 10, 2_000), procurement(100, 10_000))) == []


def test_a_grain_that_is_gone_is_one_gate_on_its_rows() -> None:
    (gate,) = fill_gates("koneps_suppliers", procurement(100, 0), procurement(100, 1))
    assert (gate.name, gate.bound) == ("rows of koneps_suppliers (contracts)", "at least 1")


def test_a_column_that_left_the_table_counts_as_empty() -> None:
    held = pl.LazyFrame({"address": ["서울", None, "부산"]})
    (gate,) = fill_gates("venture", pl.LazyFrame({"name": ["가"]}), held)
    assert (gate.name, gate.value) == ("filled venture.address", 0)


def test_rows_of_different_grains_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the column the gates of the source would measure its grains together."""
    monkeypatch.setenv("CAPLAKE_DROP", str(tmp_path))
    drop_samples(tmp_path, names=["koneps_suppliers"])
    rows = dry_run("koneps_suppliers").valid
    assert set(rows["grain"]) == {"suppliers", "contracts"}
    assert rows.filter(pl.col("grain") == "suppliers")["title"].null_count() == rows.filter(grain="suppliers").height
    assert rows.filter(pl.col("grain") == "contracts")["title"].null_count() == 0
