"""Roles that a reader of an answer chooses for what a need names."""

from __future__ import annotations

import pytest

from search.understand import Understander


@pytest.fixture(scope="module")
def reader() -> Understander:
    return Understander.default()


def roles_of(reader: Understander, need: str, **chosen: str) -> dict[str, str]:
    places = {span.text: (span.start, span.end) for span in reader.understand(need).spans}
    read = reader.understand(need, {places[text]: role for text, role in chosen.items()})  # type: ignore[misc]
    return {span.text: span.role for span in read.spans}


@pytest.mark.parametrize(
    ("need", "chosen", "roles"),
    [
        ("MES나 ERP 말고 WMS", {"ERP": "want"}, {"MES": "not_wanted", "ERP": "want", "WMS": "want"}),
        ("MES나 ERP 말고 WMS", {"WMS": "have"}, {"MES": "not_wanted", "ERP": "not_wanted", "WMS": "have"}),
        ("MES랑 WMS", {"WMS": "not_wanted"}, {"MES": "want", "WMS": "not_wanted"}),
    ],
)
def test_a_choice_changes_its_own_word_and_no_other(
    reader: Understander, need: str, chosen: dict[str, str], roles: dict[str, str]
) -> None:
    assert roles_of(reader, need, **chosen) == roles


def test_a_choice_holds_for_what_is_named_inside_it(reader: Understander) -> None:
    assert roles_of(reader, "비전검사랑 MES", 비전검사="not_wanted") == {
        "비전": "not_wanted",
        "비전검사": "not_wanted",
        "MES": "want",
    }
    turned = reader.understand("비전검사랑 MES", {(0, 4): "not_wanted"})
    assert turned.named == ["mes"]
    assert {"machine_vision", "visual_inspection"} <= set(turned.excluded)
    assert turned.parts == ()


def test_a_choice_where_nothing_is_named_is_refused(reader: Understander) -> None:
    with pytest.raises(ValueError, match="no concept is named at 4-6; places that have a role: 0-3"):
        reader.understand("MES 구축", {(4, 6): "want"})
