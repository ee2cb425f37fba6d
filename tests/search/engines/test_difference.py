"""An index renewed by difference holds what one made whole holds, on every engine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from opensearchpy.helpers import scan

from schemas.lake import Lake
from search.engines import Difference, Documents, EngineError, IndexStore
from search.engines.embedded.store import EmbeddedStore
from search.engines.opensearch.client import Connection
from search.engines.opensearch.engine import OpenSearchEngine
from search.engines.opensearch.numbering import NumberedEngine, Numbering, end
from search.engines.opensearch.store import OpenSearchStore
from tests.search.engines.documents import documents, of_statements, query, unit_vectors

NIGHTS = [f"2026-01-0{day}T183000Z" for day in range(1, 7)]
WHOLE = "2026-02-01T183000Z"


@pytest.fixture(params=["embedded", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IndexStore]:
    if request.param == "embedded":
        yield EmbeddedStore(tmp_path / "embedded")
        return
    yield request.getfixturevalue("outside")


@pytest.fixture
def outside(opensearch_url: str, tmp_path: Path) -> Iterator[OpenSearchStore]:
    found = OpenSearchStore(Connection(opensearch_url), prefix="renewed", lake=Lake(str(tmp_path)))
    yield found
    for snapshot in found.snapshots():
        found.drop(snapshot)
    assert not list((tmp_path / "index/opensearch").iterdir())


def next_night(given: Documents, seed: int) -> Documents:
    """Statements go, change their text or their firm's name, and come, with firms between the others."""
    dice = random.Random(seed)
    statements = given.statements
    fate = pl.Series([dice.random() for _ in range(statements.height)])
    texts = pl.when(fate < 0.1).then(pl.col("text") + f" {seed}호").otherwise("text")
    names = pl.when((fate > 0.1) & (fate < 0.2)).then(pl.lit(f"(주)새이름{seed}")).otherwise("name")
    staying = statements.with_columns(text=texts, name=names).filter(fate < 0.9)
    coming = statements.sample(20, seed=seed).with_columns(
        statement_id=pl.format("S{}new{}", pl.lit(seed), pl.int_range(pl.len())),
        firm_id=pl.col("firm_id") + pl.lit(f"n{seed}"),
        text=pl.col("text") + " 신제품",
    )
    return of_statements(pl.concat([staying, coming]))


def renew(store: IndexStore, nights: int) -> Documents:
    given = of_statements(documents(80).statements)
    store.build(NIGHTS[0], given)
    for number in range(1, nights):
        before, given = given, next_night(given, number)
        difference = Difference.between(NIGHTS[number - 1], before.statements, given.statements)
        assert 0 < len(difference.fresh) < len(given) / 2
        store.build(NIGHTS[number], given, difference)
    return given


def test_what_is_the_same_is_found_and_nothing_else() -> None:
    old = of_statements(documents(80).statements)
    new = next_night(old, 1)
    difference = Difference.between("before", old.statements, new.statements)
    told = old.statements.drop("firm_row").rows_by_key("statement_id", unique=True, include_key=True)
    for row, statement in enumerate(new.statements.drop("firm_row").iter_rows()):
        same = told.get(statement[0]) == statement
        assert (difference.statements[row] >= 0) == same
        if same:
            assert old.statements["statement_id"][int(difference.statements[row])] == statement[0]
    assert set(difference.gone) == {*old.statements["statement_id"]} - {*new.statements["statement_id"]}


def test_answers_are_those_of_an_index_made_whole(store: IndexStore) -> None:
    given = renew(store, 4)
    store.build(WHOLE, given)
    renewed, whole = store.open(NIGHTS[3]), store.open(WHOLE)
    assert store.count(NIGHTS[3]) == store.count(WHOLE) == len(given)
    dice = random.Random(7)
    firms = int(given.statements["firm_row"].max()) + 1  # type: ignore[arg-type]
    for number, vector in enumerate(unit_vectors(40, 5)):
        asked = query(dice)
        allowed = np.array(sorted(dice.sample(range(firms), firms // 3)), np.int32) if number % 2 else None
        assert renewed.matching_firms(asked).tolist() == whole.matching_firms(asked).tolist()
        assert (
            renewed.dense(vector, len(given), allowed).rows.tolist()
            == whole.dense(vector, len(given), allowed).rows.tolist()
        )
        found = renewed.lexical(asked, len(given), allowed)
        assert sorted(found.rows) == sorted(whole.lexical(asked, len(given), allowed).rows)


def test_the_files_are_those_of_an_index_made_whole(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.build(WHOLE, renew(store, 4))
    files = {
        name: {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*") if path.is_file()
        }
        for name in (WHOLE, NIGHTS[3])
    }  # fmt: skip
    assert files[WHOLE] == files[NIGHTS[3]]


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_an_index_that_cannot_be_built_on_is_made_whole(tmp_path: Path, damage: str) -> None:
    store = EmbeddedStore(tmp_path)
    old = of_statements(documents(80).statements)
    store.build(NIGHTS[0], old)
    rows = next(tmp_path.rglob("rows.npy"))
    if damage == "gone":
        rows.unlink()
    else:
        rows.write_bytes(rows.read_bytes()[:-1])
    new = next_night(old, 1)
    store.build(NIGHTS[1], new, Difference.between(NIGHTS[0], old.statements, new.statements))
    assert store.count(NIGHTS[1]) == len(new)


@pytest.mark.opensearch
def test_opensearch_holds_the_same_statements(outside: OpenSearchStore, tmp_path: Path) -> None:
    given = renew(outside, 4)
    outside.build(WHOLE, given)
    assert stored(outside, NIGHTS[3]) == stored(outside, WHOLE)
    numbering = Numbering.read(Lake(str(tmp_path)), f"index/opensearch/{NIGHTS[3]}")
    assert numbering is not None
    assert numbering.statements.tolist() != list(range(len(given)))


def stored(store: OpenSearchStore, snapshot: str) -> dict[str, Any]:
    """All documents of an index by id, with rows for numbers; one of every text stands for it in the graph."""
    assert store.lake is not None
    numbering = Numbering.read(store.lake, f"index/opensearch/{snapshot}")
    assert numbering is not None
    row_of = {int(number): row for row, number in enumerate(numbering.statements)}
    firm_of = {int(number): row for row, number in enumerate(numbering.firms)}
    found, standing = {}, []
    for hit in scan(store.connection.client(), index=store.index_name(snapshot)):
        source = hit["_source"]
        places = {"row": row_of[source["row"]], "firm_row": firm_of[source["firm_row"]]}
        standing += [source["text"]] if source.pop("text_vector", None) else []
        found[hit["_id"]] = source | places
    assert sorted(standing) == sorted({source["text"] for source in found.values()})
    return found


@pytest.mark.opensearch
@pytest.mark.parametrize("nights", [1, 5])
def test_the_graph_finds_every_statement_with_a_text(outside: OpenSearchStore, nights: int) -> None:
    """Also where the statement that stood for the text is gone, and only those of allowed firms."""
    given = renew(outside, nights)
    engine = by_graph(outside, NIGHTS[nights - 1])
    firm_of = given.statements["firm_row"].to_numpy()
    for text, vector in enumerate(given.vectors):
        said = np.flatnonzero(given.vector_of == text)
        for allowed in (None, np.unique(firm_of[said[::2]])):
            wanted = said if allowed is None else said[np.isin(firm_of[said], allowed)]
            found = engine.dense(vector, len(given), allowed)
            assert found.rows[: len(wanted)].tolist() == wanted.tolist()
            assert np.allclose(found.scores[: len(wanted)], 1, atol=1e-4)


def by_graph(store: OpenSearchStore, snapshot: str) -> NumberedEngine:
    """The engine of an index as if it were too large to compare all vectors."""
    assert store.lake is not None
    numbering = Numbering.read(store.lake, f"index/opensearch/{snapshot}")
    assert numbering is not None
    sizes = {"statements": end(numbering.statements), "firms": end(numbering.firms)}
    index = store.index_name(snapshot)
    return NumberedEngine(OpenSearchEngine(store.connection, index, **sizes, exact_statements=0), numbering)


@pytest.mark.opensearch
def test_an_index_that_is_made_anew_has_every_text_in_its_graph(outside: OpenSearchStore) -> None:
    """Its numbers stay; which statements stand for a text may be others."""
    given = documents(80).statements
    texts = pl.Series([f"장비 {max(row - 40, 0)}호" for row in range(given.height)])
    for said in (texts, texts.reverse()):
        outside.build(NIGHTS[0], of_statements(given.with_columns(text=said)))
        stored(outside, NIGHTS[0])


@pytest.mark.opensearch
def test_only_what_changed_is_sent(outside: OpenSearchStore, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    load = OpenSearchStore._load
    monkeypatch.setattr(
        OpenSearchStore, "_load", lambda self, index, lines, size: (sent.append(size), load(self, index, lines, size))
    )
    given = renew(outside, 3)
    assert sent[0] > sent[1] + sent[2]
    outside.build(NIGHTS[2], given)
    assert sent[3] == len(given)


@pytest.mark.opensearch
def test_an_index_without_its_numbers_is_refused(outside: OpenSearchStore) -> None:
    renew(outside, 2)
    outside.lake.remove(f"index/opensearch/{NIGHTS[1]}")  # type: ignore[union-attr]
    with pytest.raises(EngineError, match="does not have the numbers"):
        outside.open(NIGHTS[1])
    outside.open(NIGHTS[0])


@pytest.mark.opensearch
def test_an_index_that_was_changed_too_often_is_made_whole(outside: OpenSearchStore, tmp_path: Path) -> None:
    old = of_statements(documents(80).statements)
    outside.build(NIGHTS[0], old)
    numbers = Numbering.by_row(old.vector_of, old.firms)
    worn = replace(numbers, statements=numbers.statements + 3 * len(old))
    worn.write(Lake(str(tmp_path)), f"index/opensearch/{NIGHTS[0]}")
    new = next_night(old, 1)
    outside.build(NIGHTS[1], new, Difference.between(NIGHTS[0], old.statements, new.statements))
    numbering = Numbering.read(Lake(str(tmp_path)), f"index/opensearch/{NIGHTS[1]}")
    assert numbering is not None
    assert numbering.statements.tolist() == list(range(len(new)))
