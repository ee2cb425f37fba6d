"""Which firms may train a model and which may only test it."""

from __future__ import annotations

import hashlib
from typing import Literal

Split = Literal["train", "test"]

TRAIN_PERCENT = 60
"""Share of the firms whose texts may train a model. The rest is never seen by any training."""

DEVELOPMENT_PERCENT = 30
"""Share of the training firms on which settings are chosen, by models that were trained without them."""


def split_of(stock_code: str) -> Split:
    """'train' or 'test' for a listed firm, from nothing but its stock code (`005930`, a string).

    A hash and not a random draw: the answer is the same for every model, machine and year, and a firm that
    is listed tomorrow has its side already.
    """
    return "train" if percentile(stock_code.strip()) < TRAIN_PERCENT else "test"


def is_development(stock_code: str) -> bool:
    """Is a firm of the training side kept for choosing settings? Never true for a test firm."""
    code = stock_code.strip()
    return split_of(code) == "train" and percentile(f"development:{code}") < DEVELOPMENT_PERCENT


def percentile(text: str) -> int:
    """0 to 99, evenly spread."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big") % 100
