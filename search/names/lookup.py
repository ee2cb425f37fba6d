"""Look-ups: a need that is an identifier or the name of a firm leads straight to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from typing import Final

import polars as pl

from search.engines.base import Engine, Rows
from search.names.near import HashTable, letters, unlikeliness
from search.names.tables import NameTables
from search.query import LexicalQuery, Need, TermGroup
from search.snapshot.columns import Mask, SnapshotColumns
from search.understand.translation import load_words
from transforms import names, sounds
from transforms.text import folded, run_tokens, words

_MOST_WORDS: Final = 5
"""A longer text is no name with a typing error in it."""
_NEED_SHARE: Final = 0.8
_FEWEST_LETTERS: Final = 4
_FEWEST_CONSONANTS: Final = 4
_MOST_NEAR: Final = 5
"""Firms shown for a name that no firm has exactly; firms of one name are shown all."""

_HANGUL: Final = re.compile("[가-힣]+")
_FIRMS_READ: Final = 64
"""Firms whose statements are read first for a word; more follow where it is not in them."""

Found = list[tuple[int, str]]
"""Firm rows with why each is there: identifier, name, spelling or near_name."""


class Lookup:
    """Finds firms by identifier and by name: exact (legal forms, spaces and case aside), as it is spoken
    (LG이노텍, 엘지이노텍), and with one typing error.
    """

    def __init__(self, columns: SnapshotColumns, engine: Engine) -> None:
        self._columns = columns
        self._engine = engine
        self._is_used = lru_cache(maxsize=4_096)(self._is_written)
        # Names take as long as all else that a first search needs, and another core.
        beside = ThreadPoolExecutor(1, thread_name_prefix="names")
        self._tables = beside.submit(lambda: NameTables.of(columns.names.select("row", "name")))
        beside.shutdown(wait=False)

    def find(self, understood: Need, allowed: Mask) -> Found:
        """Firm rows with why, best first; several firms of one name are all there.

        Names that sound alike follow; one with a typing error is sought only where there are none, and where the
        text can be no need: one that names technologies, or is made of words that firms use, is one.
        """
        by_number = [
            (row, "identifier") for scheme, value in understood.identifiers for row in self._by_number(scheme, value)
        ]
        bare = names.bare_text(folded(understood.text))
        explained = self._explained_share(understood)
        exact = self._bearing(self._names.written.same(names.squeezed_text(bare))) if explained < 1 else []
        found = [*by_number, *((row, "name") for row in exact)]
        if explained < _NEED_SHARE and len(understood.text.split()) <= _MOST_WORDS and not self._has_read(understood):
            found += self._spelled(bare) or ([] if found else self._nearly(bare))
        kept: dict[int, str] = {}
        for row, why in found:
            if allowed[row] or why == "identifier":
                kept.setdefault(row, why)
        return list(kept.items())

    @staticmethod
    def _explained_share(understood: Need) -> float:
        """Share of the characters of a text, blanks aside, that the reading explains as something else than a name."""
        letters = {at for at, character in enumerate(understood.text) if not character.isspace()}
        read = {at for span in understood.spans if span.role != "unread" for at in range(span.start, span.end)}
        return len(letters & read) / len(letters) if letters else 0.0

    @staticmethod
    def _has_read(understood: Need) -> bool:
        """Whether a place or a technology is named: such a text is no misspelt name (`창원 PLC`)."""
        return any(span.kind in ("concept", "region", "not_region") for span in understood.spans)

    def _spelled(self, bare: str) -> Found:
        return [(row, "spelling") for row in self._bearing(self._names.spoken.same(sounds.spoken_text(bare)))]

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
        cost: dict[int, float] = {}
        for at in {*self._names.letters.near(typed), *self._names.syllables.near(key)}:
            error = unlikeliness(key, self._names.keys[at])
            for row in self._names.firms[at]:
                cost[row] = min(error, cost.get(row, float("inf")))
        return sorted(self._best_first(cost), key=lambda row: cost[row])

    def _alike(self, bare: str) -> list[int]:
        """Firms whose name has the consonants of this one, written in letters for Hangul or the other way round."""
        consonants = sounds.skeleton_text(bare)
        if len(consonants) < _FEWEST_CONSONANTS:
            return []
        rows = self._bearing(self._names.consonants.same(consonants))
        return rows if len(rows) <= _MOST_NEAR else []

    def _has_unknown_word(self, text: str) -> bool:
        """Is there a word that neither the statements nor the counted words of both languages know?"""
        known = load_words()
        for word, _, _ in words(text):
            listed = known.row(run_tokens(word)[0]) is not None if word.isascii() else self._is_used(word)
            if not listed:
                return True
        return False

    def _is_written(self, word: str) -> bool:
        """Does a statement have this Hangul word? The engine tells whose may have it, and some of theirs are read."""
        if not _HANGUL.fullmatch(word):
            return False
        asked = LexicalQuery(groups=(TermGroup((run_tokens(word),)),))
        firms, texts = self._engine.matching_firms(asked), self._columns.statements["text"]
        start, size = 0, _FIRMS_READ
        while start < len(firms):
            rows = self._columns.statements_of(firms[start : start + size])
            if texts.gather(rows).str.contains(rf"(?:^|[^가-힣]){word}(?:[^가-힣]|$)").any():
                return True
            start, size = start + size, 8 * size
        return False

    def _best_first(self, rows: Iterable[int]) -> list[int]:
        """Firms that are told more of come first."""
        counts = self._columns.statement_count
        return sorted(set(rows), key=lambda row: (-counts[row], row))

    def _bearing(self, places: Sequence[int]) -> list[int]:
        """Rows of the firms that bear the names at these places."""
        return self._best_first(row for at in places for row in self._names.firms[at])

    @property
    def _names(self) -> NameTables:
        return self._tables.result()

    @cached_property
    def _numbers(self) -> tuple[HashTable, Rows]:
        """Identifiers with their schemes, and the firm's row of each."""
        table = self._columns.snapshot.table("identifiers", ["firm_id", "scheme", "value"])
        numbers = table.select(pl.concat_str("scheme", "value", separator=" ")).to_series()
        return HashTable.of(numbers), self._columns.row_of.rows(table["firm_id"])

    def _by_number(self, scheme: str, value: str) -> list[int]:
        if scheme == "firm_id":
            row = self._columns.row_of.get(value)
            return [] if row is None else [row]
        # Of five million numbers any two have one hash of 64 bits with a chance of one in a million.
        numbers, firms = self._numbers
        return sorted(set(firms[numbers.candidates([f"{scheme} {value}"])].tolist()))
