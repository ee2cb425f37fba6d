"""The concept matcher: forms however they are spaced, acronyms, senses by context, spelling variants."""

from __future__ import annotations

import pytest

from schemas.vocabulary import AmbiguousForm, Bilingual, Concept, Sense, Vocabulary, load_vocabulary
from transforms.concepts import ConceptMatcher


def _concept(name: str, **words: list[str]) -> Concept:
    says = Bilingual(ko="뜻", en="meaning")
    return Concept(id=name, fields=["other"], definition=says, solves=says, **words)


@pytest.fixture(scope="module")
def matcher() -> ConceptMatcher:
    senses = [Sense(concept="plc"), Sense(concept="modem", context_ko=["전력선"], context_en=["power line"])]
    return ConceptMatcher(
        Vocabulary(
            version="test",
            areas=[],
            fields=[],
            concepts=[
                _concept("panel", ko=["터치 패널"], en=["touch panel"]),
                _concept("plc", ko=["피엘씨"], abbr=["PLC"]),
                _concept("modem", ko=["모뎀"]),
                _concept("vision", ko=["비전"]),
            ],
            ambiguous=[
                AmbiguousForm(form="PLC", senses=senses),
                AmbiguousForm(form="비전", senses=[Sense(concept="vision", context_ko=["카메라"])]),
            ],
            spelling=[["패널", "판넬"]],
            ipc=[],
            constraints={},
            industries=[],
            things=[],
            methods=[],
            statements=load_vocabulary().statements,
            industry_lines=[],
            fingerprint="test",
        )
    )


def _named(matcher: ConceptMatcher, text: str, *, capitals_matter: bool = True) -> list[str]:
    return [mention.concept for mention in matcher.mentions(text, capitals_matter=capitals_matter)]


@pytest.mark.parametrize("text", ["터치패널 교체", "터치 판넬", "a touch-panel", "touch panels"])
def test_a_form_is_found_however_it_is_written(matcher: ConceptMatcher, text: str) -> None:
    assert _named(matcher, text) == ["panel"]


def test_places_are_those_of_the_text_as_given(matcher: ConceptMatcher) -> None:
    text = "현장 터치 판넬 교체"
    (mention,) = matcher.mentions(text)
    assert text[mention.start : mention.end] == "터치 판넬"


def test_the_default_sense_holds_unless_another_is_told(matcher: ConceptMatcher) -> None:
    assert _named(matcher, "PLC 교체") == ["plc"]
    assert _named(matcher, "전력선통신 PLC") == ["modem"]


def test_a_default_acronym_wants_capitals_in_statements_only(matcher: ConceptMatcher) -> None:
    assert _named(matcher, "plc 교체") == []
    assert _named(matcher, "plc 교체", capitals_matter=False) == ["plc"]


def test_a_form_without_a_default_sense_wants_its_context(matcher: ConceptMatcher) -> None:
    assert _named(matcher, "회사의 비전") == []
    assert _named(matcher, "카메라 비전") == ["vision"]


@pytest.mark.parametrize("text", ["카메라 설비 전원", "카메라 생산설비 전체"])
def test_two_syllables_that_meet_across_a_blank_are_no_form(matcher: ConceptMatcher, text: str) -> None:
    assert _named(matcher, text) == []


@pytest.mark.parametrize("text", ["카메라 머신비전", "카메라 비전 검사", "카메라 비 전"])
def test_two_syllables_of_one_word_are(matcher: ConceptMatcher, text: str) -> None:
    assert _named(matcher, text) == ["vision"]


def test_a_form_does_not_end_in_the_first_syllable_of_a_longer_word(matcher: ConceptMatcher) -> None:
    assert _named(matcher, "터치 패널 교체") == ["panel"]
    assert _named(matcher, "터치 패 널빤지") == []


def test_spelled_out_letters_are_whole_words(matcher: ConceptMatcher) -> None:
    assert _named(matcher, "피엘씨 교체") == ["plc"]
    assert _named(matcher, "에스피엘씨 교체") == []
