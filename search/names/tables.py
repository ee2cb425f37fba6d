"""Names of firms in the tables that a look-up asks: as written, as spoken, by consonants, and with a typing error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import polars as pl

from search.names.near import NearTexts, SameTexts, letters_of
from transforms import names, sounds


@dataclass(frozen=True)
class NameTables:
    """The tables give positions of distinct names: of `keys`, without blanks, and of `firms`, the rows of all that bear
    the name.
    """

    keys: pl.Series
    firms: pl.Series
    written: SameTexts
    spoken: SameTexts
    consonants: SameTexts
    syllables: NearTexts
    letters: NearTexts

    @classmethod
    def of(cls, named: pl.DataFrame) -> Self:
        """Of the columns `row`, a firm's, and `name`, one of its names; second names in brackets and English ones are
        among them.
        """
        # A firm has one name from several registers, one after the other.
        once = named.filter(pl.any_horizontal(pl.all().ne_missing(pl.all().shift())))
        bare = once.select("row", bare=names.bare_name(pl.col("name"))).drop_nulls("bare")
        grouped = bare.group_by("bare").agg("row").with_columns(key=names.squeezed(pl.col("bare")))
        table = grouped.filter(pl.col("key") != "")
        return cls(
            keys=table["key"],
            firms=table["row"],
            written=SameTexts(table["key"]),
            spoken=SameTexts(table.select(sounds.spoken_key(pl.col("bare"))).to_series()),
            consonants=SameTexts(table.select(sounds.skeleton(pl.col("bare"))).to_series()),
            syllables=NearTexts(table["key"]),
            letters=NearTexts(letters_of(table["key"])),
        )
