"""Amounts that a need states: money, years in business, people, dates. Each with the words that state it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from search.query import Role


@dataclass(frozen=True)
class Found:
    """A constraint read from [start, end) of a text: `name` is a filter's, `value` one value of it.

    Only what has the role `condition` filters; where it is `soft`, it orders the hits and filters nothing. `because` is
    the id of the cue that decided.
    """

    name: str
    value: Any
    start: int
    end: int
    role: Role = "condition"
    because: str = ""
    soft: bool = False


def read_amounts(text: str) -> Iterator[Found]:
    """Budget, deadline, age and people in either language; only where the words say that it is a bound."""
    yield from _budget(text)
    yield from _bounds(text, _YEARS, "years")
    yield from _bounds(text, _PEOPLE, "employees")
    yield from _deadline(text)


# --- money -----------------------------------------------------------------------------------------------

_DIGITS: Final = r"\d[\d,]*(?:\.\d+)?"
_HANGUL_UNITS: Final = {"조": 10**12, "억": 10**8, "만": 10**4, "천": 1_000, "백": 100, "십": 10}
_HANGUL_DIGITS: Final = {c: i for i, c in enumerate("영일이삼사오육칠팔구")}
_WON: Final = (
    rf"(?:{_DIGITS}\s*(?:천|백)?\s*억(?:\s*(?:{_DIGITS}\s*)?[천백]?\s*만?)?|{_DIGITS}\s*[천백십]?\s*만|[일이삼사오육칠팔구]?[천백]만"
    rf"|[일이삼사오육칠팔구]억(?:\s*[일이삼사오육칠팔구]?천만?)?)(?:\s*원)?|₩\s*{_DIGITS}|{_DIGITS}\s*원"
)
_BUDGET_KO: Final = re.compile(
    rf"(?:예산|사업비|투자비|도입비용?)[^.,?!\d]{{0,12}}?(?:{_DIGITS}\s*(?:억|천만?|백만?|만)?\s*원?\s*[~∼-]\s*)?(?P<a>{_WON})"
    r"\s*(?:원|이내|이하|미만|정도|안팎|내외|선|한도|까지)*"
    rf"|(?P<b>{_WON})\s*(?:(?:이내|이하|미만|안쪽|안에서|안으로|내에서|내로|한도|언더|밑으로)|을?\s*(?:안\s*)?넘지\s*않|"
    r"까지(?:만|는)?\s*(?:가능|쓸|투자|예산|생각|됩)|(?:정도|선)\s*(?:예산|으로\s*(?:생각|가능|잡)|에서\s*(?:생각|가능|해결)|"
    r"(?:까지\s*)?(?:생각|쓸|투자|잡고|들일)))"
)
SCALES_EN: Final = {
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mil": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
}
_SCALE_EN: Final = r"(?:thousand|million|billion|mn|bn|mil|[kmb])?"
_BUDGET_EN: Final = re.compile(
    r"\b(?:budget|under|below|within|less than|no more than|not more than|not exceed(?:ing)?|up to|"
    r"max(?:imum)?|at most|spend|cap(?:ped)?)"
    rf"\b[^.?!\d₩]{{0,24}}?(?:(?P<cur>krw|₩|won)\s*)?(?:{_DIGITS}\s*{_SCALE_EN}\s*(?:-|–|~|to)\s*)?(?P<n>{_DIGITS})\s*(?P<s>{_SCALE_EN})\b\s*(?P<won>krw|won)?"
    rf"|(?P<cur2>krw|₩)\s*(?P<n2>{_DIGITS})\s*(?P<s2>{_SCALE_EN})\s+(?:budget|max(?:imum)?|or less|at most)\b",
    re.I,
)


def _budget(text: str) -> Iterator[Found]:
    for match in _BUDGET_KO.finditer(text):
        amount = won(match["a"] or match["b"])
        if amount >= 10_000:
            yield Found("budget_krw", amount, *match.span())
    for match in _BUDGET_EN.finditer(text):
        if match["cur"] or match["won"] or match["cur2"]:
            number, unit = match["n"] or match["n2"], match["s"] or match["s2"] or ""
            amount = round(float(number.replace(",", "")) * SCALES_EN.get(unit.lower(), 1))
            yield Found("budget_krw", amount, *match.span())


def won(words: str) -> int:
    """`1억 5천만원`, `5,000만`, `삼천만원`, `3억5천` as won. Zero for words without an amount."""
    words = re.sub(r"[\s,원₩]", "", words)
    total, section, number = 0.0, 0.0, ""
    last_large = 1
    for character in words:
        if character.isdigit() or character == ".":
            number += character
        elif character in _HANGUL_DIGITS:
            number = str(_HANGUL_DIGITS[character])
        elif character in "천백십":
            section += float(number or 1) * _HANGUL_UNITS[character]
            number = ""
        elif character in "조억만":
            last_large = _HANGUL_UNITS[character]
            total += (section + float(number or (0 if section else 1))) * last_large
            section, number = 0.0, ""
    rest = section + float(number or 0)
    # What follows an 억 without a unit of its own is said in ten thousands: 1억5천.
    return round(total + rest * (10_000 if last_large == 10**8 and rest else 1))


# --- years in business, people ---------------------------------------------------------------------------

_NO_FIRM: Final = r"설비|기계|장비|선반|프레스|공장|라인|시스템|로봇|건물|금형|모터|펌프|제품|기록|자료|데이터"
_FIRM: Final = r"(?:업체|회사|기업|공급사|벤더|업력|곳|데|법인)"
_YEARS: Final = re.compile(
    rf"(?:업력|설립(?:한\s*지|된\s*지|\s*후)?|창업(?:한\s*지|\s*후)?|경력|"
    rf"연혁)[^.,?!\d]{{0,8}}(?P<n1>\d+)\s*년\s*(?:차\s*)?(?P<d1>이상|넘|이하|이내|미만|안)"
    rf"|(?P<n2>\d+)\s*년\s*(?P<d2>이상|넘게|넘은|넘는)\s*(?:된|운영한|영업한|업력(?:의|을|이)?|경력(?:의|을|이)?|해\s*온|"
    rf"한)?(?=\s*(?:(?!{_NO_FIRM})[가-힣A-Za-z]{{1,8}}\s*){{0,3}}?{_FIRM})"
    r"|(?P<d3>at least|over|more than|minimum(?: of)?|min\.?|under|less than|no more than|within|"
    r"up to)\s+(?P<n3>\d+)\s*\+?\s*years?"
    r"(?:'|\s)*\s*(?:in (?:business|operation|the (?:business|market|industry))|old|of (?:experience|"
    r"operation|history)|experience|since founding|track record)"
    r"|(?P<n4>\d+)\s*(?P<d4>\+)\s*years?\s*(?:in (?:business|operation)|of (?:experience|operation)|experience|old)"
    r"|(?P<n5>\d+)\s*(?:or (?P<d5>more)|(?P<d5b>plus))\s*years?\s*(?:in (?:business|operation)|"
    r"of (?:experience|operation)|experience|old)"
    r"|in business (?:for )?(?P<d6>at least|over|more than)\s+(?P<n6>\d+)\s*years?"
    r"|(?:founded|established|set up|started) (?P<d7>within|in|less than) (?:the )?(?:last |past )?"
    r"(?P<n7>\d+)\s*years?(?: ago)?"
    r"|\b(?:company|firm|supplier|vendor|integrator)s? (?:that is |which is )?(?P<d9>older than|over)\s+"
    r"(?P<n9>\d+)\s*years?"
    rf"|(?P<d8>최소|적어도)\s*(?P<n8>\d+)\s*년(?:은|이상|은\s*넘게)?\s*(?:된|한|운영한|영업한|업력)[^.,?!]{{0,6}}{_FIRM}",
    re.I,
)
_PEOPLE: Final = re.compile(
    rf"(?:직원|종업원|임직원|인력|사원|인원|엔지니어)(?:이|은|수|가|\s)*\s*(?P<n1>\d+)\s*(?:명|인)\s*(?P<d1>이상|넘는|이하|이내|미만)"
    rf"(?:(?=(?:인|의|되는)?[^.,?!]{{0,8}}{_FIRM})|\s*$|\s*[,.]|이면|이어야|으로)"
    rf"|(?P<n2>\d+)\s*(?:명|인)\s*(?P<d2>이상|넘는|이하|미만)(?:인|의|되는|\s)*\s*(?:규모(?:의)?\s*)?{_FIRM}"
    r"|(?P<d3>at least|over|more than|minimum(?: of)?|under|fewer than|less than|no more than|"
    r"up to)\s+(?P<n3>\d+)\s*\+?\s*(?:employees|staff|people on staff|engineers|workers)"
    r"|(?:직원|인원|인력|사람)[^.?!\d]{0,20}(?P<d6>최소|적어도)\s*(?P<n6>\d+)\s*명"
    r"|(?P<n4>\d+)\s*(?P<d4>\+)\s*(?:employees|staff|engineers)"
    r"|(?P<n5>\d+)\s*or\s*(?P<d5>more|fewer|less)\s*(?:employees|staff|engineers)",
    re.I,
)
_AT_MOST: Final = re.compile(r"이하|이내|미만|안|under|less|fewer|no more|within|up to|^in$", re.I)
_ASKER_BEFORE: Final = re.compile(
    r"(?:우리|저희|당사|자사)[^.,?!]{0,25}$|(?:\bwe(?:'re| are| have| employ| run)|\bour\b|\bwith our)[^.,?!]{0,25}$",
    re.I,
)


def _bounds(text: str, pattern: re.Pattern[str], what: str) -> Iterator[Found]:
    for match in pattern.finditer(text):
        if _ASKER_BEFORE.search(text[: match.start()]):
            continue
        groups = match.groupdict()
        number = next(value for key, value in groups.items() if key.startswith("n") and value)
        words = next(value for key, value in groups.items() if key.startswith("d") and value)
        yield Found(f"{'max' if _AT_MOST.search(words) else 'min'}_{what}", int(number), *match.span())


# --- deadlines -------------------------------------------------------------------------------------------

_WANTED_KO: Final = (
    r"[^.?!]{0,18}(?:설치|납품|도입|구축|완료|완공|가동|끝내|끝나|마무리|셋업|세팅|적용|해결|가능|해야|"
    r"하고\s*싶|되는|됩니|시작|오픈|공급|투입|납기)"
)
_WHEN_KO: Final = (
    r"(?:(?:(?:내년|올)\s*(?:봄|여름|가을|겨울)|올해|금년|내년|이번\s*달|이달|다음\s*달|다음달|내달|다음\s*주|이번\s*주|상반기|하반기|연내|연말|연초|월말|추석|설날|설|여름\s*휴가|여름|겨울|봄|가을|이번\s*분기|다음\s*분기|"
    r"\d{4}\s*년|\d{2}\s*년(?=\s*(?:\d{1,2}\s*월|상반기|하반기|\d\s*분기|말))|\d{1,2}\s*월|\d{1,2}\s*일|\d\s*/?\s*4?\s*분기)\s*(?:\d{1,2}\s*월|\d{1,2}\s*일|상반기|하반기|"
    r"\d\s*분기)?\s*(?:말|초|중순|중)?)"
)
_UNTIL_KO: Final = r"(?:까지|전까지|전에|이전에?|내로|안에|안으로|이내에?|내에|내(?=\s))"
_SPAN_KO: Final = r"(?:\d+|한|두|세|네|석|넉|일|이|삼|사)\s*(?:개월|달|주일?|일|년)\s*(?:안에|이내에?|내에|내로|안으로)"
_DEADLINE_KO: Final = re.compile(
    rf"(?<![가-힣])(?<!지난 )(?<!작년 ){_WHEN_KO}\s*{_UNTIL_KO}(?!도(?:\s|$)|\s*만\s*해도){_WANTED_KO}"
    rf"|{_SPAN_KO}{_WANTED_KO}"
    rf"|(?:납기|기한|일정|마감|완료일)[^.,?!\d]{{0,8}}?(?:{_WHEN_KO}\s*{_UNTIL_KO}?|{_SPAN_KO})"
    rf"|(?<![가-힣]){_WHEN_KO}(?:에|에는)?\s*(?:가동|도입|설치|구축|오픈|완료|준공)\s*(?:목표|예정|희망|계획)"
    rf"|(?<![가-힣])(?:{_WHEN_KO}\s*(?:안에|안으로|까지|이내|내로|전까지)|{_SPAN_KO})\s*(?=$|[,.!])"
    r"|(?<![가-힣])연내(?:에|로)?(?=\s|$)"
)
_DEADLINE_WORDS_KO: Final = re.compile(rf"{_SPAN_KO}|연내(?:에|로)?|{_WHEN_KO}\s*{_UNTIL_KO}?")
_MONTH_EN: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DEADLINE_EN: Final = re.compile(
    rf"(?<!founded )(?<!established )(?<!started )(?<!built )\b(?:by|before|until|no later than)\s+(?:the\s+)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?:end\s+of\s+|early\s+|mid[- ]?|late\s+|start\s+of\s+|"
    rf"beginning\s+of\s+)?(?:the\s+|this\s+|next\s+)?"
    rf"(?:{_MONTH_EN}(?:\s+\d{{1,4}})?|(?<!by )(?<!by the )(?:year|month|week|quarter)|"
    rf"q[1-4](?:\s+\d{{4}})?|year[- ]?end|summer|"
    rf"winter|spring|autumn|fall|christmas|20\d\d)\b"
    r"|\b(?:delivered|installed|running|live|finished|done|completed?|started?|set up|deployed|"
    r"implemented|lead time|deadline|go[- ]live|ready|in place|operational|needed|need it|want it|"
    r"delivery|installation|install|deliver)\b[^.?!]{0,30}?\b(?P<w>(?:with)?in\s+(?:\d+|one|two|three|"
    r"four|five|six|a)\s+(?:days?|weeks?|months?|year))\b"
    r"|\b(?P<v>within\s+(?:the\s+next\s+)?(?:\d+|one|two|three|four|five|six|a)\s+(?:days?|weeks?|months?))\b(?!\s+(?:of|after|"
    r"they|it|the))",
    re.I,
)


def _deadline(text: str) -> Iterator[Found]:
    for match in _DEADLINE_KO.finditer(text):
        stated = _DEADLINE_WORDS_KO.search(match.group())
        if stated:
            start = match.start() + stated.start()
            yield Found("deadline", stated.group().strip(), start, start + len(stated.group()))
    for match in _DEADLINE_EN.finditer(text):
        part = next((name for name in ("w", "v") if match[name]), 0)
        yield Found("deadline", match[part], *match.span(part))
