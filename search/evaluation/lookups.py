"""Look-ups: are firms found first by their number, their name, and their name written otherwise?"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from search.evaluation.metrics import interval
from search.evaluation.typing_errors import typing_error
from search.service import SearchService
from transforms import names, sounds

TARGETS: Final = {"identifier": 1.0, "exact name": 0.99, "name with one typing error": 0.95}
_SAMPLE: Final = 400
_SHORTEST_NAME: Final = 3
"""In characters: one error in a shorter name leaves nothing to tell it by."""
_SEED: Final = 20_261_125


@dataclass(frozen=True)
class Query:
    """What is typed, and the key of the name that must be among the first `within`; for a number, the firm's row."""

    text: str
    key: str = ""
    row: int = -1
    within: int = 1


def measure(
    service: SearchService, size: int = _SAMPLE, seed: int = _SEED, kinds: Collection[str] | None = None
) -> dict[str, Any]:
    """Share of look-ups whose first firm is the one of the number, or one of that name; by kind (all, where none is
    named), with intervals."""
    keys = _keys_by_row(service)
    suites = suites_of(service, size, seed)
    return {
        kind: {**interval(np.array([_found(service, query, keys) for query in queries], float)), "of": len(queries)}
        for kind, queries in suites.items()
        if queries and (kinds is None or kind in kinds)
    }


def suites_of(service: SearchService, size: int, seed: int) -> dict[str, list[Query]]:
    """Queries by kind, the same for the same lake and seed."""
    dice = random.Random(seed)  # noqa: S311
    written = sorted({(name, key) for name, key in _names(service) if len(key) >= 2})
    every = {key for _, key in written}
    typed: dict[str, Callable[[str, str], str]] = {
        "exact name": lambda name, _: name,
        "name without legal form": lambda _, key: key,
        "name with other spaces": lambda _, key: _spaced(key, dice),
    }
    suites = {"identifier": _numbers(service, size, dice)}
    for kind, change in typed.items():
        suites[kind] = [Query(change(name, key), key) for name, key in _some(written, size, dice)]
    long_enough = [(name, key) for name, key in written if len(key) >= _SHORTEST_NAME]
    mistyped = [(typing_error(key, dice), key) for _, key in _some(long_enough, size, dice)]
    # What is another firm's name as it stands nobody could tell from it.
    suites["name with one typing error"] = [Query(text, key) for text, key in mistyped if text not in every]
    suites["Latin name in Hangul"] = _in_hangul(written, size, dice)
    return suites


def _some(written: Sequence[tuple[str, str]], size: int, dice: random.Random) -> list[tuple[str, str]]:
    return dice.sample(written, min(size, len(written)))


def _in_hangul(written: Sequence[tuple[str, str]], size: int, dice: random.Random) -> list[Query]:
    """Names with Latin letters as they are spoken."""
    latin = [(name, key) for name, key in written if any(c.isascii() and c.isalpha() for c in key)]
    table = pl.DataFrame(_some(latin, size, dice), schema=["name", "key"], orient="row")
    spoken = table.select("key", text=sounds.sound_key(pl.col("name")))
    # Firms that write the same sound in Hangul come before them.
    return [Query(text, key, within=3) for key, text in spoken.iter_rows() if not any(c.isascii() for c in text)]


def _numbers(service: SearchService, size: int, dice: random.Random) -> list[Query]:
    """Numbers that one firm alone bears, bare or with their hyphens, and firm ids."""
    table = service.snapshot.table("identifiers", ["firm_id", "scheme", "value"])
    table = table.filter(pl.col("scheme").is_in(["business_no", "corporate_no", "stock_code", "dart_code"]))
    alone = table.unique(["firm_id", "scheme", "value"]).filter(pl.len().over("scheme", "value") == 1)
    rows = alone.sort("scheme", "value").rows()
    row_of = service.columns.row_of
    chosen = [
        Query(_written(scheme, value, dice), row=row_of[firm_id])
        for firm_id, scheme, value in dice.sample(rows, min(size, len(rows)))
    ]
    ids = dice.sample(sorted(row_of), min(size // 10, len(row_of)))
    return [*chosen, *(Query(firm_id, row=row_of[firm_id]) for firm_id in ids)]


def _written(scheme: str, value: str, dice: random.Random) -> str:
    if scheme == "business_no" and dice.random() < 0.5:
        return f"{value[:3]}-{value[3:5]}-{value[5:]}"
    if scheme == "corporate_no" and dice.random() < 0.5:
        return f"{value[:6]}-{value[6:]}"
    return value


def _spaced(key: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(key))
    return f"{key[:place]} {key[place:]}"


def _found(service: SearchService, query: Query, keys: dict[int, set[str]]) -> bool:
    first = service.select(query.text).order[: query.within]
    return query.row in first if query.row >= 0 else any(query.key in keys.get(row, ()) for row in first)


def _names(service: SearchService) -> Iterable[tuple[str, str]]:
    """Names as the registers write them, each with what it is matched by; of Korean firms in business."""
    shown = service.columns.trading & service.columns.korean
    ids = service.columns.firms["firm_id"].filter(pl.Series(shown)).implode()
    table = service.columns.names.filter(pl.col("firm_id").is_in(ids))
    return table.select("name", key=names.match_key(pl.col("name"))).iter_rows()


def _keys_by_row(service: SearchService) -> dict[int, set[str]]:
    table = service.columns.names.select("firm_id", key=names.match_key(pl.col("name"))).unique()
    keys: dict[int, set[str]] = {}
    for firm_id, key in table.iter_rows():
        keys.setdefault(service.columns.row_of[firm_id], set()).add(key)
    return keys
