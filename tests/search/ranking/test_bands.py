"""Bands of an answer, over a handful of statements written out."""

from __future__ import annotations

from typing import cast

import numpy as np
import polars as pl
import pytest

from schemas.lake import Lake
from schemas.vocabulary import load_vocabulary
from search.query import Need
from search.ranking.bands import LEVEL, Banded, Wanted, banded
from search.service import SearchService
from search.snapshot.columns import Postings, SnapshotColumns
from search.understand import Understander

NOTHING = np.empty(0, np.int32)


class Statements(SnapshotColumns):
    """Statements in place of a snapshot: firm row, whether it states a capability, its concepts and its fields."""

    def __init__(self, statements: list[tuple[int, bool, list[str], list[str]]], firms: int) -> None:
        lists = pl.List(pl.String)
        self.firms = pl.DataFrame({"firm_id": [f"F{row}" for row in range(firms)]})
        self.firm_of = np.array([firm for firm, *_ in statements], np.int32)
        self.is_stated = np.array([stated for _, stated, *_ in statements])  # type: ignore[misc]
        self.concepts = Postings.from_lists(pl.Series([s[2] for s in statements], dtype=lists))  # type: ignore[misc]
        self.fields = Postings.from_lists(pl.Series([s[3] for s in statements], dtype=lists))  # type: ignore[misc]


def wanted(*concepts: str, **more: object) -> Wanted:
    empty: frozenset[str] = frozenset()
    given = {"parts": (), "wider": empty, "fields": empty, "refused": empty, **more}
    return Wanted(frozenset(concepts), **cast("dict[str, frozenset[str]]", given))  # type: ignore[arg-type]


def bands_of(found: Banded, firms: int) -> list[str]:
    names = {level: band for band, level in LEVEL.items()}
    return [names[int(found.firms[row])] for row in range(firms)]


def test_a_product_states_a_neighbour_is_of_the_field_and_an_industry_line_is_a_name() -> None:
    columns = Statements(
        [
            (0, True, ["mes"], ["production_management"]),
            (1, True, ["pop"], ["production_management"]),
            (2, False, ["mes"], ["production_management"]),
            (3, True, ["welding"], ["industrial_robot"]),
        ],
        firms=4,
    )
    found = banded(columns, wanted("mes", fields=frozenset({"production_management"})), NOTHING, NOTHING)
    assert bands_of(found, 4) == ["states", "field", "name", "silent"]
    assert [found.of(row) for row in range(3)] == ["states", "field", "name"]


def test_something_wider_is_of_the_field() -> None:
    columns = Statements([(0, True, ["sensor_general"], []), (1, True, ["vibration_sensor"], [])], firms=2)
    found = banded(columns, wanted("vibration_sensor", wider=frozenset({"sensor_general"})), NOTHING, NOTHING)
    assert bands_of(found, 2) == ["field", "states"]


def test_a_firm_whose_only_evidence_is_what_is_refused_is_out() -> None:
    columns = Statements(
        [
            (0, True, ["mes"], ["production_management"]),
            (1, True, ["mes", "pop"], ["production_management"]),
            (2, True, ["mes"], ["production_management"]),
            (2, True, ["pop"], ["production_management"]),
        ],
        firms=3,
    )
    refusing = wanted("pop", fields=frozenset({"production_management"}), refused=frozenset({"mes"}))
    found = banded(columns, refusing, NOTHING, np.array([0], np.int32))
    assert bands_of(found, 3) == ["silent", "states", "states"]
    assert found.statements.tolist() == [0, 3, 0, 3]


def test_all_typed_words_state_and_some_of_them_do_not() -> None:
    columns = Statements([(0, True, [], []), (1, True, [], []), (2, False, [], [])], firms=3)
    found = banded(columns, wanted(), np.array([0, 2], np.int32), np.array([0, 1, 2], np.int32))
    assert bands_of(found, 3) == ["states", "field", "name"]


def test_parts_are_stated_one_by_one_and_never_by_an_industry_line() -> None:
    columns = Statements(
        [(0, True, ["mes"], []), (0, True, ["plc"], []), (1, True, ["plc"], []), (2, False, ["mes"], [])], firms=3
    )
    both = wanted("mes", "plc", parts=(frozenset({"mes"}), frozenset({"plc"})))
    found = banded(columns, both, NOTHING, NOTHING)
    assert [found.stated_parts(row) for row in range(3)] == [[0, 1], [1], []]


@pytest.fixture(scope="module")
def reader() -> Understander:
    return Understander.default()


def wanted_of(reader: Understander, need: str) -> tuple[Need, Wanted]:
    read = reader.understand(need)
    return read, Wanted.of(read, load_vocabulary())


def test_what_is_wanted_comes_from_the_roles(reader: Understander) -> None:
    _, found = wanted_of(reader, "MES 말고 POP만")
    assert "pop" in found.concepts
    assert "mes" not in found.concepts
    assert "mes" in found.refused


def test_the_parts_of_a_need_are_wanted_apart(reader: Understander) -> None:
    read, found = wanted_of(reader, "비전검사랑 MES, PLC 제어까지")
    assert [part.text for part in read.parts] == ["비전검사", "MES", "PLC 제어"]
    assert ["visual_inspection" in found.parts[0], "mes" in found.parts[1], "plc" in found.parts[2]] == [True] * 3
    assert frozenset.union(*found.parts) <= found.concepts


def test_the_first_band_of_the_lake_names_what_is_wanted(small_lake: str, reader: Understander) -> None:
    """Looked up in the statements themselves: those tagged with it, and those with both of its words."""
    service = SearchService.current(Lake(small_lake))
    _, found = wanted_of(reader, "협동로봇")
    chosen = service.select("협동로봇")
    assert chosen.ranking.banded is not None
    stating = set(np.flatnonzero(chosen.ranking.banded.mask("states") & chosen.every_band).tolist())
    columns, passing = service.columns, service.passing(chosen.applied).mask
    statements = columns.statements.with_columns(firm=pl.Series(columns.firm_of)).filter(
        pl.Series(passing[columns.firm_of]), ~pl.col("kind").cast(pl.String).is_in(["industry", "firm_name"])
    )
    tagged = pl.col("concepts").list.set_intersection(sorted(found.concepts)).list.len() > 0
    worded = pl.col("text").str.contains("협동") & pl.col("text").str.contains("로봇|로보트")
    naming = set(statements.filter(tagged)["firm"])
    assert naming
    assert naming <= stating
    assert stating <= naming | set(statements.filter(worded)["firm"])
