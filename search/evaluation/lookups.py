"""Look-ups: are firms found first by their number, their name, and their name written otherwise?"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator
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
    left, found = set(kinds or ()), {}
    for kind, queries in suites_of(service, size, seed):
        if queries and (kinds is None or kind in kinds):
            shares = np.array([_found(service, query) for query in queries], float)
            found[kind] = {**interval(shares), "of": len(queries)}
        left.discard(kind)
        if kinds is not None and not left:
            break
    return found


def suites_of(service: SearchService, size: int, seed: int) -> Iterator[tuple[str, list[Query]]]:
    """Queries by kind, the same for the same lake and seed; each kind is made when it is asked for."""
    dice = random.Random(seed)  # noqa: S311
    yield "identifier", _numbers(service, size, dice)
    written = _names(service).filter(pl.col("key").str.len_chars() >= 2).unique().sort("name", "key")
    typed: dict[str, Callable[[str, str], str]] = {
        "exact name": lambda name, _: name,
        "name without legal form": lambda _, key: key,
        "name with other spaces": lambda _, key: _spaced(key, dice),
    }
    for kind, change in typed.items():
        yield kind, [Query(change(name, key), key) for name, key in _some(written, size, dice)]
    long_enough = written.filter(pl.col("key").str.len_chars() >= _SHORTEST_NAME)
    mistyped = [(typing_error(key, dice), key) for _, key in _some(long_enough, size, dice)]
    every = set(written["key"])
    # What is another firm's name as it stands nobody could tell from it.
    yield "name with one typing error", [Query(text, key) for text, key in mistyped if text not in every]
    yield "Latin name in Hangul", _in_hangul(written, size, dice)


def _some(rows: pl.DataFrame, size: int, dice: random.Random) -> list[tuple[str, ...]]:
    return rows[dice.sample(range(rows.height), min(size, rows.height))].rows()


def _in_hangul(written: pl.DataFrame, size: int, dice: random.Random) -> list[Query]:
    """Names with Latin letters as they are spoken."""
    latin = written.filter(pl.col("key").str.contains(r"[A-Za-z]"))
    table = pl.DataFrame(_some(latin, size, dice), schema={"name": pl.String, "key": pl.String}, orient="row")
    spoken = table.select("key", text=sounds.sound_key(pl.col("name")))
    # Firms that write the same sound in Hangul come before them.
    return [Query(text, key, within=3) for key, text in spoken.iter_rows() if not any(c.isascii() for c in text)]


def _numbers(service: SearchService, size: int, dice: random.Random) -> list[Query]:
    """Numbers that one firm alone bears, bare or with their hyphens, and firm ids."""
    table = service.snapshot.table("identifiers", ["firm_id", "scheme", "value"])
    table = table.filter(pl.col("scheme").is_in(["business_no", "corporate_no", "stock_code", "dart_code"]))
    alone = table.unique(["firm_id", "scheme", "value"]).filter(pl.len().over("scheme", "value") == 1)
    row_of = service.columns.row_of
    chosen = [
        Query(_written(scheme, value, dice), row=row_of[firm_id])
        for firm_id, scheme, value in _some(alone.sort("scheme", "value"), size, dice)
    ]
    firms = service.columns.firms.select("firm_id").sort("firm_id")
    return [*chosen, *(Query(firm_id, row=row_of[firm_id]) for (firm_id,) in _some(firms, size // 10, dice))]


def _written(scheme: str, value: str, dice: random.Random) -> str:
    if scheme == "business_no" and dice.random() < 0.5:
        return f"{value[:3]}-{value[3:5]}-{value[5:]}"
    if scheme == "corporate_no" and dice.random() < 0.5:
        return f"{value[:6]}-{value[6:]}"
    return value


def _spaced(key: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(key))
    return f"{key[:place]} {key[place:]}"


def _found(service: SearchService, query: Query) -> bool:
    first = service.select(query.text).order[: query.within]
    if query.row >= 0:
        return query.row in first
    firms = service.columns.firms["firm_id"].gather(list(first)).implode()
    borne = (
        service.snapshot.scan("names").filter(pl.col("firm_id").is_in(firms)).select(names.match_key(pl.col("name")))
    )
    return query.key in set(service.snapshot.collected([borne])[0].to_series())


def _names(service: SearchService) -> pl.DataFrame:
    """Names as the registers write them, each with the key it is matched by; of Korean firms in business."""
    shown = service.columns.trading & service.columns.korean
    ids = service.columns.firms["firm_id"].filter(pl.Series(shown)).implode()
    table = service.columns.names.filter(pl.col("firm_id").is_in(ids))
    return table.select("name", key=names.match_key(pl.col("name")))
