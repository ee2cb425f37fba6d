"""Product lines as known items: some words of what one firm alone says that it makes are to find that firm."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from lab.evaluation.systems import Baselines, RankFirms, product
from search.evaluate import interval
from search.query import Filters
from search.service import SearchService

_FEWEST_WORDS: Final = 4
_DEPTHS: Final = (1, 10)
_SEED: Final = 20_261_126


@dataclass(frozen=True)
class Item:
    """Some words of a statement, and the row of its firm."""

    words: str
    firm: int


def product_lines(service: SearchService, count: int, seed: int) -> list[Item]:
    """Half of the words, in another order, of products that only one firm states so, and one that may be found: closed
    and foreign firms are left out unless asked for.
    """
    dice = random.Random(seed)  # noqa: S311 - no secret
    statements = service.columns.statements.with_columns(firm=pl.Series(service.columns.firm_of))
    statements = statements.filter(service.passing(Filters()).mask[service.columns.firm_of])
    several = pl.col("text").str.count_matches(r"\S{2,}") >= _FEWEST_WORDS
    long = statements.filter((pl.col("kind") == "product") & several)
    told_once = long.unique("text", keep="none", maintain_order=True).select("text", "firm").rows()
    items = []
    for text, firm in dice.sample(told_once, min(count, len(told_once))):
        words = [word for word in text.split() if len(word) > 1]
        items.append(Item(" ".join(dice.sample(words, (len(words) + 1) // 2)), firm))
    return items


def places(items: Sequence[Item], rank: RankFirms, depth: int) -> npt.NDArray[np.int64]:
    """Per item the place of its firm, counted from 0; `depth` where it is not among so many."""
    return np.array([[*rank(item.words, depth), item.firm].index(item.firm) for item in items]).clip(max=depth)


def measure(service: SearchService, count: int = 300) -> dict[str, Any]:
    """Share of the lines whose firm comes first, and among the first ten; by BM25 alone beside it."""
    items = product_lines(service, count, _SEED)
    systems: dict[str, RankFirms] = {"product": product(service), "BM25": Baselines(service).words}
    found = {name: places(items, rank, max(_DEPTHS)) for name, rank in systems.items()}
    return {
        f"{name}, first {depth}": interval((at < depth).astype(np.float64))
        for name, at in found.items()
        for depth in _DEPTHS
    }
