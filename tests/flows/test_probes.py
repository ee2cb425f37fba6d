"""Probes of an index: found among hundreds that read alike, lost where words or vectors are another statement's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.steps import probes
from flows.steps.index import documents, statements_of
from schemas.lake import Lake, Snapshot
from schemas.lake.writer import SnapshotWriter
from search.embedding import load_embedder
from search.engines import Candidates, Documents, Engine
from search.engines.base import Floats, Rows
from search.engines.embedded.store import EmbeddedStore
from search.query import LexicalQuery
from tests.conftest import night_at
from tests.search.engines.documents import of_texts

NAME = "2026-05-01T000000Z"
ALIKE = "Pump valve"


@pytest.fixture(scope="module")
def held(small_lake: str) -> Documents:
    lake = Lake(small_lake)
    writer = SnapshotWriter(lake, Snapshot.current(lake).name)
    return documents(writer, statements_of(writer))


def lost(small_lake: str, folder: Path, held: Documents, monkeypatch: pytest.MonkeyPatch) -> float:
    """Probes that are lost when `held` is what was indexed."""
    store = EmbeddedStore(folder)
    snapshot = Snapshot.current(Lake(small_lake)).name
    store.build(snapshot, held)
    monkeypatch.setattr(probes, "open_store", lambda *_: store)
    night = night_at(small_lake, snapshot, ())
    count, gate = probes.index_gates(night, SnapshotWriter(night.lake, snapshot), {"embedded": store.count(snapshot)})
    assert count.ok
    assert gate.ok == (gate.value == 0)
    return gate.value


def turned_words(held: Documents) -> Documents:
    """Every statement with the words of another one."""
    return replace(held, tokens=[*held.tokens[1:], *held.tokens[:1]])


def turned_vectors(held: Documents) -> Documents:
    return replace(held, vector_of=np.roll(held.vector_of, 1))


def turned_firms(held: Documents) -> Documents:
    return replace(held, statements=held.statements.with_columns(firm_row=pl.col("firm_row").shuffle(seed=1)))


@pytest.mark.parametrize(
    ("change", "least"),
    [(turned_words, 10), (turned_vectors, 10), (turned_firms, 20)],
    ids=["words", "vectors", "firms"],
)
def test_an_index_with_what_belongs_to_other_statements_is_noticed(
    small_lake: str, held: Documents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Documents], Documents], least: int,
) -> None:  # fmt: skip
    assert lost(small_lake, tmp_path / "right", held, monkeypatch) == 0
    assert lost(small_lake, tmp_path / "wrong", change(held), monkeypatch) >= least


def crowd(folder: Path, texts: list[str]) -> tuple[list[probes.Probe], Engine]:
    """Firms with one text each, indexed with the vectors that the model gives them."""
    held = of_texts(range(len(texts)), texts)
    distinct = list(dict.fromkeys(texts))
    held = replace(held, vectors=load_embedder().encode_passages(distinct))
    store = EmbeddedStore(folder)
    store.build(NAME, held)
    firms = pl.DataFrame({"firm_id": held.statements["firm_id"].unique(maintain_order=True)})
    return probes.choose_probes(held.statements, firms), store.open(NAME)


def test_a_statement_among_hundreds_that_read_alike_is_found(tmp_path: Path) -> None:
    """The last of a thousand that have the same words stands behind all hits, and is as good as they are."""
    texts = [*(f"{ALIKE}{'!' * (number % 7 + 1)}" for number in range(1_000)), ALIKE]
    chosen, engine = crowd(tmp_path, texts)
    probe = next(probe for probe in chosen if probe.text == ALIKE)
    assert probe.rows.tolist() == [1_000]
    hits = engine.lexical(LexicalQuery({"pump": 1.0, "valve": 1.0}), 400)
    assert 1_000 not in hits.rows
    assert all(probes.by_words(engine, probe) for probe in chosen)
    vectors = load_embedder().encode_passages([probe.text for probe in chosen])
    assert all(probes.by_vector(engine, *both) for both in zip(chosen, vectors, strict=True))


class Graph:
    """An engine whose graph does not lead to one statement, and leads to all others; a filter finds it."""

    def __init__(self, whole: Engine, hidden: int) -> None:
        self._whole = whole
        self._hidden = hidden

    def __getattr__(self, name: str) -> object:
        return getattr(self._whole, name)

    def dense(self, vector: Floats, limit: int, allowed: Rows | None = None) -> Candidates:
        found = self._whole.dense(vector, limit, allowed)
        kept = found.rows != self._hidden if allowed is None else np.ones(len(found.rows), bool)
        return Candidates(found.rows[kept], found.scores[kept])


@pytest.mark.parametrize(("twins", "found"), [(0, False), (2, True)])
def test_what_a_graph_does_not_reach_is_lost_unless_another_is_as_good(tmp_path: Path, twins: int, found: bool) -> None:
    texts = ["laser welding robot", *["laser welding robot"] * twins, "경영 자문", "label printing"]
    chosen, whole = crowd(tmp_path, texts)
    vector = load_embedder().encode_passages(texts[:1])[0]
    assert probes.by_vector(whole, chosen[0], vector)
    assert probes.by_vector(Graph(whole, hidden=0), chosen[0], vector) is found  # type: ignore[arg-type]


def test_probes_are_spread_over_distinct_texts_and_an_empty_lake_has_none() -> None:
    statements = of_texts([*range(500), 7], ["same"] * 300 + [f"other {n}" for n in range(200)] + ["last"]).statements
    firms = pl.DataFrame({"firm_id": statements["firm_id"].unique(maintain_order=True)})
    chosen = probes.choose_probes(statements, firms)
    texts = [probe.text for probe in chosen]
    assert len(set(texts)) == len(texts) == 20
    assert {texts[0], texts[-1]} == {"same", "last"}
    assert (chosen[-1].firm.tolist(), chosen[-1].rows.tolist(), chosen[-1].statements) == ([7], [500], 2)
    assert probes.choose_probes(statements.clear(), firms) == []
