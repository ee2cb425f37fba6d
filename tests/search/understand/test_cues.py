"""Every cue decides the role of the bracketed spans in its own examples, and does not in its counter-examples."""

from __future__ import annotations

import pytest

from search.understand.cues import Cue, CueReader, bracketed, load_cues

CUES, CLASSES = load_cues()


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: cue.id)
def test_cue_holds_in_its_examples_and_nowhere_else(cue: Cue) -> None:
    reader = CueReader([cue], CLASSES)
    kind = cue.applies[0] if cue.applies else "concept"
    for examples, expected in ((cue.holds, True), (cue.fails, False)):
        assert len(examples) >= 2, cue.id
        for example in examples:
            text, places = bracketed(example)
            assert places, example
            for start, end in places:
                assert bool(reader.matches(text, start, end, kind)) is expected, example


def test_ids_are_unique() -> None:
    assert len({cue.id for cue in CUES}) == len(CUES)


def test_a_phrase_that_cannot_be_read_is_named() -> None:
    broken = CUES[0].model_copy(update={"id": "broken", "say": ["(open"]})
    with pytest.raises(ValueError, match="cue broken"):
        CueReader([broken], CLASSES)
