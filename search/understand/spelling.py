"""Slips of the hand in Latin words of a need, set right to the words of the vocabulary: `predictve maintanance`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from search.query import Correction
from search.understand.translation import load_words
from transforms.concepts import Mention
from transforms.text import stem, words

_SHORTEST = 5
"""Letters: a slip in a shorter word leaves nothing to tell it by."""
_TWO_SLIPS_FROM = 8


@dataclass(frozen=True)
class Corrected:
    """A text with its slips set right; `places` has for each of its characters the place in the text as typed."""

    text: str
    places: tuple[int, ...]
    corrections: tuple[Correction, ...]

    def as_typed(self, mention: Mention) -> Mention:
        """A mention of the corrected text at its place in the text as typed."""
        start, end = self.places[mention.start], self.places[mention.end - 1] + 1
        return Mention(start, end, mention.concept, mention.form)


class Speller:
    """Corrects words that are known neither to the vocabulary nor to the counted words of both languages.

    `forms` are the surface forms of the vocabulary, of which every Latin word counts.
    """

    def __init__(self, forms: Iterable[str]) -> None:
        latin = {word for form in forms for word, _, _ in words(form) if word.isascii() and word.isalpha()}
        self._known = frozenset(latin)
        self._long = sorted(word for word in latin if len(word) >= _SHORTEST)
        self._corrected = lru_cache(maxsize=4_096)(self._nearest)

    def correct(self, text: str) -> Corrected:
        """The text with each slip replaced by the nearest word, one or (in long words) two slips away."""
        parts: list[str] = []
        places: list[int] = []
        corrections: list[Correction] = []
        last = 0
        for word, start, end in words(text):
            right = self._corrected(word) if word.isascii() and word.isalpha() and len(word) >= _SHORTEST else None
            if right is None:
                continue
            parts += [text[last:start], right]
            inside = [min(start + i, end - 1) for i in range(len(right) - 1)] + [end - 1]
            places += [*range(last, start), *inside]
            corrections.append(Correction(start, end, right))
            last = end
        parts.append(text[last:])
        places += range(last, len(text))
        return Corrected("".join(parts), tuple(places), tuple(corrections))

    def _nearest(self, word: str) -> str | None:
        if word in self._known or stem(word) in self._known or load_words().row(stem(word)) is not None:
            return None
        most = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        near = [
            (distance, candidate)
            for candidate in self._long
            if candidate[0] == word[0]
            and abs(len(candidate) - len(word)) <= most
            and (distance := OSA.distance(word, candidate, score_cutoff=most)) <= most
        ]
        return min(near)[1] if near else None
