"""Word pieces: the likeliest split, by comparison with all splits, and nothing of a text is lost."""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.understand.encoder import PREFIX, Vocabulary, WordReader
from search.understand.pieces import BLANK, Pieces

UNKNOWN = -1
SCORES = {"▁": -3.0, "a": -2.0, "b": -2.5, "ab": -3.9, "▁a": -4.0, "▁ab": -6.5, "bb": -5.5, "aba": -6.0, "가": -4.0}
PIECES = Pieces(list(SCORES), list(SCORES.values()), UNKNOWN)


def best_of_all(word: str) -> float:
    """The likeliest split by trying all of them."""
    if not word:
        return 0.0
    starts = [(SCORES[word[:n]], n) for n in range(1, len(word) + 1) if word[:n] in SCORES]
    return max(score + best_of_all(word[n:]) for score, n in [*starts, (min(SCORES.values()) - 10.0, 1)])


def score(places: list[int]) -> float:
    values = list(SCORES.values())
    return sum(min(values) - 10.0 if place == UNKNOWN else values[place] for place in places)


@given(st.text(alphabet="ab가c", min_size=1, max_size=9))
def test_no_split_is_likelier(word: str) -> None:
    assert score(PIECES.split(word)) == pytest.approx(best_of_all(BLANK + word))


def test_what_no_piece_has_is_unknown() -> None:
    assert PIECES.split("Ω") == [list(SCORES).index("▁"), UNKNOWN]
    assert PIECES.split(" \t\n") == []


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("need a robot to stack boxes", ["▁need", "▁a", "▁robot", "▁to", "▁stack", "▁box", "es"]),
        ("설비가 갑자기 섭니다", ["▁설", "비가", "▁갑자기", "▁", "섭", "니다"]),
    ],
)
def test_the_split_of_the_original_model(vocabulary: Vocabulary, text: str, pieces: list[str]) -> None:
    """Splits as multilingual-e5-small's own tokenizer makes them."""
    split = Pieces(vocabulary.pieces, vocabulary.log_probabilities.tolist(), 2).split(text)
    assert [vocabulary.pieces[place] for place in split] == pieces


@cache
def _shipped() -> tuple[Vocabulary, Pieces]:
    vocabulary = Vocabulary.load()
    return vocabulary, Pieces(vocabulary.pieces, vocabulary.log_probabilities.tolist(), 2)


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_ascii_is_read_whole(text: str) -> None:
    shipped, pieces = _shipped()
    assert "".join(shipped.pieces[place] for place in pieces.split(text)) == "".join(
        BLANK + word for word in text.split()
    )


def test_every_hangul_syllable_of_everyday_use_is_a_piece(vocabulary: Vocabulary) -> None:
    known = set(vocabulary.pieces)
    assert all(unicodedata.normalize("NFKC", s) in known for s in "가나다라마바사아자차카타파하쎈섭빈빔릴")


def test_a_text_is_read_with_its_frame(vocabulary: Vocabulary) -> None:
    reader = WordReader(vocabulary)
    words = reader.read("로봇")
    frame = len(Pieces(vocabulary.pieces, vocabulary.log_probabilities.tolist(), 2).split(PREFIX + "로봇")) + 2
    assert words.shape == (frame, 384)
    assert (words[0] == vocabulary.vectors([0])[0]).all()
    assert (words[-1] == vocabulary.vectors([1])[0]).all()
