"""One question that separates the likeliest fields, where the need leaves it open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from schemas.vocabulary import FieldEntry, Vocabulary
from search.query import Option, Question, Scored
from transforms.text import tokens

SURE: Final = 0.6
_LEAST: Final = 0.04
_MOST_OPTIONS: Final = 3
_ASK: Final = {"ko": "어느 쪽에 더 가까운가요?", "en": "Which of these is closer to it?"}


def separating_question(
    vocabulary: Vocabulary, fields: Sequence[Scored], text: str, language: str, *, although_sure: bool = False
) -> Question | None:
    """A choice between what the likeliest fields solve, in plain words; None where the first is sure.

    `although_sure` asks all the same, since two cues of the need clash.
    """
    likely = [f for f in fields[:_MOST_OPTIONS] if f.score >= _LEAST]
    if len(likely) < 2 or (likely[0].score >= SURE and not although_sure):
        return None
    options = tuple(Option(f.id, _closest(vocabulary.field[f.id], text, language)) for f in likely)
    return Question(_ASK[language], options)


def _closest(field: FieldEntry, text: str, language: str) -> str:
    """Of what a field solves, the one that shares most with the need; the first where none does."""
    said = set(tokens(text))
    solved = field.solves.en if language == "en" else field.solves.ko
    return max(solved, key=lambda item: len(said & set(tokens(item))))
