"""Industrial complexes that a text names (`시화공단`, `Banwol industrial complex`), by the cities they lie in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from schemas.reference import load_industrial_complexes
from transforms.region_tables import region_tables

_COMPLEX_KO: Final = (
    r"\s*(?:국가|일반|지방|첨단|도시첨단)?\s*(?:산업\s*단지|산단|공업\s*단지|공단|디지털\s*단지|테크노밸리|인더스파크)"
)
_COMPLEX_EN: Final = r"(?:\s+national)?\s+(?:industrial\s+(?:complex|park|estate|zone|area)|complex)"
_ENDS: Final = (
    r"(?=$|[^가-힣]|(?:에서?|의|은|는|이나?|인데|[인서](?![가-힣])|가|을|를|와|과|으?로|도|만|나|쪽|까지|지역|근처|인근|"
    r"소재|업체|기업|회사|공장|입주)(?![가-힣]{3}))"
)


def find_complexes(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Complexes of a text as [start, end) and the codes of their regions; a province or city before one belongs to it.

    A name that is a word or a city as well counts only where a word for a complex follows it (`남동공단`).
    """
    pattern, regions = _finder()
    for match in pattern.finditer(text):
        name = next(value for value in match.groups() if value)
        yield match.start(), match.end(), regions[_folded(name)]


def _folded(name: str) -> str:
    return " ".join(name.lower().split())


@cache
def _finder() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    complexes = load_industrial_complexes()
    tables = region_tables()
    before = rf"(?:(?:{_any(tables.provinces)})\s?)?(?:(?:{_any(tables.anywhere)})\s)?"
    korean = _any(name for c in complexes for name in c.names)
    alone = _any(name for c in complexes if c.alone for name in c.names)
    english = _any(name for c in complexes for name in c.english)
    alone_en = _any(name for c in complexes if c.alone for name in c.english)
    pattern = (
        rf"(?<![가-힣]){before}(?:({korean}){_COMPLEX_KO}|({alone}){_ENDS})"
        rf"|(?<![A-Za-z])(?i:(?:the\s+)?({english}){_COMPLEX_EN}|({alone_en}))(?![A-Za-z])"
    )
    return re.compile(pattern), {_folded(n): c.regions for c in complexes for n in (*c.names, *c.english)}


def _any(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(set(names), key=lambda name: (-len(name), name)))
