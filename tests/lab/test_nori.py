"""The peer is asked as it should be: best statement of a firm, its own analysis, firms once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lab.embedding.known_item import KnownItems
from lab.evaluation.nori import NoriBaseline, compare, main
from search.engines.opensearch.client import Connection
from search.engines.opensearch.store import OpenSearchStore
from tests.search.engines.documents import of_texts

SNAPSHOT = "2026-01-01T183000Z"


@pytest.mark.opensearch
def test_firms_come_once_by_their_best_statement(opensearch_url: str) -> None:
    store = OpenSearchStore(Connection(opensearch_url), prefix="peer")
    texts = ["비파괴 검사", "무인 반송차", "비파괴 탐상 장비와 부품", "비파괴 탐상", "식품 포장"]
    store.build(SNAPSHOT, of_texts([0, 0, 1, 1, 2], texts))
    nori = NoriBaseline(store.connection, store.index_name(SNAPSHOT))
    assert nori.firms("비파괴로 탐상하는 장비", 10) == [1, 0]
    assert nori.firms("비파괴로 탐상하는 장비", 1) == [1]
    assert nori.firms("그리고", 10) == []
    store.drop(SNAPSHOT)


@pytest.mark.opensearch
def test_ranks_of_both_systems(opensearch_url: str) -> None:
    items = KnownItems(
        documents=["창고 관리 소프트웨어", "용접 로봇", "라벨 검사 카메라"],
        queries={"ko": ["로봇으로 용접하는 기업", "아무 관계 없는 말"]},
        answers={"ko": np.array([1, 2])},
    )
    store = OpenSearchStore(Connection(opensearch_url), prefix="peer")
    found = compare(store, items)
    assert {name: places.tolist() for name, places in found["ko"].items()} == {
        "nori": [1, 51],
        "our tokens": [1, 51],
    }
    assert store.snapshots() == []


def test_without_the_texts_it_says_what_to_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--shared", str(tmp_path)]) == 1
    assert "--shared" in capsys.readouterr().err
