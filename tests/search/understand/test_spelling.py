"""Slips in Latin words are read as the right word, and known words stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import load_vocabulary
from search.understand import Understander
from search.understand.spelling import Speller

SPELLER = Speller(form for c in load_vocabulary().concepts for form in (*c.en, *c.abbr))


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("predictve maintanance", "predictive maintenance"),
        ("palletizng robot", "palletizing robot"),
        ("visual inspecton", "visual inspection"),
    ],
)
def test_a_slip_is_set_right(typed: str, right: str) -> None:
    assert SPELLER.correct(typed).text == right


@pytest.mark.parametrize("text", ["predictive maintenance", "our boss is angry", "MES", "비전 검사", "leak"])
def test_a_known_word_stays(text: str) -> None:
    assert SPELLER.correct(text).text == text


@given(st.text(max_size=80))
def test_every_character_has_its_place(text: str) -> None:
    corrected = SPELLER.correct(text)
    assert len(corrected.places) == len(corrected.text)
    assert all(0 <= place < max(len(text), 1) for place in corrected.places)
    assert list(corrected.places) == sorted(corrected.places)


def test_the_reading_is_that_of_the_right_spelling_and_the_correction_is_told() -> None:
    understander = Understander.default()
    slip, right = (understander.understand(t) for t in ("predictve maintanance", "predictive maintenance"))
    assert slip.named == right.named == ["predictive_maintenance"]
    assert [c.text for c in slip.corrections] == ["predictive", "maintenance"]
    assert slip.of_role("want")[0].text == "predictve maintanance"
