"""Look-ups of `flows.steps.lookups` in a large sample, and of names with a typing error."""

from __future__ import annotations

import random
from typing import Any, Final

import polars as pl

from flows.steps import lookups
from flows.steps.lookups import SAMPLE, SEED, Query, share_found, some, written_names
from lab.evaluation.typing_errors import typing_error
from search.service import SearchService

TARGETS: Final = {"identifier": 1.0, "exact name": 0.99, "name with one typing error": 0.95}
_SHORTEST_NAME: Final = 3
"""In characters: one error in a shorter name leaves nothing to tell it by."""


def measure(service: SearchService, size: int = SAMPLE, seed: int = SEED) -> dict[str, Any]:
    """Share of look-ups whose firm comes first, by kind, with 95 % intervals."""
    found = lookups.measure(service, size, seed)
    return {**found, "name with one typing error": share_found(service, mistyped(service, size, seed))}


def mistyped(service: SearchService, size: int, seed: int) -> list[Query]:
    """Names with one typing error; what is another firm's name as it stands is left out, as nothing could tell it."""
    dice = random.Random(seed)  # noqa: S311
    written = written_names(service)
    long_enough = written.filter(pl.col("key").str.len_chars() >= _SHORTEST_NAME)
    typed = [(typing_error(key, dice), key) for _, key in some(long_enough, size, dice)]
    every = set(written["key"])
    return [Query(text, key) for text, key in typed if text not in every]
