"""Seeded changes to records, as registers differ from one another: names respelled, places coarser or moved."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from schemas.reference import load_name_words, load_regions
from transforms.sounds import romanised

_LETTER_NAMES: Final = (
    ("w", "더블유"),
    ("h", "에이치"),
    ("f", "에프"),
    ("x", "엑스"),
    ("v", "브이"),
    ("s", "에스"),
    ("a", "에이"),
    ("j", "제이"),
    ("k", "케이"),
    ("l", "엘"),
    ("m", "엠"),
    ("n", "엔"),
    ("b", "비"),
    ("c", "씨"),
    ("d", "디"),
    ("e", "이"),
    ("g", "지"),
    ("i", "아이"),
    ("o", "오"),
    ("p", "피"),
    ("q", "큐"),
    ("r", "알"),
    ("t", "티"),
    ("y", "와이"),
)
_SYLLABLES: Final = "가나다라마바사아자차카타파하고노도로모보소오조기니디리미비시이지우주수부성진산영정동신한대경인원"
_FORMS: Final = re.compile(r"\(주\)|㈜|주식회사|\(유\)|유한회사")


@dataclass(frozen=True)
class Record:
    """What linking sees of one record; `None` where it is not given."""

    name: str
    address: str | None
    homepage: str | None
    established: str | None


Change = Callable[[Record, random.Random, "list[Record]"], Record]


def bare(name: str) -> str:
    return " ".join(_FORMS.sub(" ", name).split())


def legal_form(record: Record, chance: random.Random, _others: list[Record]) -> Record:
    name = bare(record.name)
    spelled = chance.choice(
        ("(주){}", "{}(주)", "㈜{}", "주식회사 {}", "{} 주식회사", "주식회사{}", "{}", "（주）{}", "{} Co., Ltd.")
    )
    return replace(record, name=spelled.format(name))


def spacing(record: Record, chance: random.Random, _others: list[Record]) -> Record:
    name = bare(record.name)
    if " " in name:
        return replace(record, name=name.replace(" ", "") + "(주)")
    cut = chance.randrange(1, max(len(name), 2))
    return replace(record, name=f"(주) {name[:cut]} {name[cut:]}".strip())


def full_width(record: Record, _chance: random.Random, _others: list[Record]) -> Record:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in record.name)
    return replace(record, name=wide)


def letters(record: Record, _chance: random.Random, _others: list[Record]) -> Record:
    """Letter names at the start become letters: 엘에스전선 -> LS전선."""
    name, found = bare(record.name), ""
    while match := next(((latin, hangul) for latin, hangul in _LETTER_NAMES if name.startswith(hangul)), None):
        if len(found) == 4:
            break
        found, name = found + match[0].upper(), name[len(match[1]) :]
    return replace(record, name=f"{found}{name}(주)" if len(found) >= 2 else f"{bare(record.name)} 주식회사")


def english(record: Record, chance: random.Random, _others: list[Record]) -> Record:
    """Known words in English, the rest in Latin letters: 가나시스템 -> GANA SYSTEM CO., LTD."""
    name, words = bare(record.name), []
    while name:
        known = next((h for h in _known_words() if name.startswith(h)), None)
        piece = known or name[0]
        words.append(f" {_known_words()[piece]} " if known else romanised(piece))
        name = name[len(piece) :]
    text = " ".join("".join(words).split())
    return replace(record, name=chance.choice(("{} Co., Ltd.", "{} CO.,LTD", "{} Inc.", "{}")).format(text.upper()))


def typo(record: Record, chance: random.Random, _others: list[Record]) -> Record:
    name = list(bare(record.name))
    at = chance.randrange(len(name))
    kind = chance.randrange(3)
    if kind == 0 and len(name) > 2:
        del name[at]
    elif kind == 1 and len(name) > 2:
        at = min(at, len(name) - 2)
        name[at], name[at + 1] = name[at + 1], name[at]
    else:
        name[at] = chance.choice(_SYLLABLES)
    return replace(record, name="(주)" + "".join(name))


def shortened(record: Record, _chance: random.Random, _others: list[Record]) -> Record:
    name = bare(record.name)
    cut = re.sub(
        r"(홀딩스|코퍼레이션|인터내셔널|테크놀로지|시스템즈?|엔지니어링|머티리얼즈|네트웍스|솔루션즈?|바이오|산업|전자)$",
        "",
        name,
    )
    return replace(record, name=f"(주){cut}" if len(cut) >= 2 else record.name)


def former_name(record: Record, chance: random.Random, others: list[Record]) -> Record:
    """Renamed, the former name in brackets."""
    return replace(
        record,
        name=f"{renamed(record, chance, others).name}(구 {bare(record.name)})",
    )


def renamed(record: Record, chance: random.Random, others: list[Record]) -> Record:
    """Renamed, and nothing in the name tells."""
    return replace(record, name=f"(주){bare(chance.choice(others).name)[:2]}{bare(chance.choice(others).name)[-3:]}")


def branch(record: Record, chance: random.Random, _others: list[Record]) -> Record:
    return replace(record, name=record.name + chance.choice((" 본사", " 서울지점", " 제2공장", "(본점)", " 부산지사")))


def as_is(record: Record, _chance: random.Random, _others: list[Record]) -> Record:
    return record


def to_district(record: Record, _chance: random.Random, _others: list[Record]) -> Record:
    return replace(record, address=" ".join((record.address or "").split()[:2]) or None)


def to_province(record: Record, _chance: random.Random, _others: list[Record]) -> Record:
    return replace(record, address=" ".join((record.address or "").split()[:1]) or None)


def other_spelling(record: Record, chance: random.Random, _others: list[Record]) -> Record:
    """The province by another of its names, former ones among them."""
    address = record.address or ""
    for row in load_regions():
        if len(row.code) == 2 and address.startswith(row.name):
            name = chance.choice([row.short, *(a for a in row.aliases if not a.isascii())])
            return replace(record, address=name + address[len(row.name) :])
    return record


def without_place(record: Record, _chance: random.Random, _others: list[Record]) -> Record:
    return replace(record, address=None)


def moved(record: Record, chance: random.Random, others: list[Record]) -> Record:
    return replace(record, address=chance.choice(others).address)


NAME_CHANGES: Final[dict[str, tuple[Change, float]]] = {
    "as is": (as_is, 0.2),
    "legal form": (legal_form, 0.28),
    "spacing": (spacing, 0.1),
    "full width": (full_width, 0.03),
    "letters": (letters, 0.08),
    "branch": (branch, 0.04),
    "typo": (typo, 0.08),
    "shortened": (shortened, 0.06),
    "former name": (former_name, 0.03),
    "english": (english, 0.06),
    "renamed": (renamed, 0.04),
}
"""Changes to names and how often each is made."""

PLACE_CHANGES: Final[dict[str, tuple[Change, float]]] = {
    "as is": (as_is, 0.35),
    "other spelling": (other_spelling, 0.15),
    "district": (to_district, 0.22),
    "province": (to_province, 0.2),
    "moved": (moved, 0.06),
    "missing": (without_place, 0.02),
}
_KEPT: Final = {"homepage": 0.7, "established": 0.5}


def corrupted(record: Record, chance: random.Random, others: list[Record]) -> tuple[Record, str, str]:
    """A copy of a record as another register might have it, with the names of the two changes made."""
    name_kind = chance.choices(list(NAME_CHANGES), [share for _, share in NAME_CHANGES.values()])[0]
    place_kind = chance.choices(list(PLACE_CHANGES), [share for _, share in PLACE_CHANGES.values()])[0]
    changed = NAME_CHANGES[name_kind][0](record, chance, others)
    changed = PLACE_CHANGES[place_kind][0](changed, chance, others)
    homepage = changed.homepage if chance.random() < _KEPT["homepage"] else None
    established = changed.established if chance.random() < _KEPT["established"] else None
    return replace(changed, homepage=homepage, established=established), name_kind, place_kind


@cache
def _known_words() -> dict[str, str]:
    """Hangul words that have an English one, longest first."""
    words = {hangul: latin for latin, hangul in load_name_words().items() if len(hangul) >= 2}
    return dict(sorted(words.items(), key=lambda item: (-len(item[0]), item[0])))
