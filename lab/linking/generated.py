"""Any number of records with the registers' own distributions, and which of them are one firm.

Names are made of the beginnings and ends of register names, so that they are as long, as common and as often
shared by two firms as real ones; places, streets, products and founding years are drawn from the registers;
further records of a firm are changed as registers differ (corruptions.py).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

import polars as pl

from lab.linking.corruptions import Record, bare, corrupted

_RECORDS_OF_A_FIRM: Final = ((1, 0.62), (2, 0.26), (3, 0.09), (4, 0.03))
_KNOWN_NAME: Final = 0.02
_WITH_HOMEPAGE: Final = 0.45
_WITH_FOUNDING: Final = 0.55
_SHARED_SITE: Final = 0.02
_ENDINGS: Final = (".co.kr", ".com", ".kr", ".net")


def generated_records(count: int, registers: Sequence[pl.DataFrame], seed: int) -> pl.DataFrame:
    """`count` records: record_id, truth, name, address, homepage, product, established; all strings, shuffled."""
    chance = random.Random(seed)  # noqa: S311
    rows = (
        pl.concat([table.select("name", "address", "products", "established") for table in registers])
        .unique()
        .sort("name", "address", "products")
    )
    names = [bare(name) for name in rows["name"].to_list()]
    addresses = rows["address"].drop_nulls().to_list()
    products = rows["products"].drop_nulls().to_list()
    years = [day.year for day in rows["established"].drop_nulls().to_list()]
    made: list[tuple[str, str, str | None, str | None, str | None, str | None]] = []
    originals = [
        Record(f"(주){name}", address, None, None)
        for name, address in zip(names[:2000], addresses[:2000], strict=False)
    ]
    firm, last_site = 0, None
    while len(made) < count:
        firm += 1
        first, second = chance.choice(names), chance.choice(names)
        name = (
            first
            if chance.random() < _KNOWN_NAME
            else first[: max(2, len(first) // 2)] + second[-max(2, len(second) // 2) :]
        )
        site = None
        if chance.random() < _WITH_HOMEPAGE:
            site = (
                last_site
                if last_site and chance.random() < _SHARED_SITE
                else f"www.firm{firm:07d}{chance.choice(_ENDINGS)}"
            )
            last_site = site
        address = chance.choice(addresses)
        number = chance.randrange(1, 400)
        address = (
            address.rstrip(")").rpartition(" ")[0] + f" {number}" if any(c.isdigit() for c in address) else address
        )
        founded = None
        if chance.random() < _WITH_FOUNDING:
            founded = f"{chance.choice(years)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
        product = chance.choice(products) if chance.random() < 0.5 else None
        original = Record(f"(주){name}", address, site, founded)
        copies = chance.choices([n for n, _ in _RECORDS_OF_A_FIRM], [share for _, share in _RECORDS_OF_A_FIRM])[0]
        for number in range(copies):
            record = original if number == 0 else corrupted(original, chance, originals)[0]
            told = product if number == 0 or chance.random() < 0.4 else None
            made.append((str(firm), record.name, record.address, record.homepage, told, record.established))
    frame = pl.DataFrame(
        made[:count],
        schema=dict.fromkeys(("truth", "name", "address", "homepage", "product", "established"), pl.String),
        orient="row",
    )
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=seed)
    return shuffled.with_row_index("number").select(
        pl.format("r{}", pl.col("number").cast(pl.String).str.zfill(8)).alias("record_id"), pl.exclude("number")
    )
