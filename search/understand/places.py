"""Regions that a need names, and what each is to the buyer: where the firm sits, where it must come, or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.understand.amounts import Found
from transforms.regions import Place, find_regions

_NOT_AFTER: Final = re.compile(
    r"^\s*(?:지역|쪽|권|시|도|소재|업체|회사|기업|\s)*(?:은|는|이|가|을|를)?\s*"
    r"(?:말고|빼고|제외|외\s*(?:지역|의|에|다른)|이외|아닌|안\s*되|안\s*됨|너무\s*멀|사절)"
)
_EITHER_WAY: Final = re.compile(
    r"^\s*(?:지역|쪽|권|시|도|소재|업체|회사|기업|가|이|\s)*(?:아니어도|아니라도|아니여도|아녀도|안\s*(?:이어도|가까워도)|여도\s*상관|이?든\s*(?:상관|어디))"
)
"""A place that need not be: `대구 아니어도 됩니다`."""
_SEAT_BEFORE: Final = re.compile(
    r"(?:본사|본점|본거지)(?:가|는|은|이)?\s*$|\bhead(?:quarters|quartered| office)\s+(?:is\s+)?(?:in\s+)?$", re.I
)
_NOT_BEFORE: Final = re.compile(
    r"\b(?:not(?: in| from| based in)?|outside(?: of)?|except(?: for)?|excluding|anywhere (?:but|except)|other than|"
    r"no one from)\s+(?:the\s+)?$",
    re.I,
)
_SERVICE_AFTER: Final = re.compile(
    r"^(?:(?!업체|회사|기업|공급사|벤더)[^.,?!]){0,16}?"
    r"(?:출장|방문|와서|와\s?줄|와\s?주|오실|올\s?수|오는\s?(?:업체|회사|곳|분)|"
    r"(?:(?<![A-Za-z])A/?S(?![A-Za-z])|에이에스|설치|시공|대응|출동|서비스|지원|납품)"
    r"[^.,?!]{0,6}?(?:가능|되는|해\s?주|해\s?줄|할\s?수|수\s?있|와\s?주|와\s?줄))",
    re.I,
)
_SERVICE_BEFORE: Final = re.compile(
    r"\b(?:visit(?:s|ing)?|come (?:out )?to|travel(?:s|ling|ing)? to|serv(?:e|es|ing|ice in)|cover(?:s|"
    r"ing)?|on-?site (?:support |service )?(?:in|at)|"
    r"(?:install|support|service|deliver)(?:ed|s|ation)? (?:\w+ )?(?:in|to|at|on))\s+(?:our (?:plant|"
    r"factory|site) in\s+)?(?:the\s+)?$",
    re.I,
)
_SUPPLIER: Final = r"업체|회사|기업|공급사|공급업체|벤더|전문가|곳|데(?=[\s로서,.?]|$)|사람|팀|본사|SI\b"
_ASKER_SITE: Final = (
    r"공장|사업장|현장|라인|제조사|제조업체|만드는데|만들고|하는데|하고\s*있|운영|생산하|가공하|공단|산단|"
    r"농장|양식장|물류센터|창고"
)
_ASKER_AFTER: Final = re.compile(rf"^(?:(?!{_SUPPLIER})[^,.?!]){{0,18}}?(?:{_ASKER_SITE})")
_NEAR_AFTER: Final = re.compile(
    r"^\s*(?:국가)?(?:산단|공단|산업단지)\s*(?:근처|인근|주변|부근|쪽)|"
    r"^\s*(?:시|도|쪽|지역|권|,|·|\s)*(?:근처|인근|주변|부근|가까운|근방|근교|쪽|지역|권|업체|회사|기업|소재(?!\s*(?:공장|제조))|본사)"
)
_ASKER_BEFORE: Final = re.compile(
    r"(?:우리|저희|당사|자사)[^,.?!]{0,8}$"
    r"|\b(?:our|my|the|a|an|this)\s+(?:(?!supplier|vendor|company|firm|integrator|partner|"
    r"provider)[\w'-]+\s+){0,5}?"
    r"(?:plant|factory|site|shop|mill|line|workshop|facility|works|foundry|warehouse|bakery|brewery|"
    r"maker|manufacturer|yard)\s+"
    r"(?:is\s+)?(?:located\s+)?(?:here\s+)?(?:in|near|at|outside)\s+$"
    r"|\bwe(?:'re| are)\s+(?:(?:a|an)\s+[\w' -]{2,40}?\s+)?(?:based |located |here )?(?:in|near|"
    r"from)\s+$|\b(?:our|my)\s+$",
    re.I,
)
_SITE_AFTER_EN: Final = re.compile(
    r"^\s+(?:[\w-]+\s+){0,2}?(?:plant|factory|site|shop|mill|workshop|facility|works|foundry|warehouse)\b",
    re.I,
)
_LOCAL: Final = re.compile(
    r"근처|가까운|인근|주변|근방|이\s?지역|우리\s?지역|지역\s?업체|\bnearby\b|\bnear (?:us|here|me|our|by)\b|"
    r"\blocal (?:\w+ )?(?:vendor|supplier|compan|firm|integrator|partner|provider|business)|"
    r"\bclose (?:by\b|to us)|\bin the area\b|same (?:city|region|area)",
    re.I,
)


def read_places(text: str) -> Iterator[Found]:
    """Regions as constraints. Where the asker's own works are is none, unless somebody near is asked for."""
    spans: dict[tuple[int, int], list[Place]] = {}
    for place in find_regions(text):
        spans.setdefault((place.start, place.end), []).append(place)
    kinds = {span: _kind(text, *span) for span in spans}
    if "region" not in kinds.values() and _LOCAL.search(_outside(text, spans)):
        kinds = {span: "region" if kind == "asker" else kind for span, kind in kinds.items()}
    for (start, end), places in spans.items():
        if kinds[start, end] != "asker":
            yield from (Found(kinds[start, end], place.code, start, end) for place in places)


def _kind(text: str, start: int, end: int) -> str:
    before, after = text[max(start - 70, 0) : start], text[end : end + 40]
    if _EITHER_WAY.search(after):
        return "asker"
    if _SEAT_BEFORE.search(before):
        return "region"
    if _NOT_AFTER.search(after) or _NOT_BEFORE.search(before):
        return "not_region"
    if _SERVICE_BEFORE.search(before):
        return "service_area"
    if _ASKER_BEFORE.search(before) or _SITE_AFTER_EN.search(after):
        return "asker"
    if _SERVICE_AFTER.search(after):
        return "service_area"
    if _NEAR_AFTER.search(after):
        return "region"
    return "asker" if _ASKER_AFTER.search(after) else "region"


def _outside(text: str, spans: dict[tuple[int, int], list[Place]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text
