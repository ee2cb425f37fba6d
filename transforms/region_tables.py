"""Names and codes of Korea's regions as look-up tables, out of schemas/reference/regions.csv."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from schemas.reference import load_regions

_YEONGDONG: Final = ("51150", "51170", "51190", "51210", "51230", "51820", "51830")
_YEONGSEO: Final = (
    *("51110", "51130", "51720", "51730", "51750", "51760"),
    *("51770", "51780", "51790", "51800", "51810"),
)
GROUPS: Final = {
    "수도권": ("11", "28", "41"),
    "경인": ("28", "41"),
    "부울경": ("26", "31", "48"),
    "동남권": ("26", "31", "48"),
    "서남권": ("29", "46"),
    "강원도 영동": _YEONGDONG,
    "강원 영동": _YEONGDONG,
    "강원도 영서": _YEONGSEO,
    "강원 영서": _YEONGSEO,
    "대경권": ("27", "47"),
    "대구경북": ("27", "47"),
    "영남": ("26", "27", "31", "47", "48"),
    "호남": ("29", "46", "52"),
    "전라도": ("29", "46", "52"),
    "경상도": ("26", "27", "31", "47", "48"),
    "충청": ("30", "36", "43", "44"),
    "충청도": ("30", "36", "43", "44"),
    "중부권": ("30", "36", "43", "44"),
    "전남광주통합특별시": ("29", "46"),
    "광주전남통합특별시": ("29", "46"),
    "광주전남": ("29", "46"),
    "seoul metropolitan area": ("11", "28", "41"),
    "capital area": ("11", "28", "41"),
    "capital region": ("11", "28", "41"),
    "greater seoul": ("11", "28", "41"),
    "honam": ("29", "46", "52"),
    "yeongnam": ("26", "27", "31", "47", "48"),
    "chungcheong": ("30", "36", "43", "44"),
    "jeolla": ("29", "46", "52"),
    "gyeongsang": ("26", "27", "31", "47", "48"),
}
"""Names that stand for several provinces. The province merged in 2026 is one of them (decision 2)."""


@dataclass(frozen=True)
class RegionTables:
    """`full`, `english` and `short` names by code; `former` codes to present ones; `provinces` by every Korean name;
    `districts` of each province by every name; names `anywhere` that only one district has; `english_names` to codes.
    """

    full: dict[str, str]
    english: dict[str, str]
    short: dict[str, str]
    former: dict[str, str]
    provinces: dict[str, str]
    districts: dict[str, dict[str, str]]
    anywhere: dict[str, str]
    english_names: dict[str, tuple[str, ...]]


@cache
def cities() -> dict[str, str]:
    """Districts of a city to the city: code to code."""
    rows = load_regions()
    cities = {(row.code[:2], row.name): row.code for row in rows if " " not in row.name}
    return {row.code: cities[row.code[:2], row.name.split()[0]] for row in rows if " " in row.name}


@cache
def region_tables() -> RegionTables:
    """The tables, made once."""
    rows = load_regions()
    provinces = {row.code: row for row in rows if len(row.code) == 2}
    province_names = {
        n: row.code for row in provinces.values() for n in (row.name, row.short, *row.aliases) if not n.isascii()
    }
    districts: dict[str, dict[str, str]] = {code: {} for code in provinces}
    english: dict[str, set[str]] = {}
    full, english_full, short = {}, {}, {}
    for row in rows:
        province = provinces[row.code[:2]]
        whole = row is province or row.code == "36110"
        full[row.code] = province.name if whole else f"{province.name} {row.name}"
        short[row.code] = province.short if whole else f"{province.short} {row.name}"
        english_full[row.code] = province.en if whole else f"{', '.join(row.en.split())}, {province.en}"
        if row is not province:
            for name in _district_names(row.name, row.aliases):
                districts[row.code[:2]].setdefault(name, row.code)
        for name in (row.en.split()[0], row.en.split()[0].rpartition("-")[0], *(a for a in row.aliases if a.isascii())):
            if len(name) > 2:
                english.setdefault(name.lower(), set()).add(row.code)
    counted: dict[str, set[str]] = {}
    for names in districts.values():
        for name, code in names.items():
            counted.setdefault(name, set()).add(code)
    anywhere = {
        n: min(codes) for n, codes in counted.items() if len(codes) == 1 and len(n) >= 2 and n not in province_names
    }
    for row in rows:  # counties that became cities, and slips of the suffix
        name = row.name
        if len(row.code) == 5 and " " not in name and len(name) > 2 and name[-1] in "시군":
            districts[row.code[:2]].setdefault(name[:-1] + ("군" if name[-1] == "시" else "시"), row.code)
    districts["47"].update({"군위군": "27720", "군위": "27720"})  # belongs to 대구 since 2023-07-01
    districts["44"].update({"연기군": "36110", "연기": "36110"})  # 세종 since 2012-07-01
    former = {old: row.code for row in rows for old in row.former_codes}
    return RegionTables(
        full,
        english_full,
        short,
        former,
        province_names,
        districts,
        anywhere,
        {name: tuple(sorted(codes)) for name, codes in english.items()},
    )


def _district_names(name: str, aliases: tuple[str, ...]) -> Iterator[str]:
    """A district's names with and without suffix and city."""
    for known in (name, *(a for a in aliases if not a.isascii())):
        yield known
        yield known.replace(" ", "")
        last = known.rpartition(" ")[2]
        yield last
        if len(last) > 2:
            yield last[:-1]
