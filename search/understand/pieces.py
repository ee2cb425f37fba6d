"""Word pieces of a text, as the sentence encoder reads it: the likeliest split by a unigram model.

The pieces and their log probabilities are those of XLM-RoBERTa (MIT) which are of Hangul or ASCII; a character
that is in no piece is one unknown piece. `▁` stands for the blank before a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

BLANK: Final = "▁"
_UNKNOWN_PENALTY: Final = 10.0


class Pieces:
    """Splits texts into the places of their pieces in the vocabulary."""

    def __init__(self, pieces: Sequence[str], log_probabilities: Sequence[float], unknown: int) -> None:
        """The place `unknown` stands for every character that no piece has."""
        self._place = {piece: place for place, piece in enumerate(pieces)}
        self._score = dict(zip(pieces, log_probabilities, strict=True))
        self._longest = max(map(len, pieces))
        self._unknown = unknown
        self._unknown_score = min(log_probabilities) - _UNKNOWN_PENALTY

    def split(self, text: str) -> list[int]:
        """Places of the pieces in reading order; none for a text of blanks only."""
        words = unicodedata.normalize("NFKC", text).split()
        return [place for word in words for place in self._split_word(BLANK + word)]

    def _split_word(self, word: str) -> list[int]:
        """Viterbi over all pieces; of equally likely splits the one whose last piece starts first."""
        best = [0.0]
        back = [(0, self._unknown)]
        for end in range(1, len(word) + 1):
            likeliest, start_of, place_of = best[end - 1] + self._unknown_score, end - 1, self._unknown
            for start in range(max(0, end - self._longest), end):
                piece = word[start:end]
                score = self._score.get(piece)
                if score is not None and best[start] + score > likeliest:
                    likeliest, start_of, place_of = best[start] + score, start, self._place[piece]
            best.append(likeliest)
            back.append((start_of, place_of))
        places: list[int] = []
        at = len(word)
        while at:
            at, place = back[at]
            places.append(place)
        return places[::-1]
