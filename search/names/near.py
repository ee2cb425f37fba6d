"""Names that are one typing error away from a text, also where the error is in a single letter of a syllable."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz.distance import OSA, Postfix, Prefix

from search.engines.base import Rows

_FINALS_AS_INITIALS: Final = dict(zip("ᆨᆩᆫᆮᆯᆷᆸᆺᆻᆼᆽᆾᆿᇀᇁᇂ", "ᄀᄁᄂᄃᄅᄆᄇᄉᄊᄋᄌᄎᄏᄐᄑᄒ", strict=True))
"""A keyboard has one key for a consonant, wherever in the syllable it ends up."""
_TO_INITIALS: Final = str.maketrans(_FINALS_AS_INITIALS)


def letters(text: str) -> str:
    """Hangul as the letters that are typed, other characters as they are."""
    return unicodedata.normalize("NFKD", text).translate(_TO_INITIALS)


def letters_of(texts: pl.Series) -> pl.Series:
    """`letters` of each text."""
    return texts.str.normalize("NFKD").str.replace_many(_FINALS_AS_INITIALS)


_ROWS: Final = ("ᄇᄌᄃᄀ쇼ᅧᅣᅢᅦ", "ᄆᄂᄋᄅ호ᅥᅡᅵ", "ᄏᄐᄎ퓨ᅮᅳ", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE: Final = {pair for row in _ROWS for a, b in pairwise(row) for pair in ((a, b), (b, a))}


def unlikeliness(typed: str, name: str) -> float:
    """How little one error explains that `name` was `typed`; 0 where they are equal."""
    start = Prefix.similarity(typed, name)
    end = Postfix.similarity(typed[start:], name[start:])
    wrong, right = typed[start : len(typed) - end], name[start : len(name) - end]
    if not wrong and not right:
        return 0.0
    if len(wrong) == 2 and wrong == right[::-1]:
        return 0.6
    if not wrong:
        return 0.7 if len(right) == 1 else 2.0
    if not right:
        return 0.4 if len(wrong) == 1 and wrong in (typed[start - 1 : start], typed[start + 1 : start + 2]) else 0.9
    if len(wrong) == len(right) == 1:
        return _of_one_character(letters(wrong), letters(right))
    return 0.8


def _of_one_character(wrong: str, right: str) -> float:
    """Of letters typed for one character: a key beside the right one is the likeliest error."""
    if OSA.distance(wrong, right) > 1:
        return 1.2
    if len(wrong) != len(right):
        return 0.8
    other = next((a, b) for a, b in zip(wrong, right, strict=True) if a != b)
    return 0.5 if other in _BESIDE else 1.0


@dataclass(frozen=True)
class HashTable:
    """Positions of texts, found by text: a sorted table of hashes takes an eighth of a dictionary's memory."""

    hashes: npt.NDArray[np.uint64]
    positions: Rows

    @classmethod
    def of(cls, texts: pl.Series) -> Self:
        """Of texts; null ones are not found."""
        some = texts.is_not_null().arg_true()
        hashes = texts.gather(some).hash().to_numpy()
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], some.to_numpy()[order].astype(np.int32))

    def candidates(self, texts: Iterable[str]) -> Rows:
        """Positions of all these texts, and by chance of another."""
        asked = pl.Series(sorted(texts), dtype=pl.String).hash().to_numpy()
        spans = (np.searchsorted(self.hashes, asked, side=side) for side in ("left", "right"))
        parts = [self.positions[start:end] for start, end in zip(*spans, strict=True)]
        return np.unique(np.concatenate([np.empty(0, np.int32), *parts]))


class SameTexts:
    """Texts equal to a text."""

    def __init__(self, texts: pl.Series) -> None:
        self._texts = texts
        self._table = HashTable.of(texts)

    def same(self, text: str) -> list[int]:
        """Positions of the texts that are this one."""
        return [at for at in self._table.candidates([text]).tolist() if self._texts[at] == text]


class NearTexts:
    """Texts within one edit (a character too many, missing, another, or two swapped) of a text.

    One edit leaves one half of a text as it was, so two entries a text in a sorted table of hashes are enough,
    and a text is compared with the few that share a half with it.
    """

    def __init__(self, texts: pl.Series) -> None:
        self._texts = texts
        length = texts.str.len_chars()
        halves = pl.DataFrame({"text": texts, "n": length.cast(pl.String), "half": (length // 2).cast(pl.Int64)})
        front = pl.col("n") + "<" + pl.col("text").str.slice(0, pl.col("half"))
        back = pl.col("n") + ">" + pl.col("text").str.slice(pl.col("half"))
        self._halves = [HashTable.of(halves.select(half=side)["half"]) for side in (front, back)]

    def near(self, text: str) -> list[int]:
        """Positions of the texts within one edit."""
        halves = _halves_of_near(text)
        places = np.unique(np.concatenate([side.candidates(halves) for side in self._halves]))
        others = self._texts.gather(places).to_list()
        return [at for at, other in zip(places.tolist(), others, strict=True) if OSA.distance(text, other) <= 1]


def _halves_of_near(text: str) -> set[str]:
    """The halves of which a text within one edit has one."""
    halves = set()
    for length in range(max(len(text) - 1, 1), len(text) + 2):
        half = length // 2
        halves |= {f"{length}<{text[:half]}", f"{length}>{text[len(text) - length + half :]}"}
    # Two swapped characters may stand in both halves.
    half = len(text) // 2
    if half:
        halves.add(f"{len(text)}<{text[: half - 1]}{text[half]}")
    return halves
