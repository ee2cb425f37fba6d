"""Names that are one typing error away from a text, also where the error is in a single letter of a syllable."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, Postfix, Prefix

from search.engines.base import Rows

_FINALS_AS_INITIALS: Final = dict(zip("ᆨᆩᆫᆮᆯᆷᆸᆺᆻᆼᆽᆾᆿᇀᇁᇂ", "ᄀᄁᄂᄃᄅᄆᄇᄉᄊᄋᄌᄎᄏᄐᄑᄒ", strict=True))
"""A keyboard has one key for a consonant, wherever in the syllable it ends up."""
_TO_INITIALS: Final = str.maketrans(_FINALS_AS_INITIALS)


def letters(text: str) -> str:
    """Hangul as the letters that are typed, other characters as they are."""
    return unicodedata.normalize("NFKD", text).translate(_TO_INITIALS)


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


class NearTexts:
    """Texts within one edit (a character too many, missing, another, or two swapped) of a text.

    One edit leaves one half of a text as it was, so two entries a text in a sorted table of hashes are enough,
    and a text is compared with the few that share a half with it.
    """

    def __init__(self, texts: pl.Series) -> None:
        self._texts = texts
        length = texts.str.len_chars()
        halves = pl.DataFrame({"text": texts, "n": length.cast(pl.String), "half": (length // 2).cast(pl.Int64)})
        keys = halves.select(
            front=pl.col("n") + "<" + pl.col("text").str.slice(0, pl.col("half")),
            back=pl.col("n") + ">" + pl.col("text").str.slice(pl.col("half")),
        )
        hashes = np.concatenate([keys[side].hash().to_numpy() for side in ("front", "back")])
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._rows = (order % len(texts)).astype(np.int32) if len(texts) else order.astype(np.int32)

    def near(self, text: str) -> list[int]:
        """Positions of the texts within one edit."""
        rows = self._sharing_a_half(text)
        others = self._texts.gather(rows).to_list()
        return [row for row, other in zip(rows.tolist(), others, strict=True) if OSA.distance(text, other) <= 1]

    def _sharing_a_half(self, text: str) -> Rows:
        probes = set()
        for length in range(max(len(text) - 1, 1), len(text) + 2):
            half = length // 2
            probes |= {f"{length}<{text[:half]}", f"{length}>{text[len(text) - length + half :]}"}
        # Two swapped characters may stand in both halves.
        half = len(text) // 2
        if half:
            probes.add(f"{len(text)}<{text[: half - 1]}{text[half]}")
        hashes = pl.Series(sorted(probes), dtype=pl.String).hash().to_numpy()
        starts, ends = np.searchsorted(self._hashes, hashes), np.searchsorted(self._hashes, hashes, side="right")
        parts = [self._rows[start:end] for start, end in zip(starts, ends, strict=True)]
        return np.unique(np.concatenate([np.empty(0, np.int32), *parts]))
