"""Words of the other language, and which words of a description tell what a firm does.

Both come from counts that `python -m lab.embedding.words` made and that lie in `words.npz`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.query import LexicalQuery, TermGroup
from transforms.text import tokens

WORDS_FILE: Final = Path(__file__).parent / "words.npz"
_REPETITION: Final = 0.7
"""A word that stands n times in a description counts n to this power."""
_FOREIGN_BUT_WRITTEN: Final = 0.5
"""Weight of a Latin word as it stands, beside its translations: firms here mostly write Korean."""
_LEAST_TELLING: Final = 0.2
"""Words of a description that tell less are not looked for."""
_ODDS_OF_ALL: Final = 25.0
_ODDS_OF_A_WORD: Final = 1.0
"""A text reads as a description with at least so many log odds together and in the mean: of texts that no count
has seen, 99 % of the descriptions pass and 0.1 % of the needs."""
_NEED_SHARE: Final = 0.5
"""Translations of a need's words that are less likely than this share of the best one are left out."""
_NEED_WEIGHT: Final = 0.7


@dataclass(frozen=True)
class Words:
    """Per row a token: `telling` in [0, 1]; `odds`, how much it speaks for a description and against a need;
    and its translations, `targets[starts[row] : starts[row + 1]]` with `shares` of the best one's probability.
    """

    vocabulary: tuple[str, ...]
    telling: npt.NDArray[np.float32]
    odds: npt.NDArray[np.float32]
    starts: npt.NDArray[np.int32]
    targets: npt.NDArray[np.int32]
    shares: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", {token: row for row, token in enumerate(self.vocabulary)})

    def row(self, token: str) -> int | None:
        rows: dict[str, int] = self.__dict__["_rows"]
        return rows.get(token)

    def telling_of(self, token: str) -> float:
        """How much a token of a description tells about what a firm does; 1 for one that descriptions lack."""
        row = self.row(token)
        return 1.0 if row is None else float(self.telling[row])

    def translations(self, token: str) -> list[tuple[str, float]]:
        """Tokens of the other language, each with its probability as a share of the best one's."""
        row = self.row(token)
        if row is None:
            return []
        span = slice(self.starts[row], self.starts[row + 1])
        return [
            (self.vocabulary[target], float(share))
            for target, share in zip(self.targets[span], self.shares[span], strict=True)
        ]

    def expansions(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Translations of weighted tokens: each gets its token's weight times its share; several add up."""
        found: dict[str, float] = {}
        for token, weight in weights.items():
            for target, share in self.translations(token):
                found[target] = found.get(target, 0.0) + weight * share
        return found

    def description(self, text: str) -> dict[str, float]:
        """The weighted tokens by which a description of a firm is looked for, those of its translation added."""
        told = {
            token: count**_REPETITION * weight
            for token, count in Counter(tokens(text)).items()
            if (weight := self.telling_of(token)) >= _LEAST_TELLING
        }
        found = {t: w * _FOREIGN_BUT_WRITTEN if t.isascii() else w for t, w in told.items()}
        for token, weight in self.expansions({t: w for t, w in told.items() if t.isascii()}).items():
            found[token] = found.get(token, 0.0) + weight
        return found

    def describes_a_firm(self, text: str) -> bool:
        """Does a text say what some firm does, rather than what somebody needs?"""
        rows = [self.row(token) for token in set(tokens(text))]
        total = float(self.odds[[row for row in rows if row is not None]].sum())
        return total >= max(_ODDS_OF_ALL, _ODDS_OF_A_WORD * len(rows))

    def translated(self, query: LexicalQuery) -> LexicalQuery:
        """A need's words with those of the other language: they add to the score, and meet their word's group."""
        found = dict(query.weights)
        for token, weight in query.weights.items():
            for target, share in self.translations(token):
                if share >= _NEED_SHARE:
                    found[target] = max(found.get(target, 0.0), weight * share * _NEED_WEIGHT)
        return replace(query, weights=found, groups=tuple(self._translated_group(group) for group in query.groups))

    def _translated_group(self, group: TermGroup) -> TermGroup:
        """With the translation of a Latin word that stands alone; named concepts have both languages already."""
        if len(group.alternatives) != 1 or len(group.alternatives[0]) != 1 or not group.alternatives[0][0].isascii():
            return group
        word = self._word([t for t, share in self.translations(group.alternatives[0][0]) if share >= _NEED_SHARE])
        return TermGroup((*group.alternatives, word)) if word else group

    @staticmethod
    def _word(pieces: list[str]) -> tuple[str, ...]:
        """The best piece and those that overlap with it, as pairs of syllables of one word do."""
        word: list[str] = pieces[:1]
        for piece in pieces[1:]:
            if piece[-1] == word[0][0]:
                word.insert(0, piece)
            elif piece[0] == word[-1][-1]:
                word.append(piece)
        return tuple(word)


@cache
def load_words(path: Path = WORDS_FILE) -> Words:
    """The words that are shipped."""
    with np.load(path, allow_pickle=False) as stored:
        return Words(
            vocabulary=tuple(json.loads(str(stored["vocabulary"]))),
            telling=stored["telling"].astype(np.float32) / 255,
            odds=stored["odds"].astype(np.float32) / 16,
            starts=np.concatenate([[0], np.cumsum(stored["lengths"])]).astype(np.int32),
            targets=stored["targets"].astype(np.int32),
            shares=stored["shares"].astype(np.float32) / 255,
        )


def save_words(
    path: Path,
    *,
    telling: Mapping[str, float],
    odds: Mapping[str, float],
    translations: Mapping[str, list[tuple[str, float]]],
) -> Words:
    """Write counts in eight bits each, and read them back as they will be used."""
    known = {*telling, *odds, *translations, *(target for line in translations.values() for target, _ in line)}
    vocabulary = sorted(known)
    row_of = {token: row for row, token in enumerate(vocabulary)}
    lines = [translations.get(token, []) for token in vocabulary]
    arrays: dict[str, Any] = {
        "vocabulary": json.dumps(vocabulary, ensure_ascii=False),
        "telling": np.array([round(255 * telling.get(token, 1.0)) for token in vocabulary], np.uint8),
        "odds": np.array([round(16 * np.clip(odds.get(token, 0.0), -7.9, 7.9)) for token in vocabulary], np.int8),
        "lengths": np.array([len(line) for line in lines], np.uint8),
        "targets": np.array([row_of[target] for line in lines for target, _ in line], np.uint32),
        "shares": np.array([max(1, round(255 * p / line[0][1])) for line in lines for _, p in line], np.uint8),
    }
    np.savez_compressed(path, **arrays)
    load_words.cache_clear()
    return load_words(path)
