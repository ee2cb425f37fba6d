"""Look-ups: a need that is an identifier or the name of a firm leads straight to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from search.columns import Mask, SnapshotColumns
from search.expand import load_words
from search.near_names import NearTexts, letters, unlikeliness
from search.understand import Understood
from transforms import names, sounds
from transforms.text import folded, run_tokens, words

_MOST_WORDS: Final = 5
"""A longer text is no name with a typing error in it."""
_NEED_SHARE: Final = 0.8
_FEWEST_LETTERS: Final = 4
_FEWEST_CONSONANTS: Final = 4
_MOST_NEAR: Final = 5
"""Firms shown for a name that no firm has exactly; firms of one name are shown all."""

Found = list[tuple[int, str]]
"""Firm rows with why each is there: identifier, name, spelling or near_name."""


class Lookup:
    """Finds firms by identifier and by name: exact (legal forms, spaces and case aside), as it is spoken
    (LG이노텍, 엘지이노텍), and with one typing error.
    """

    def __init__(self, columns: SnapshotColumns) -> None:
        self._columns = columns

    def find(self, understood: Understood, allowed: Mask) -> Found:
        """Firm rows with why, best first; several firms of one name are all there.

        Names that sound alike follow; one with a typing error is sought only where there are none, and where the
        text can be no need: one that names technologies, or is made of words that firms use, is one.
        """
        by_number = [
            (row, "identifier") for scheme, value in understood.identifiers for row in self._by_number(scheme, value)
        ]
        bare = names.bare_text(folded(understood.text))
        exact = [(row, "name") for row in self._best_first(self._by_key.get(names.squeezed_text(bare), ()))]
        found = [*by_number, *exact]
        if not self._is_need(understood):
            found += self._spelled(bare) or ([] if found else self._nearly(bare))
        kept: dict[int, str] = {}
        for row, why in found:
            if allowed[row] or why == "identifier":
                kept.setdefault(row, why)
        return list(kept.items())

    def _is_need(self, understood: Understood) -> bool:
        """Can a text be no name: is it long, or does it name technologies and nothing else?"""
        text = understood.text
        if len(text.split()) > _MOST_WORDS:
            return True
        named = {at for r in understood.reasons if r.kind == "word" for at in range(r.start or 0, r.end or 0)}
        return len(named) >= _NEED_SHARE * len(text)

    def _spelled(self, bare: str) -> Found:
        rows = self._spoken.get(sounds.spoken_text(bare), ())
        return [(row, "spelling") for row in self._best_first(rows)]

    def _nearly(self, bare: str) -> Found:
        if not self._has_unknown_word(bare):
            return []
        near = self._near(names.squeezed_text(bare)) or self._alike(bare)
        return [(row, "near_name") for row in near[:_MOST_NEAR]]

    def _near(self, key: str) -> list[int]:
        """Firms with a name of one typing error, the likeliest error first."""
        typed = letters(key)
        if len(typed) < _FEWEST_LETTERS:
            return []
        places = sorted({*self._typed.near(typed), *self._syllables.near(key)})
        close = self._keys[places] if places else self._keys.clear()
        cost: dict[int, float] = {}
        for name, row in close.select("key", "row").iter_rows():
            cost[row] = min(unlikeliness(key, name), cost.get(row, float("inf")))
        return sorted(self._best_first(list(cost)), key=lambda row: cost[row])

    def _alike(self, bare: str) -> list[int]:
        """Firms whose name has the consonants of this one, written in letters for Hangul or the other way round."""
        consonants = sounds.skeleton_text(bare)
        if len(consonants) < _FEWEST_CONSONANTS:
            return []
        rows = self._skeletons.get(consonants, ())
        return self._best_first(rows) if len(rows) <= _MOST_NEAR else []

    def _has_unknown_word(self, text: str) -> bool:
        """Is there a word that neither the statements nor the counted words of both languages know?"""
        known = load_words()
        for word, _, _ in words(text):
            listed = known.row(run_tokens(word)[0]) is not None if word.isascii() else word in self._used
            if not listed:
                return True
        return False

    def _best_first(self, rows: Sequence[int]) -> list[int]:
        """Firms that are told more of come first."""
        counts = self._columns.statement_count
        return sorted(rows, key=lambda row: (-counts[row], row))

    @cached_property
    def _keys(self) -> pl.DataFrame:
        """Names as `bare` and as `key` without blanks, by firm `row`; second names in brackets and English ones too."""
        columns = self._columns
        written = pl.concat(
            [
                columns.names.select("firm_id", "name"),
                columns.names.select("firm_id", name=names.remarks(pl.col("name"))),
                columns.firms.select("firm_id", name="name_en"),
            ]
        ).drop_nulls("name")
        table = written.select("firm_id", bare=names.bare_name(pl.col("name"))).drop_nulls("bare").unique()
        rows = pl.DataFrame({"firm_id": columns.firms["firm_id"], "row": np.arange(columns.size, dtype=np.int32)})
        keyed = table.with_columns(key=names.squeezed(pl.col("bare"))).join(rows, on="firm_id")
        return keyed.filter(pl.col("key") != "").unique(["key", "row"], keep="first").sort("row", "key")

    @cached_property
    def _by_key(self) -> dict[str, list[int]]:
        return _grouped(self._keys.select("key", "row"))

    @cached_property
    def _spoken(self) -> dict[str, list[int]]:
        return _grouped(self._keys.select("row", key=sounds.spoken_key(pl.col("bare"))))

    @cached_property
    def _skeletons(self) -> dict[str, list[int]]:
        return _grouped(self._keys.select("row", key=sounds.skeleton(pl.col("bare"))))

    @cached_property
    def _syllables(self) -> NearTexts:
        return NearTexts(self._keys["key"])

    @cached_property
    def _typed(self) -> NearTexts:
        return NearTexts(pl.Series([letters(key) for key in self._keys["key"]], dtype=pl.String))

    @cached_property
    def _used(self) -> frozenset[str]:
        """Hangul words of all statements."""
        found = self._columns.statements["text"].str.extract_all(r"[가-힣]+").explode().unique().drop_nulls()
        return frozenset(found)

    @cached_property
    def _identifiers(self) -> pl.DataFrame:
        return self._columns.snapshot.table("identifiers", ["firm_id", "scheme", "value"])

    def _by_number(self, scheme: str, value: str) -> list[int]:
        if scheme == "firm_id":
            return [self._columns.row_of[value]] if value in self._columns.row_of else []
        ids = self._identifiers.filter((pl.col("scheme") == scheme) & (pl.col("value") == value))["firm_id"].unique()
        return sorted(self._columns.row_of[firm_id] for firm_id in ids)


def _grouped(keys: pl.DataFrame) -> dict[str, list[int]]:
    """Firm rows by key."""
    grouped = keys.drop_nulls("key").unique().group_by("key").agg(pl.col("row").sort())
    return dict(zip(grouped["key"], grouped["row"].to_list(), strict=True))
