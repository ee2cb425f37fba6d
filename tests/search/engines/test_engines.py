"""What every engine must do, asserted of each in the same words, against plain reference answers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from search.engines import Candidates, Documents, Engine, EngineError, IndexStore
from search.engines.embedded.store import EmbeddedStore
from search.engines.opensearch.client import Connection
from search.engines.opensearch.store import OpenSearchStore
from search.query import LexicalQuery, TermGroup
from tests.search.engines.documents import (
    DIMENSIONS,
    bm25,
    documents,
    firms_that_match,
    of_texts,
    query,
    unit_vectors,
)

FIRST, SECOND = "2026-01-01T183000Z", "2026-01-02T183000Z"
FIRMS = 700


@pytest.fixture(scope="module", params=["embedded", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexStore]:
    if request.param == "embedded":
        yield EmbeddedStore(tmp_path_factory.mktemp("index") / "embedded")
        return
    found = OpenSearchStore(Connection(request.getfixturevalue("opensearch_url")), prefix="contract")
    yield found
    for snapshot in found.snapshots():
        found.drop(snapshot)


@pytest.fixture(scope="module")
def given() -> Documents:
    return documents(FIRMS)


@pytest.fixture(scope="module")
def engine(store: IndexStore, given: Documents) -> Engine:
    store.build(FIRST, given)
    return store.open(FIRST)


def best(scores: np.ndarray, limit: int) -> list[int]:
    """Rows with the highest positive scores, ties in row order."""
    rows = np.flatnonzero(scores > 0)
    return rows[np.lexsort((rows, -scores[rows]))][:limit].tolist()


def agree(found: Candidates, scores: np.ndarray, limit: int) -> bool:
    """The same statements, and the same order but for scores that differ by rounding alone."""
    wanted = best(scores, limit)
    mine = scores[found.rows]
    return len(found.rows) == len(wanted) and bool(np.allclose(mine, scores[wanted], rtol=1e-5))


def some_firms(dice: random.Random, share: float) -> np.ndarray:
    return np.array(sorted(dice.sample(range(FIRMS), int(FIRMS * share))), np.int32)


def test_words_score_as_bm25_says(engine: Engine, given: Documents) -> None:
    dice = random.Random(7)
    for _ in range(40):
        wanted = query(dice)
        assert agree(engine.lexical(wanted, 30), bm25(given, wanted.weights), 30)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.8, 1.0])
def test_only_allowed_firms_come_back(engine: Engine, given: Documents, share: float) -> None:
    dice = random.Random(11)
    firm_of = given.statements["firm_row"].to_numpy()
    for _ in range(10):
        wanted, allowed = query(dice), some_firms(dice, share)
        inside = np.isin(firm_of, allowed)
        assert agree(engine.lexical(wanted, 20, allowed), np.where(inside, bm25(given, wanted.weights), 0), 20)
        vector = unit_vectors(1, dice.randrange(10**6))[0]
        found = engine.dense(vector, 20, allowed)
        assert inside[found.rows].all()
        assert len(found.rows) == min(20, inside.sum())


def test_no_allowed_firm_gives_nothing(engine: Engine) -> None:
    nobody = np.empty(0, np.int32)
    assert not len(engine.lexical(LexicalQuery({"검사": 1.0}), 10, nobody).rows)
    assert not len(engine.dense(unit_vectors(1, 1)[0], 10, nobody).rows)


def test_firms_without_statements_may_be_allowed(engine: Engine, given: Documents) -> None:
    """The lake has more firms than the index: rows beyond its last one are no error."""
    everyone = np.arange(FIRMS + 50, dtype=np.int32)
    wanted = LexicalQuery({"검사": 1.0})
    assert engine.lexical(wanted, 50, everyone).rows.tolist() == engine.lexical(wanted, 50).rows.tolist()


def test_vectors_are_searched_exactly(engine: Engine, given: Documents) -> None:
    for seed in range(20):
        vector = unit_vectors(1, 1000 + seed)[0]
        products = (given.vectors @ vector)[given.vector_of]
        found = engine.dense(vector, 40)
        np.testing.assert_allclose(found.scores, np.sort(products)[::-1][:40], atol=1e-5)
        np.testing.assert_allclose(products[found.rows], found.scores, atol=1e-5)


def test_vectors_pointing_away_score_below_zero(engine: Engine, given: Documents) -> None:
    found = engine.dense(-given.vectors[0], len(given))
    assert len(found.rows) == len(given)
    assert found.scores[-1] == pytest.approx(-1, abs=1e-5)


def test_ties_come_in_row_order(engine: Engine, given: Documents) -> None:
    twins = [row for row, text in enumerate(given.statements["text"]) if text == "무인 반송차 개발"]
    assert len(twins) > 2
    weights = dict.fromkeys(given.tokens[twins[0]], 1.0)
    assert engine.lexical(LexicalQuery(weights), len(twins)).rows.tolist() == twins
    vector = given.vectors[given.vector_of[twins[0]]]
    assert engine.dense(vector, len(twins)).rows.tolist() == twins


def test_matching_firms_are_all_of_them(engine: Engine, given: Documents) -> None:
    dice = random.Random(5)
    sizes = set()
    for _ in range(40):
        wanted = query(dice)
        found = engine.matching_firms(wanted)
        assert found.tolist() == firms_that_match(given, wanted).tolist()
        sizes.add(len(found))
    assert max(sizes) > FIRMS / 4


def test_groups_nothing_can_meet(engine: Engine) -> None:
    some = TermGroup((("검사",),))
    empty = TermGroup(())
    for wanted in (
        LexicalQuery(),
        LexicalQuery(groups=(empty,)),
        LexicalQuery(groups=(TermGroup(((),)),)),
        LexicalQuery(groups=(some,), minimum=2),
        LexicalQuery(groups=(some, empty), minimum=2),
        LexicalQuery(groups=(TermGroup((("없는말",),)),)),
    ):
        assert not len(engine.matching_firms(wanted)), wanted
    assert len(engine.matching_firms(LexicalQuery(groups=(some, empty), minimum=1)))


def test_no_words_give_nothing(engine: Engine) -> None:
    assert not len(engine.lexical(LexicalQuery(), 10).rows)
    assert not len(engine.lexical(LexicalQuery({"없는말": 1.0}), 10).rows)


def test_a_need_of_thousands_of_tokens(engine: Engine, given: Documents) -> None:
    """As long as a need may be, with expansions: more terms than a query of OpenSearch may have."""
    everything = sorted({token for own in given.tokens for token in own})
    strange = [f"w{number}" for number in range(2_500)]
    mixed = [token for pair in zip(strange, everything * 99, strict=False) for token in pair]
    weights = {token: 1.0 + (place % 3) / 2 for place, token in enumerate(mixed)}
    assert agree(engine.lexical(LexicalQuery(weights), 30), bm25(given, weights), 30)
    groups = tuple(TermGroup(((token,), (other,))) for token, other in zip(mixed, reversed(mixed), strict=True))
    wanted = LexicalQuery(groups=groups, minimum=400)
    found = engine.matching_firms(wanted)
    assert found.tolist() == firms_that_match(given, wanted).tolist()
    assert 0 < len(found) < FIRMS


def test_an_index_is_replaced_not_added_to(store: IndexStore, given: Documents) -> None:
    fewer = documents(40, seed=3)
    store.build(SECOND, given)
    store.build(SECOND, fewer)
    assert store.count(SECOND) == len(fewer) < len(given)
    wanted = LexicalQuery({"검사": 1.0})
    assert agree(store.open(SECOND).lexical(wanted, 500), bm25(fewer, wanted.weights), 500)
    store.drop(SECOND)


def test_indexes_are_listed_and_dropped(store: IndexStore, engine: Engine) -> None:
    store.build(SECOND, documents(10, seed=4))
    assert store.snapshots() == [FIRST, SECOND]
    store.drop(SECOND)
    store.drop(SECOND)
    assert store.snapshots() == [FIRST]
    assert store.count(SECOND) == 0


def test_a_missing_index_says_how_to_build_it(store: IndexStore) -> None:
    with pytest.raises(EngineError, match=r"2020-01-01T000000Z.*caplake run --engine"):
        store.open("2020-01-01T000000Z")


def test_an_index_without_statements(store: IndexStore) -> None:
    store.build(SECOND, of_texts([], []))
    found = store.open(SECOND)
    assert store.count(SECOND) == 0
    assert not len(found.lexical(LexicalQuery({"검사": 1.0}), 10).rows)
    assert not len(found.dense(np.ones(DIMENSIONS, np.float32), 10).rows)
    assert not len(found.matching_firms(LexicalQuery(groups=(TermGroup((("검사",),)),))))
    store.drop(SECOND)


@pytest.mark.opensearch
def test_engines_give_the_same_answers(opensearch_url: str, given: Documents, tmp_path: Path) -> None:
    """Candidates in the same order and the same firms, on needs with and without filters."""
    stores = [
        EmbeddedStore(tmp_path / "embedded"),
        OpenSearchStore(Connection(opensearch_url), prefix="parity"),
    ]
    for built in stores:
        built.build(FIRST, given)
    embedded, opensearch = (built.open(FIRST) for built in stores)
    dice = random.Random(2026)
    overlaps = []
    for number in range(200):
        wanted, vector = query(dice), unit_vectors(1, number)[0]
        allowed = None if number % 2 else some_firms(dice, dice.choice((0.05, 0.4, 0.9)))
        assert embedded.matching_firms(wanted).tolist() == opensearch.matching_firms(wanted).tolist()
        for one, other in (
            (embedded.lexical(wanted, 400, allowed), opensearch.lexical(wanted, 400, allowed)),
            (embedded.dense(vector, 400, allowed), opensearch.dense(vector, 400, allowed)),
        ):
            best = set(one.rows[:10].tolist())
            assert best, "a need that finds nothing proves nothing"
            overlaps.append(len(best & set(other.rows[:10].tolist())) / len(best))
    stores[1].drop(FIRST)
    assert np.mean(overlaps) >= 0.99
    assert min(overlaps) >= 0.9
