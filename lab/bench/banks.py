"""What generated registers are drawn from: names, places, words and dates of the bundled registers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.sources.checking import dry_run
from transforms.names import match_key

Strings = Any
"""A numpy array of Python strings, shape (n,); numpy's own types cannot say so."""

_PARTS: Final = r"\s*[,/·;|]\s*"
_INVENTED_SHARE: Final = 0.22
"""Share of phrases that hold a word no register has: chosen so that the vocabulary grows as in the registers
(`python -m lab.bench.generate --check` prints both exponents)."""

_LONGEST: Final = 5
"""Words of a phrase at most."""


@dataclass(frozen=True)
class Banks:
    """Arrays to draw from, in the registers' proportions. A title ends in the last three words of a real one, one of
    `title_ends`; `title_lengths` are the words before these.
    """

    heads: Strings
    tails: Strings
    provinces: Strings
    districts: Strings
    words: Strings
    word_shares: npt.NDArray[np.float64]
    phrase_lengths: npt.NDArray[np.int64]
    title_lengths: npt.NDArray[np.int64]
    industries: Strings
    title_ends: Strings
    ipc: Strings


@cache
def load_banks() -> Banks:
    """Banks out of the bundled registers, as the night itself reads them."""
    sources = ("krx_listed", "venture", "dart", "smart_factory_suppliers", "kipris_patents")
    tables = {name: dry_run(name).valid for name in sources}
    names = pl.concat([table["name"] for table in tables.values()]).unique(maintain_order=True).sort()
    keys = pl.select(match_key(pl.lit(names))).to_series().drop_nulls().unique(maintain_order=True)
    bare = [key for key in keys.to_list() if 3 <= len(key) <= 12 and "가" <= key[0] <= "힣"]
    places = tables["venture"].drop_nulls("address")
    phrases = [
        p
        for text in tables["venture"]["products"].drop_nulls()
        for p in pl.Series([text]).str.replace_all(_PARTS, "|")[0].split("|")
        if p
    ]
    counts = Counter(word for phrase in phrases for word in phrase.split() if len(word) > 1)
    words = sorted(counts)
    titles = tables["kipris_patents"]["title"].to_list()
    return Banks(
        heads=_array(name[: (len(name) + 1) // 2] for name in bare),
        tails=_array(name[(len(name) + 1) // 2 :] for name in bare),
        provinces=_array(places["province"].to_list()),
        districts=_array(places["address"].to_list()),
        words=_array(words),
        word_shares=np.array([counts[word] for word in words], np.float64) / sum(counts.values()),
        phrase_lengths=np.array([len(phrase.split()) for phrase in phrases]),
        title_lengths=np.array([max(len(title.split()) - 3, 1) for title in titles]),
        industries=_array(tables["venture"]["industry"].drop_nulls().to_list()),
        title_ends=_array([" ".join(title.split()[-3:]) for title in titles]),
        ipc=_array(tables["kipris_patents"]["ipc"].drop_nulls().to_list()),
    )


def draw_names(banks: Banks, count: int, chance: np.random.Generator) -> Strings:
    """Bare names: the beginning of one register name and the end of another."""
    return chance.choice(banks.heads, count) + chance.choice(banks.tails, count)


def draw_phrases(
    banks: Banks, count: int, chance: np.random.Generator, lengths: npt.NDArray[np.int64] | None = None
) -> Strings:
    """Phrases with as many words as real ones (of products, where `lengths` are not given), of real words by frequency,
    some with a word made of two halves.
    """
    lengths = np.minimum(chance.choice(banks.phrase_lengths if lengths is None else lengths, count), _LONGEST)
    drawn = chance.choice(banks.words, lengths.sum(), p=banks.word_shares)
    invented = np.flatnonzero(chance.random(len(drawn)) < _INVENTED_SHARE)
    halves = chance.choice(banks.words, (2, len(invented)))
    drawn[invented] = [a[: max(1, len(a) // 2)] + b[len(b) // 2 :] for a, b in zip(*halves, strict=True)]
    ends = np.cumsum(lengths)
    return _array(" ".join(drawn[end - length : end]) for end, length in zip(ends, lengths, strict=True))


def _array(values: Iterable[str]) -> Strings:
    return np.array(list(values), dtype=object)
