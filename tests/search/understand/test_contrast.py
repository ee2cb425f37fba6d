"""Minimal pairs over every concept: no sign is turned round, and an object that fails is never what is sought."""

from __future__ import annotations

import pytest

from schemas.vocabulary import Concept, load_vocabulary
from search.query import Role
from search.understand.cues import cue_reader
from search.understand.roles import RoleReader
from transforms.concepts import default_matcher

VOCABULARY = load_vocabulary()
READER = RoleReader(cue_reader("want", "not_wanted", "have", "hurts", "unread"), VOCABULARY.things)

# Each frame with the role that the named concept has in it.
FRAMES_KO: list[tuple[str, Role]] = [
    ("{} 없이는 공장 운영이 안 됩니다", "want"),
    ("{}이 없으면 출하를 못 합니다", "want"),
    ("{} 말고도 다른 것까지 봅니다", "want"),
    ("{} 업체를 찾습니다", "want"),
    ("{} 말고 다른 방법을 찾습니다", "not_wanted"),
    ("{}은 필요 없습니다", "not_wanted"),
    ("{}이 아니라 다른 것을 찾습니다", "not_wanted"),
    ("{}은 이미 쓰고 있습니다", "have"),
    ("{}을 다른 것으로 바꾸고 싶어요", "have"),
]
FRAMES_EN: list[tuple[str, Role]] = [
    ("we can't go on without {}", "want"),
    ("not only {} but more", "want"),
    ("we are looking for {}", "want"),
    ("we don't need {}", "not_wanted"),
    ("anything but {}", "not_wanted"),
    ("{} is out of the question for us", "not_wanted"),
    ("we already use {} every day", "have"),
]
FAILING_KO = ["{}가 자꾸 고장 나서 라인이 섭니다", "{} 고장을 미리 알고 싶습니다"]
FAILING_EN = ["our {} keeps failing", "detect failing {} early"]


def named(form: str, frame: str, concept: str) -> set[Role]:
    """Roles of the mentions of a concept in a frame, of those that span the whole form."""
    text = frame.format(form)
    mentions = default_matcher().mentions(text, capitals_matter=False)
    readings = READER.read(text, mentions)
    return {
        r.role for r in readings if r.mention.concept == concept and r.mention.end - r.mention.start >= len(form) - 1
    }


def forms(language: str) -> list[tuple[str, Concept]]:
    """The first form of every concept that has one in the language."""
    found = []
    for concept in VOCABULARY.concepts:
        written = concept.ko if language == "ko" else concept.en
        if written:
            found.append((written[0], concept))
    return found


@pytest.mark.parametrize(("frame", "role"), FRAMES_KO)
def test_korean_signs_are_read_for_every_concept(frame: str, role: Role) -> None:
    wrong = [form for form, c in forms("ko") if (found := named(form, frame, c.id)) and found != {role}]
    assert not wrong, wrong[:10]


@pytest.mark.parametrize(("frame", "role"), FRAMES_EN)
def test_english_signs_are_read_for_every_concept(frame: str, role: Role) -> None:
    wrong = [form for form, c in forms("en") if (found := named(form, frame, c.id)) and found != {role}]
    assert not wrong, wrong[:10]


@pytest.mark.parametrize(("language", "frames"), [("ko", FAILING_KO), ("en", FAILING_EN)])
def test_an_object_that_fails_is_not_sought(language: str, frames: list[str]) -> None:
    objects = [(form, c) for form, c in forms(language) if c.id in VOCABULARY.things]
    sought = [frame.format(form) for form, c in objects for frame in frames if "want" in named(form, frame, c.id)]
    assert not sought, sought[:10]
