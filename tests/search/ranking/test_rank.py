"""The ranking rule: what statements and firms score, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import polars as pl
import pytest

from search.engines.base import Candidates
from search.ranking.likeness import LEAST_LIKENESS, Likeness, LikenessWeights, alike
from search.ranking.rank import Weights, ordered, score_firms, score_statements
from search.snapshot.columns import Postings, SnapshotColumns
from transforms.capabilities import text_hash


def columns_of(firm_of: list[int], firms: int, **more: object) -> SnapshotColumns:
    """As much of a snapshot as ranking reads."""
    size = len(firm_of)
    given = {
        "size": firms,
        "firm_of": np.array(firm_of, np.int32),
        "statements": pl.DataFrame({"text": [f"문장 {i}" for i in range(size)], "weight_class": ["strong"] * size}),
        "statement_weight": np.ones(size, np.float32),
        "statement_count": np.bincount(firm_of, minlength=firms).astype(np.int32),
        "concepts": Postings.from_lists(pl.Series([["vision"]] + [[]] * (size - 1), dtype=pl.List(pl.String))),
        "fields": Postings.from_lists(pl.Series([["f"]] * size, dtype=pl.List(pl.String))),
        "firms": pl.DataFrame({"statement_count": np.bincount(firm_of, minlength=firms)}),
    }
    return cast(SnapshotColumns, SimpleNamespace(**{**given, **more}))


def found(rows: list[int], scores: list[float]) -> Candidates:
    return Candidates(np.array(rows, np.int32), np.array(scores, np.float32))


def test_engines_that_scale_differently_rank_the_same() -> None:
    columns = columns_of([0, 1, 2], 3)
    one = score_statements(columns, found([1, 0], [4.0, 2.0]), found([2, 0], [0.9, 0.1]), {}, {})
    two = score_statements(columns, found([1, 0], [8.0, 4.0]), found([2, 0], [0.9, 0.1]), {}, {})
    np.testing.assert_allclose(one.total, two.total)
    np.testing.assert_allclose(one.words, [0.5, 1.0, 0.0])
    np.testing.assert_allclose(one.meaning, [0.0, 0.0, 1.0])


def test_a_named_concept_beats_the_field_alone() -> None:
    scores = score_statements(columns_of([0, 1], 2), found([], []), found([], []), {"vision": 0.8}, {"f": 1.0})
    assert scores.concepts[0] == pytest.approx(0.8)
    assert scores.concepts[1] == pytest.approx(Weights().field_only)


def test_one_exact_statement_beats_many_vague_ones() -> None:
    many = [0.3] * 50
    scores = score_firms(np.array([0] * 50 + [1], np.int32), np.array([*many, 0.9], np.float32), 2)
    assert scores[1] > scores[0]


def test_statements_after_the_fourth_add_nothing() -> None:
    four = score_firms(np.zeros(4, np.int32), np.full(4, 0.5, np.float32), 1)
    five_hundred = score_firms(np.zeros(500, np.int32), np.full(500, 0.5, np.float32), 1)
    assert four[0] == pytest.approx(five_hundred[0]) == pytest.approx(0.5)


def test_ties_go_to_the_more_complete_record_then_to_the_row() -> None:
    columns = columns_of([0, 1, 1, 2], 3)
    order = ordered(columns, np.array([0.5, 0.5, 0.5], np.float32), np.arange(3, dtype=np.int32))
    assert order.tolist() == [1, 0, 2]


def test_the_first_of_an_order_are_those_of_the_whole_order() -> None:
    chance = np.random.default_rng(3)
    columns = columns_of(chance.integers(0, 300, 900).tolist(), 300)
    scores, rows = (chance.integers(0, 20, 300) / 20).astype(np.float32), np.arange(0, 300, 2, dtype=np.int32)
    whole = ordered(columns, scores, rows).tolist()
    assert whole == sorted(rows.tolist(), key=lambda row: (-scores[row], -columns.statement_count[row], row))
    for first in (0, 1, 7, 149, 150, 200):
        assert ordered(columns, scores, rows, first).tolist() == whole[:first]


@pytest.fixture
def alive() -> SnapshotColumns:
    """Firm 0 says two things, firm 1 one, firm 2 nothing; firms 0 and 2 sit in one province, 0 in its city."""
    table = pl.DataFrame(
        {
            "text_hash": [text_hash(f"문장 {i}") for i in range(3)],
            "vector": [[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]],
        }
    )
    here = {"47": [True, False, True], "47110": [True, False, False]}
    return columns_of(
        [0, 0, 1],
        3,
        statements=pl.DataFrame(
            {"text": [f"문장 {i}" for i in range(3)], "weight_class": ["strong", "weak", "strong"]}
        ),
        snapshot=SimpleNamespace(scan=lambda _name: table.lazy(), collected=pl.collect_all),
        firms_in=lambda code: np.array(here[code]),
    )


def test_a_firm_as_a_whole_is_all_that_it_says(alive: SnapshotColumns) -> None:
    likeness = Likeness(alive, LikenessWeights(industry=0.5))
    norm = np.hypot(1.0, 0.5)
    np.testing.assert_allclose(likeness.meaning(np.array([1.0, 0.0], np.float32)), [1 / norm, 0, 0], atol=1e-3)
    np.testing.assert_allclose(likeness.meaning(np.array([0.0, 1.0], np.float32)), [0.5 / norm, -1, 0], atol=1e-3)


def test_words_of_a_firm_add_up_as_shares_of_the_best(alive: SnapshotColumns) -> None:
    likeness = Likeness(alive, LikenessWeights(industry=0.5))
    np.testing.assert_allclose(likeness.words(found([0, 1, 2], [4.0, 4.0, 3.0])), [1.0, 0.5, 0.0])
    np.testing.assert_allclose(likeness.words(Candidates.none()), [0, 0, 0])


def test_the_city_counts_twice_its_province(alive: SnapshotColumns) -> None:
    likeness = Likeness(alive)
    np.testing.assert_allclose(likeness.place(["47110"]), [1.0, 0.0, 0.5])
    np.testing.assert_allclose(likeness.place(["47"]), [0.5, 0.0, 0.5])
    np.testing.assert_allclose(likeness.place([]), [0.0, 0.0, 0.0])


def test_a_place_orders_and_never_decides_who_is_listed(alive: SnapshotColumns) -> None:
    likeness = Likeness(alive)
    near = np.array([LEAST_LIKENESS, LEAST_LIKENESS - 0.01, 0.9], np.float32)
    assert alike(near).tolist() == [True, False, True]
    without = likeness.score(Candidates.none(), near, [])
    there = likeness.score(Candidates.none(), near, ["47110"])
    assert there[0] > without[0]
    assert there[1] == pytest.approx(without[1])
