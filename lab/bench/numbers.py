"""Numbers of generated firms: right check digits, in ranges that no authority has given out."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from lab.bench.banks import Strings

Ranks = npt.NDArray[np.int64]

_BUSINESS_WEIGHTS: Final = np.array([1, 3, 7, 1, 3, 7, 1, 3, 5])
_CORPORATE_WEIGHTS: Final = np.array([1, 2] * 6)
_KINDS: Final = np.array([81, 86, 87, 88])
_SERIALS: Final = 10_000


def business_numbers(ranks: Ranks) -> Strings:
    """Business registration numbers of tax offices 900 to 999, one for each rank below four million."""
    office, kind, serial = 900 + ranks // (4 * _SERIALS), _KINDS[ranks // _SERIALS % 4], ranks % _SERIALS
    digits = _digits((office * 100 + kind) * _SERIALS + serial, 9)
    total = digits @ _BUSINESS_WEIGHTS + digits[:, 8] * 5 // 10
    return _with_check(digits, total)


def corporate_numbers(ranks: Ranks) -> Strings:
    """Corporate registration numbers of registry 9999 and those below it, a million each."""
    digits = _digits(((9999 - ranks // 1_000_000) * 100 + 11) * 1_000_000 + ranks % 1_000_000, 12)
    return _with_check(digits, digits @ _CORPORATE_WEIGHTS)


def stock_codes(ranks: Ranks) -> Strings:
    """Six characters, a digit first, base 36 behind."""
    return np.array([f"0{np.base_repr(int(rank), 36).zfill(5)[-5:]}" for rank in ranks], dtype=object)


def _digits(numbers: Ranks, count: int) -> npt.NDArray[np.int64]:
    """Shape (numbers, count), leading digit first."""
    return numbers[:, None] // 10 ** np.arange(count - 1, -1, -1) % 10


def _with_check(digits: npt.NDArray[np.int64], total: npt.NDArray[np.int64]) -> Strings:
    whole = np.concatenate([digits, ((10 - total % 10) % 10)[:, None]], axis=1)
    number = whole @ 10 ** np.arange(whole.shape[1] - 1, -1, -1)
    return np.char.zfill(number.astype(str), whole.shape[1]).astype(object)
