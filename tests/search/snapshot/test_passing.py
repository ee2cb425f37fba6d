"""Filters as values: what is set, dropped, merged, and what stays a question."""

from __future__ import annotations

from datetime import date

import pytest

from search.query import QUESTIONS, Filters
from search.snapshot.passing import open_questions


def test_only_what_is_set_is_told() -> None:
    assert Filters().as_dict() == {}
    assert Filters(region=("27",), has_patent=True).as_dict() == {"region": ["27"], "has_patent": True}


def test_a_filter_can_be_dropped_and_an_unknown_one_not() -> None:
    filters = Filters(region=("27",), min_years=5)
    assert filters.without("region") == Filters(min_years=5)
    with pytest.raises(ValueError, match="no filter colour"):
        filters.without("colour")


def test_the_other_wins_where_it_is_set() -> None:
    assert Filters(region=("27",), size="small").merged(Filters(region=("26",))) == Filters(
        region=("26",), size="small"
    )


def test_every_question_is_a_filter() -> None:
    assert set(QUESTIONS) <= set(Filters.__dataclass_fields__)


def test_what_the_lake_knows_is_no_question() -> None:
    filters = Filters(min_years=5, min_employees=10, deadline="연말까지", certification=("iso9001",))
    known = {"established": date(2001, 1, 1), "employees": 30}
    unknown = {"established": None, "employees": None}
    assert open_questions(filters, known, {"venture"}) == ["deadline", "certification"]
    assert open_questions(filters, unknown, {"iso9001"}) == ["min_years", "min_employees", "deadline"]
