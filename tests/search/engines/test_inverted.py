"""The inverted index: renewed from another it is the same as made whole, byte by byte; pruning loses nothing."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engines.embedded import bm25
from search.engines.embedded.bm25 import WordSearch, largest
from search.engines.embedded.inverted import InvertedIndex

statements = st.lists(
    st.lists(st.sampled_from(["용접", "로봇", "검사", "비전", "mes", "포장"]), max_size=60), max_size=12
)


def same(one: InvertedIndex, other: InvertedIndex) -> bool:
    return all(np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))


@settings(deadline=None)
@given(old=statements, new=statements, data=st.data())
def test_a_renewed_index_is_the_one_made_whole(old: list[list[str]], new: list[list[str]], data: st.DataObject) -> None:
    """Some of the old statements stay, in any order, between new ones."""
    staying = data.draw(st.permutations(range(len(old))))[: data.draw(st.integers(0, len(old)))]
    places = sorted(data.draw(st.permutations(range(len(staying) + len(new))))[: len(staying)])
    whole: list[list[str]] = []
    moved = np.full(len(old), -1, np.int32)
    fresh, coming = [], iter(new)
    kept = dict(zip(places, staying, strict=True))
    for row in range(len(staying) + len(new)):
        if row in kept:
            moved[kept[row]] = row
            whole.append(old[kept[row]])
        else:
            fresh.append(row)
            whole.append(next(coming))
    renewed = InvertedIndex.of(old).renewed(moved, np.array(fresh, np.int32), new)
    assert same(renewed, InvertedIndex.of(whole))


@pytest.mark.parametrize("found", [[], [[]], [["로봇", "검사", "로봇"], [], ["검사"] * 300]])
def test_it_comes_back_from_disk(found: list[list[str]], tmp_path: Path) -> None:
    made = InvertedIndex.of(found)
    made.save(tmp_path / "words")
    assert same(InvertedIndex.open(tmp_path / "words"), made)


@settings(deadline=None)
@given(found=statements, limit=st.integers(1, 5), data=st.data())
def test_leaving_out_what_cannot_matter_changes_no_answer(
    found: list[list[str]], limit: int, data: st.DataObject
) -> None:
    search = WordSearch(InvertedIndex.of(found))
    weights = {"용접": 2.0, "로봇": 1.0, "검사": 0.5, "비전": 0.1, "mes": 0.01}
    among = np.array(sorted(data.draw(st.sets(st.integers(0, max(len(found) - 1, 0)), max_size=len(found)))), np.int32)
    for allowed in (None, among[among < len(found)]):
        plain = search.best(weights, limit, allowed)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bm25, "_LONG", 0)
            pruned = search.best(weights, limit, allowed)
        assert pruned.rows.tolist() == plain.rows.tolist()
        assert np.allclose(pruned.scores, plain.scores, rtol=1e-4)


@settings(deadline=None)
@given(values=st.lists(st.integers(0, 9), max_size=300), count=st.integers(1, 40))
def test_the_largest_are_the_largest_and_of_equal_ones_the_first(values: list[int], count: int) -> None:
    found = largest(np.array(values, np.float32), count).tolist()
    wanted = sorted(sorted(range(len(values)), key=lambda place: (-values[place], place))[:count])
    assert found == wanted
