"""Amounts of money, people and years, and whom each concerns by the cues of `cues/amounts.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.understand.amounts import SCALES_EN, Found, won
from search.understand.cues import cue_reader

_KO_WORDS: Final = "한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두 열세 열네 열다섯"
_KO: Final = {word: i for i, word in enumerate(_KO_WORDS.split(), 1)} | {"스무": 20, "서른": 30, "마흔": 40, "쉰": 50}
_EN: Final = {
    word: i
    for i, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100}
_COUNTED: Final = r"(?:{words}|\d[\d,]*)"
_MONEY_KO: Final = re.compile(
    r"(?<![\d가-힣.])(?:\d[\d,.]*\s*[~∼-]\s*)?(?P<ko>(?:\d[\d,.]*|[일이삼사오육칠팔구])?\s*(?:[조억]|[천백십]\s*(?:만(?!큼)|억)?|만(?!큼))"
    r"(?:\s*\d*\s*[천백]\s*만?)?)(?:\s*원)?(?!\s*(?:만큼|개|명|대(?!로|에)|장|번|시간|톤|평|rpm|[A-Za-z]))"
)
_MONEY_EN: Final = re.compile(
    r"(?:(?:₩|krw|won)\s*(?P<a>\d[\d,.]*)\s*(?P<s>thousand|million|billion|[kmb])?\b"
    r"|(?<![\w.])(?P<b>\d[\d,.]*)\s*(?P<t>thousand|million|billion|[kmb])?\s*(?:krw|won)\b)",
    re.I,
)
_PEOPLE: Final = re.compile(
    rf"(?<![가-힣\d])(?P<n>{_COUNTED.format(words='|'.join(sorted(_KO, key=len, reverse=True)))})"
    r"\s*(?:명|사람|인(?![가-힣]))"
    rf"|\b(?P<m>{_COUNTED.format(words='|'.join(_EN))})\s+(?:people|staff|employees|persons|workers)\b",
    re.I,
)
_YEARS: Final = re.compile(r"(?<![\d가-힣])(?P<n>\d+)\s*년")
_FILTER: Final = {"budget": "budget_krw", "staff_most": "max_employees"}
_OWN: Final = {"money": "own_money", "people": "own_employees", "years": "own_years"}


def read_quantities(text: str) -> Iterator[Found]:
    """Amounts that a cue gives to the supplier (a condition) or to the asker; an amount without a cue is left."""
    for kind, start, end, value in _amounts(text):
        end = start + len(text[start:end].rstrip())
        matches = cue_reader("budget", "staff_most", "asker_amount").matches(text, start, end, kind)
        if not matches:
            continue
        role, cue = matches[0].role, matches[0].cue
        if role == "asker_amount":
            yield Found(_OWN[kind], value, start, end, "about_asker", cue)
        else:
            yield Found(_FILTER[role], value, start, end, "condition", cue)


def _amounts(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Kind, place and value of each amount; of a range its upper end."""
    for match in _MONEY_KO.finditer(text):
        amount = won(match["ko"])
        # A thousand without a unit is said of ten thousands: `예산 3천`.
        yield "money", *match.span(), amount * 10_000 if amount < 10_000 else amount
    for match in _MONEY_EN.finditer(text):
        digits = (match["a"] or match["b"]).rstrip(".,").replace(",", "")
        if digits.count(".") < 2:
            scale = SCALES_EN.get((match["s"] or match["t"] or "").lower(), 1)
            yield "money", *match.span(), round(float(digits) * scale)
    for match in _PEOPLE.finditer(text):
        yield "people", *match.span(), _count(match["n"] or match["m"])
    for match in _YEARS.finditer(text):
        yield "years", *match.span(), int(match["n"])


def _count(word: str) -> int:
    known = _KO.get(word) or _EN.get(word.lower())
    return known or int(word.replace(",", ""))
