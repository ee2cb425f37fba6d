"""Firm ids for life."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.columns import FIRM_ID_PATTERN
from transforms.linking import FirmIdentities, assign_firm_ids, id_history
from transforms.linking.identity import LEDGER_SCHEMA, firm_id

EMPTY = pl.DataFrame(schema=LEDGER_SCHEMA)


class Lake:
    """Nights one after the other over one ledger."""

    def __init__(self) -> None:
        self.ledger = EMPTY
        self.nights = 0

    def night(self, *clusters: set[str]) -> dict[str, str]:
        self.nights += 1
        rows = [(key, number) for number, cluster in enumerate(clusters) for key in cluster]
        frame = pl.DataFrame(rows, schema={"record_key": pl.String, "cluster": pl.Int64}, orient="row")
        self.last: FirmIdentities = assign_firm_ids(frame, self.ledger, f"2026-11-{self.nights:02d}T000000Z")
        self.ledger = pl.concat([self.ledger, self.last.ledger])
        return dict(self.last.assigned.iter_rows())

    @property
    def redirects(self) -> dict[str, str]:
        return dict(self.last.redirects.select("old_firm_id", "firm_id").iter_rows())


def test_an_id_is_what_the_contract_says() -> None:
    import re

    assert re.match(FIRM_ID_PATTERN, firm_id("krx_listed:005930"))
    assert firm_id("a:1") == firm_id("a:1") != firm_id("a:1", 1)


def test_no_two_firms_have_one_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the hash of a key is that of another firm's, the firm takes the next one."""
    monkeypatch.setattr("transforms.linking.identity.firm_id", lambda key, attempt=0: f"F{attempt}{key[0]}")
    lake = Lake()
    assert lake.night({"a:1"}) == {"a:1": "F0a"}
    assert lake.night({"a:1"}, {"a:2"}, {"b:1"}) == {"a:1": "F0a", "a:2": "F1a", "b:1": "F0b"}
    assert lake.night({"a:1"}, {"c:1"}, {"c:2"}) == {"a:1": "F0a", "c:1": "F0c", "c:2": "F1c"}


def test_ids_survive_new_records_renames_and_reruns() -> None:
    lake = Lake()
    first = lake.night({"b:1", "b:2"}, {"c:1"})
    assert lake.night({"b:1", "b:2"}, {"c:1"}) == first
    assert lake.last.ledger.is_empty()
    grown = lake.night({"a:0", "b:1", "b:2"}, {"c:1"}, {"d:1"})
    assert grown["a:0"] == grown["b:1"] == first["b:1"]
    assert grown["c:1"] == first["c:1"]


def test_a_merge_leaves_a_redirect_and_a_split_takes_it_back() -> None:
    lake = Lake()
    before = lake.night({"a:1"}, {"b:1"})
    merged = lake.night({"a:1", "b:1"})
    assert merged["b:1"] == before["a:1"]
    assert lake.redirects == {before["b:1"]: before["a:1"]}
    assert lake.night({"a:1"}, {"b:1"}) == before
    assert lake.redirects == {}
    events = id_history(lake.ledger).select("firm_id", "event", "other_firm_id").rows()
    assert events == sorted([(before["a:1"], "merged", before["b:1"]), (before["a:1"], "split", before["b:1"])])


def test_the_birth_record_may_go() -> None:
    lake = Lake()
    before = lake.night({"a:1", "a:2", "a:3"})
    assert lake.night({"a:2", "a:3"})["a:2"] == before["a:1"]
    assert lake.night({"a:2"}, {"a:3"})["a:2"] == before["a:1"]


def test_a_vanished_firm_comes_back_under_its_id() -> None:
    lake = Lake()
    before = lake.night({"a:1"}, {"b:1"})
    lake.night({"b:1"})
    assert lake.night({"a:1"}, {"b:1"}) == before


partitions = st.lists(st.lists(st.integers(0, 3), min_size=8, max_size=8), min_size=1, max_size=5)


@settings(deadline=None)
@given(partitions, st.integers())
def test_every_cluster_has_one_id_and_every_lost_id_leads_on(nights: list[list[int]], seed: int) -> None:
    lake, ever = Lake(), set()
    for labels in nights:
        clusters = [{f"s:{i}" for i, label in enumerate(labels) if label == wanted} for wanted in sorted(set(labels))]
        ids = lake.night(*clusters)
        for cluster in clusters:
            assert len({ids[key] for key in cluster}) == 1
        assert len(set(ids.values())) == len(clusters)
        ever |= set(ids.values())
        redirects = lake.redirects
        assert set(redirects) == ever - set(ids.values())
        assert set(redirects.values()) <= set(ids.values())
        shuffled = list(clusters)
        random.Random(seed).shuffle(shuffled)
        again = assign_firm_ids(
            pl.DataFrame(
                [(key, n) for n, cluster in enumerate(shuffled) for key in cluster],
                schema={"record_key": pl.String, "cluster": pl.Int64},
                orient="row",
            ),
            lake.ledger,
            "later",
        )
        assert dict(again.assigned.iter_rows()) == ids
        assert again.ledger.is_empty()
