"""How many firms may bear a name: a bigram model of names, and the chance that two firms share one.

The model is counted over register names; the chances were fitted on corporations of another register that share a
name, or nearly one, with another corporate number (docs/linking.md, "Rarity"). What the table at hand shows of
namesakes comes on top of it (score.py).
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from schemas.reference import load_name_bigrams

Floats = npt.NDArray[np.float64]
_ALPHABET: Final = 2500
_SHARE_POINTS: Final = (-60.0, -32.0, -27.0, -23.5, -20.5, -17.5, -14.5, -11.5, -8.5, -4.0)
_SHARE_VALUES: Final = (2e-8, 1e-7, 4e-7, 5e-7, 8e-7, 1.8e-6, 6e-6, 1.1e-5, 1.7e-5, 4e-5)
_NEAR_VALUES: Final = (1e-7, 1e-6, 5.5e-6, 1.6e-5, 3e-5, 6.5e-5, 1.2e-4, 1.9e-4, 2e-4, 2e-4)
"""Log probability of a name under the model; the chance that another given firm bears the same name; and that it bears
one a slip away."""


def log_probability(keys: pl.Series) -> Floats:
    """Natural log of each sound key's probability under the bigram model; keys without letters get 0."""
    framed = "^" + keys.fill_null("") + "$"
    lengths = framed.str.len_chars().to_numpy().astype(np.int64)
    values = _model().of(np.frombuffer("".join(framed.to_list()).encode("utf-32-le"), dtype=np.uint32))
    ends = np.cumsum(lengths)
    # Every name is summed on its own: a difference of running sums would hang on the names before it.
    bounds = np.column_stack([ends - lengths, ends - 1]).ravel()
    found = np.add.reduceat(np.append(values, 0.0), bounds)[::2] if len(keys) else np.zeros(0)
    return np.where(lengths > 2, found, 0.0)


def namesake_chance(log_probabilities: Floats) -> Floats:
    """Chance that a firm drawn from all firms bears the name, by the name's log probability."""
    return _between(log_probabilities, _SHARE_VALUES)


def near_chance(log_probabilities: Floats) -> Floats:
    """Chance that a firm drawn from all firms bears a name that is one slip away."""
    return _between(log_probabilities, _NEAR_VALUES)


def _between(log_probabilities: Floats, values: tuple[float, ...]) -> Floats:
    return np.asarray(np.exp(np.interp(log_probabilities, _SHARE_POINTS, np.log(values))), dtype=np.float64)


class _Bigrams:
    """Witten-Bell smoothed log probabilities of all pairs of known characters, as one dense table; the row and
    column 0 stand for characters the model never saw.
    """

    def __init__(self, counts: dict[str, int]) -> None:
        letters = sorted({letter for pair in counts for letter in pair})
        self._index = np.zeros(0x10000, dtype=np.int32)
        self._index[[ord(letter) for letter in letters]] = np.arange(1, len(letters) + 1)
        pairs = np.zeros((len(letters) + 1, len(letters) + 1))
        for pair, count in counts.items():
            pairs[self._index[ord(pair[0])], self._index[ord(pair[1])]] = count
        before, kinds, single = pairs.sum(axis=1), (pairs > 0).sum(axis=1), pairs.sum(axis=0)
        alone = (single + 0.5) / (single.sum() + 0.5 * _ALPHABET)
        rest = np.where(before > 0, kinds / np.maximum(kinds + before, 1), 1.0)[:, None]
        self._table = np.log((1 - rest) * pairs / np.maximum(before, 1)[:, None] + rest * alone)

    def of(self, codes: npt.NDArray[np.uint32]) -> Floats:
        """Log probability of each character after the one before it; shape (len(codes) - 1,)."""
        at = self._index[np.minimum(codes, 0xFFFF)]
        return np.asarray(self._table[at[:-1], at[1:]], dtype=np.float64)


@cache
def _model() -> _Bigrams:
    return _Bigrams(load_name_bigrams())
