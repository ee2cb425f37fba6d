"""Reference tables that are the same for every source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class RegionRow:
    """A province (2 digits) or a city, county or district (5 digits) of Korea, by its present code.

    `name` is the official name without the province; `aliases` are former and other names,
    `former_codes` codes that lead here.
    """

    code: str
    name: str
    short: str
    en: str
    aliases: tuple[str, ...]
    former_codes: tuple[str, ...]


@cache
def load_regions() -> tuple[RegionRow, ...]:
    """All rows of regions.csv, a province before its districts."""
    with (_FOLDER / "regions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            RegionRow(
                row["code"], row["name"], row["short"], row["en"], _parts(row["aliases"]), _parts(row["former_codes"])
            )
            for row in csv.DictReader(file)
        )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


@cache
def load_name_words() -> dict[str, str]:
    """English words that firms bear in their names, and how Korean names write them."""
    with (_FOLDER / "name_words.csv").open(encoding="utf-8", newline="") as file:
        return {row["latin"]: row["hangul"] for row in csv.DictReader(file)}


@cache
def load_registry_offices() -> dict[str, str]:
    """Province (2 digits) of the registry offices that the first four digits of a corporate number name.

    Counted over the corporations of DART: the province in which most that an office registered are now. Offices of
    fewer than five corporations, or whose corporations lie scattered, are left out.
    """
    with (_FOLDER / "registry_offices.csv").open(encoding="utf-8", newline="") as file:
        return {row["office"]: row["province"] for row in csv.DictReader(file)}


@cache
def load_hanja() -> dict[str, str]:
    """The Korean reading of Chinese characters that firms bear in their names, as within a word."""
    with (_FOLDER / "hanja.csv").open(encoding="utf-8", newline="") as file:
        return {character: row["reading"] for row in csv.DictReader(file) for character in row["characters"]}


@cache
def load_name_bigrams() -> dict[str, int]:
    """How often two characters follow one another in names by their sound (`^` begins, `$` ends a name).

    Counted over the registers of suppliers and of venture firms, never over those that linking is measured on.
    """
    with (_FOLDER / "name_bigrams.csv").open(encoding="utf-8", newline="") as file:
        return {row["pair"]: int(row["count"]) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class IndustrialComplex:
    """An industrial complex and the cities or districts it lies in.

    `names` are Korean names without the word for a complex (`시화` of 시화공단), `english` those in Latin letters.
    `alone` says that the name means the complex or its town also where no such word follows it.
    """

    names: tuple[str, ...]
    english: tuple[str, ...]
    regions: tuple[str, ...]
    alone: bool


@cache
def load_industrial_complexes() -> tuple[IndustrialComplex, ...]:
    """All rows of industrial_complexes.csv, written by hand from general knowledge."""
    with (_FOLDER / "industrial_complexes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            IndustrialComplex(
                (row["name"], *_parts(row["aliases"])),
                _parts(row["en"]),
                _parts(row["regions"]),
                row["alone"] == "yes",
            )
            for row in csv.DictReader(file)
        )
