"""Places of Korea: from an address to the code of its district, from a sentence to the regions it names.

Canonical is the present code (schemas/reference/regions.csv); former codes and names lead there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import polars as pl

from transforms.complexes import find_complexes
from transforms.region_tables import GROUPS, cities, region_tables

_MERGED: Final = re.compile(r"^(전남광주|광주전남)(통합)?특별시")
_NOISE: Final = re.compile(
    r"^(?:\s|[(\[<]?우?\s?\)?\d{3}-?\d{2,3}[)\]>]?|[(\[<][^)\]>]{0,12}[)\]>]|대한민국|한국|본사|본점|주소|소재지|[:：,.\-])+"
)
_HEAD: Final = 80
_FIRST_WORDS: Final = r"^\s*((?:[(\[<]?우?\s?\d[\d\-]*[)\]>]?\s*|대한민국\s*)?[가-힣]\S*(?:\s+\S+){0,2})"
_END: Final = (
    r"(?=$|[^가-힣]|(?:에서?|의|은|는|이나?|이?랑|하고|이?든|인데|[인서](?![가-힣])|가|을|를|와|과|으?로|도|만|나|쪽|권|내|산|발|까지|부터|공장|지역|지방|근처|인근|근방|"
    r"소재|업체|기업|회사|본사|지사|사업장|현장|산단|국가산단|공단)(?![가-힣]{3}))"
)


@dataclass(frozen=True)
class Place:
    """A region named in a text: [start, end) of the words that name it."""

    code: str
    start: int
    end: int


def region_code(address: pl.Expr) -> pl.Expr:
    """Code of the district (5 digits) that an address begins with, else of its province (2 digits), else null.

    Understands every generation and spelling of the names, addresses without a province where the district's
    name is unique, addresses in English, and codes (2, 5 or 10 digits).
    """
    return address.map_batches(_codes_of, return_dtype=pl.String)


def public_address(address: pl.Expr) -> pl.Expr:
    """Province and city or district of an address and nothing more; null where no place is recognised."""
    return region_name(region_code(address), "ko")


def region_name(code: pl.Expr, language: str) -> pl.Expr:
    """Full name of a region: `경기도 성남시 분당구`, in English `Bundang-gu, Seongnam-si, Gyeonggi`."""
    tables = region_tables()
    names = tables.full if language == "ko" else tables.english
    return code.replace_strict(names, default=None, return_dtype=pl.String)


def province_code(code: pl.Expr) -> pl.Expr:
    return code.str.slice(0, 2)


def city_code(code: pl.Expr) -> pl.Expr:
    """Code of the city that a district belongs to (수원시 of 수원시 장안구), else the code as it is."""
    return code.replace(cities())


def covered_codes(code: str) -> list[str]:
    """A city's or district's own code and those of its districts (41110 covers 41111, 41113 ...)."""
    return [code, *sorted(district for district, city in cities().items() if city == code)]


def short_region(code: str | None, language: str) -> str | None:
    """A region as one says it: `경기 성남시 분당구`, `Gyeonggi`; null for no or an unknown code."""
    if code is None:
        return None
    tables = region_tables()
    return (tables.short if language == "ko" else tables.english).get(code)


def is_region_code(text: str) -> bool:
    """Whether the text is a canonical code of 2 or 5 digits."""
    return text in region_tables().full


def find_regions(text: str) -> list[Place]:
    """Regions that a text names, in its order; a group such as 부울경 gives each of its provinces.

    A district follows its province (`경남 창원`) or has a name that no other word and place shares
    (`창원`, `수원시`); a lone former code gives the present one. An industrial complex gives the cities it lies in.
    """
    bare = text.strip()
    if bare.isdigit() and (code := _present_code(bare)):
        return [Place(code, 0, len(text))]
    complexes = list(find_complexes(text))
    places = [Place(code, start, end) for start, end, codes in complexes for code in codes]
    for match in _finder().finditer(text):
        if any(match.start() < end and start < match.end() for start, end, _ in complexes):
            continue
        other = _OTHER_SENSE.get(match.group())
        if not (other and other.match(text, match.end())):
            places += _places(match)
    return sorted(places, key=lambda place: place.start)


@lru_cache(maxsize=200_000)
def code_of(address: str) -> str | None:
    """`region_code` of one address."""
    text = _NOISE.sub("", address.strip())
    if not text:
        return _present_code(address.strip())
    if text[0].isdigit() and text.isdigit():
        return _present_code(text)
    if merged := _MERGED.match(text):
        return _in_merged(text[merged.end() :].lstrip())
    for start in _word_starts(text):
        for name, province in _longest(region_tables().provinces, text, start):
            rest = text[start + len(name) :]
            district = _district(province, rest.lstrip(" ,"))
            if district or not re.match(r"[가-힣]", rest):
                return _gwangju(name, province, district, rest) if name.startswith("광주") else district or province
    return _anywhere(text) or _english(text)


def _codes_of(addresses: pl.Series) -> pl.Series:
    # Province, city and district stand in the first three words of an address in Korean: few distinct ones.
    whole = addresses.cast(pl.String).str.slice(0, _HEAD)
    heads = whole.str.extract(_FIRST_WORDS).fill_null(whole)
    distinct = heads.unique().drop_nulls()
    codes = {head: code_of(head) for head in distinct.to_list()}
    return heads.replace_strict(codes, default=None, return_dtype=pl.String)


def _present_code(digits: str) -> str | None:
    tables = region_tables()
    for length in (5, 2):
        part = digits[:length]
        if len(digits) in (2, 5, 10) and len(part) == length:
            found = part if part in tables.full else tables.former.get(part)
            if found:
                return found
    return None


def _word_starts(text: str) -> Iterator[int]:
    yield 0
    for match in re.finditer(r"(?<=[\s,(:])[가-힣]", text):
        yield match.start()


def _longest(names: dict[str, str], text: str, start: int = 0) -> Iterator[tuple[str, str]]:
    """Names that the text has at `start`, longest first."""
    for length in range(min(12, len(text) - start), 1, -1):
        name = text[start : start + length]
        if name in names:
            yield name, names[name]


def _district(province: str, rest: str) -> str | None:
    """The district of a province that `rest` begins with; its suffix may be missing before a blank."""
    if province == "36":
        return "36110"
    for name, code in _longest(region_tables().districts[province], rest):
        tail = rest[len(name) :]
        complete = name[-1] in "시군구"
        if complete or not re.match(r"[가-힣\d]", tail):
            inner = _district(province, tail.lstrip()) if code in cities().values() else None
            return inner if inner and cities().get(inner) == code else code
    return None


def _gwangju(name: str, province: str, district: str | None, rest: str) -> str:
    """광주 is a metropolitan city and a city of 경기; towns (읍, 면) and 경기's quarters decide for the latter."""
    if (
        district is None
        and name in ("광주시", "광주")
        and re.match(r"\s*[가-힣]+(읍|면)(?![가-힣])|\s*(경안|송정|쌍령|탄벌|태전|역|목현|삼동)", rest)
    ):
        return "41610"
    return district or province


def _in_merged(rest: str) -> str | None:
    for province in ("29", "46"):
        if code := _district(province, rest):
            return code
    return None


def _anywhere(text: str) -> str | None:
    for start in _word_starts(text):
        for name, code in _longest(region_tables().anywhere, text, start):
            tail = text[start + len(name) :]
            if not re.match(r"[가-힣]", tail) or (name[-1] in "시군" and code):
                inner = _district(code[:2], text[start:])
                return inner or code
    return None


def _english(text: str) -> str | None:
    """The most exact region that agrees with the provinces an English address names."""
    if not re.search(r"[A-Za-z]{3}", text):
        return None
    words = re.findall(r"[a-z]+(?:-[a-z]+)?", text.lower().replace("'", ""))
    names = region_tables().english_names
    hits = {
        code
        for size in (1, 2)
        for i in range(len(words) - size + 1)
        for code in names.get(" ".join(words[i : i + size]), ())
    }
    provinces = {code for code in hits if len(code) == 2}
    inside = {code for code in hits if len(code) == 5 and (not provinces or code[:2] in provinces)}
    if not inside:
        return min(provinces) if len(provinces) == 1 else None
    exact = {code for code in inside if not any(cities().get(other) == code for other in inside if other != code)}
    nested = {code for code in exact if cities().get(code) in inside}
    chosen = nested or exact
    return min(chosen) if len(chosen) == 1 else (min(provinces) if len(provinces) == 1 else None)


def _places(match: re.Match[str]) -> list[Place]:
    start, end, name = match.start(), match.end(), match.group(0)
    folded = " ".join(name.lower().split())
    if folded.replace("·", "").replace("/", "") in GROUPS:
        return [Place(code, start, end) for code in GROUPS[folded.replace("·", "").replace("/", "")]]
    namesakes = [code for code in region_tables().english_names.get(folded, ()) if len(code) == 2]
    code = namesakes[0] if len(namesakes) == 1 else code_of(name)
    return [Place(code, start, end)] if code else []


@cache
def _finder() -> re.Pattern[str]:
    """Groups, provinces with an optional district behind them, districts of unique name; Korean and English."""
    tables = region_tables()
    district = "|".join(sorted({name for names in tables.districts.values() for name in names}, key=_by_length))
    province = "|".join(sorted(tables.provinces, key=_by_length))
    lone = "|".join(sorted((n for n in tables.anywhere if n not in _ALSO_WORDS), key=_by_length))
    korean_groups = "|".join(sorted((n for n in GROUPS if not n.isascii()), key=_by_length))
    english = "|".join(
        re.escape(n) for n in sorted({*(n for n in GROUPS if n.isascii()), *_spoken_english()}, key=_by_length)
    )
    return re.compile(
        rf"(?<![가-힣])(?:{korean_groups}|광주·전남|대구·경북|부산·울산·경남|부[·/]울[·/]경)|"
        rf"(?<![가-힣])(?:{province})(?:\s?(?:{district}){_END}|{_END})|"
        rf"(?<![가-힣])(?:{lone})(?:\s(?:{district}){_END})?{_END}|"
        rf"(?<![가-힣])(?:{'|'.join(_CITIES_IN_CONTEXT)})(?=(?:에\s*있는|에서\s*가까운|\s*(?:소재|근처|인근|근방|부근|쪽|업체|회사)))|"
        rf"(?<![A-Za-z])(?:(?i:{_GWANGJU}|{english})|{'|'.join(_CAPITALISED)})(?![A-Za-z])"
    )


_OTHER_SENSE: Final = {
    "고양": re.compile("이"),
    "사천": re.compile(r"\s*(?:만|원|개|명|장)"),
    "분당": re.compile(
        r"\s*(?:약|최대|평균|최소)?\s*(?:\d|몇|수[십백천]|[일이삼사오육칠팔구십백천만한두세네]+\s*(?:개|장|회|병|통|번|대|미터|원))"
    ),
}
"""What else a name says by what follows: `분당 200장` counts by the minute, `분당 업체` is in Seongnam."""
_ALSO_WORDS: Final = frozenset(
    {
        "사상",
        "기장",
        "연수",
        "수정",
        "중원",
        "동안",
        "이천",
        "구리",
        "인제",
        "고성",
        "정선",
        "부여",
        "무안",
        "장수",
        "안성",
        "화성",
        "보성",
        "영광",
        "강진",
        "상주",
        "경산",
        "청도",
        "남해",
        "동해",
        "진도",
        "완도",
        "보은",
        "단양",
        "양산",
        "하동",
        "상록",
        "단원",
        "수지",
        "소사",
        "오정",
        "만세",
        "효행",
        "성산",
        "장안",
        "서원",
        "남구",
        "예산",
        "금정",
        "동래",
        "사하",
        "연제",
        "수영",
        "동남",
        "서북",
        "상당",
        "청원",
        "남동",
        "강화",
        "유성",
        "대덕",
        "광산",
        "동작",
        "음성",
        "달성",
        "권선",
        "영양",
        "수성",
    }
)
"""District names that are words as well; in free text they count with their suffix or behind their province."""


_GWANGJU: Final = r"gyeonggi(?:-do)?,?\s+gwangju|gwangju(?:-si)?,?\s+gyeonggi(?:-do)?"
"""The city of Gyeonggi, not the metropolis of its name."""
_CITIES_IN_CONTEXT: Final = ("양산", "이천", "안성", "화성", "경산", "상주", "남해", "유성", "대덕", "강화", "하동")
"""Cities whose names are words as well; what follows them says that a place is meant: `양산 쪽 업체`."""
_CAPITALISED: Final = ("Asan", "Osan", "Guri", "Inje", "Imsil", "Jindo", "Wando")
"""Short English names that count only as they are written in a sentence: with a capital."""


def _spoken_english() -> set[str]:
    """English names that in free text can only be the place; of a province and its city of one name, the province."""
    too_short = {"jung", "seo", "dong", "nam", "buk", "saha", *(name.lower() for name in _CAPITALISED)}
    return {
        name
        for name, codes in region_tables().english_names.items()
        if (len(codes) == 1 or sum(len(code) == 2 for code in codes) == 1) and name not in too_short
    }


def _by_length(name: str) -> tuple[int, str]:
    return (-len(name), name)
