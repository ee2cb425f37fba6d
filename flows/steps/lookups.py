"""Sampled look-ups: is a firm found first by its number, its name, and its name written in another way?"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from search.evaluate import interval
from search.service import SearchService
from transforms import names, sounds

SAMPLE: Final = 400
SEED: Final = 20_261_125


@dataclass(frozen=True)
class Query:
    """What is typed, and the key of the name that must be among the first `within`; for a number, the firm's row."""

    text: str
    key: str = ""
    row: int = -1
    within: int = 1


def measure(
    service: SearchService, size: int = SAMPLE, seed: int = SEED, kinds: Collection[str] | None = None
) -> dict[str, Any]:
    """Share of the sampled look-ups whose first firm bears the number or the name, by kind, with 95 % intervals.

    `kinds` limits the kinds that are asked; all kinds are asked where it is None.
    """
    found: dict[str, Any] = {}
    for kind, queries in queries_by_kind(service, size, seed):
        if queries and (kinds is None or kind in kinds):
            found[kind] = share_found(service, queries)
        if kinds is not None and set(kinds) <= set(found):
            break
    return found


def share_found(service: SearchService, queries: Sequence[Query]) -> dict[str, Any]:
    """Share of the queries whose firm is among the first `within`, with its interval and the number of queries."""
    shares = np.array([_found(service, query) for query in queries], float)
    return {**interval(shares), "of": len(queries)}


def queries_by_kind(service: SearchService, size: int, seed: int) -> Iterator[tuple[str, list[Query]]]:
    """Queries by kind, the same for the same lake and seed; each kind is made when it is asked for."""
    dice = random.Random(seed)  # noqa: S311
    yield "identifier", _numbers(service, size, dice)
    written = written_names(service)
    typed: dict[str, Callable[[str, str], str]] = {
        "exact name": lambda name, _: name,
        "name without legal form": lambda _, key: key,
        "name with other spaces": lambda _, key: _spaced(key, dice),
    }
    for kind, change in typed.items():
        yield kind, [Query(change(name, key), key) for name, key in some(written, size, dice)]
    yield "Latin name in Hangul", _in_hangul(written, size, dice)


def some(rows: pl.DataFrame, size: int, dice: random.Random) -> list[tuple[str, ...]]:
    return rows[dice.sample(range(rows.height), min(size, rows.height))].rows()


def _in_hangul(written: pl.DataFrame, size: int, dice: random.Random) -> list[Query]:
    """Names with Latin letters as they are spoken."""
    latin = written.filter(pl.col("key").str.contains(r"[A-Za-z]"))
    table = pl.DataFrame(some(latin, size, dice), schema={"name": pl.String, "key": pl.String}, orient="row")
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
        for firm_id, scheme, value in some(alone.sort("scheme", "value"), size, dice)
    ]
    firms = service.columns.firms.select("firm_id").sort("firm_id")
    return [*chosen, *(Query(firm_id, row=row_of[firm_id]) for (firm_id,) in some(firms, size // 10, dice))]


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


def written_names(service: SearchService) -> pl.DataFrame:
    """Names as the registers write them (`name`) with their matching key (`key`), of Korean firms in business."""
    shown = service.columns.trading & service.columns.korean
    ids = service.columns.firms["firm_id"].filter(pl.Series(shown)).implode()
    table = service.columns.names.filter(pl.col("firm_id").is_in(ids))
    keyed = table.select("name", key=names.match_key(pl.col("name")))
    return keyed.filter(pl.col("key").str.len_chars() >= 2).unique().sort("name", "key")
