"""Which firms may train a model and which may only test it."""

from __future__ import annotations

import hashlib
from typing import Literal

Split = Literal["train", "test"]

TRAIN_PERCENT = 60
"""Share of the firms whose texts may train a model. The rest is never seen by any training."""


def split_of(stock_code: str) -> Split:
    """'train' or 'test' for a listed firm, from nothing but its stock code (`005930`, a string).

    A hash and not a random draw: the answer is the same for every model, machine and year, and a firm that
    is listed tomorrow has its side already.
    """
    digest = hashlib.sha256(stock_code.strip().encode("utf-8")).digest()
    return "train" if int.from_bytes(digest[:8], "big") % 100 < TRAIN_PERCENT else "test"
