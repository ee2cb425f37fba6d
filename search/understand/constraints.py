"""Constraints that a need states in words: found, given their places, and made into visible filters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from search.query import Filters
from search.query import Span as NeedSpan
from search.understand.amounts import Found, read_amounts
from search.understand.cues import cue_reader
from search.understand.forms import FormFinder
from search.understand.places import read_places
from search.understand.quantities import read_quantities
from transforms.text import is_korean

Span = tuple[int, int]

_FIRM_KO: Final = r"(?:업체|회사|기업|공급사|공급업체|벤더|전문기업|곳|데|사)"
_FLAGS: Final = {
    "designated": re.compile(
        r"지정\s*(?:된|받은)?\s*(?:스마트\s*제조\s*)?전문\s*기업|전문\s*기업(?:으로)?\s*지정|"
        r"\b(?:officially |government[- ])?designated (?:as )?(?:a |"
        r"an )?(?:smart[- ]\w+ )?(?:speciali[sz]ed?|specialists?|expert|supplier|compan|firm)\w*",
        re.I,
    ),
    "registered_supplier": re.compile(
        r"공급\s*기업(?:으로|에|\s*(?:풀|pool|목록|명단))?(?:에|으로)?\s*(?:등록(?!\s*(?:하고\s*싶|하려|하는\s*(?:법|방법)|신청|절차))|올라)|등록\s*(?:된)?\s*공급\s*(?:기업|업체)|"
        r"공급\s*기업\s*(?:풀|pool)|"
        r"\bregistered (?:as (?:a )?)?(?:smart[- ]?factory )?(?:suppliers?|vendors?|providers?)|"
        r"\bsupplier (?:pool|register|registry)\b|"
        r"\bon the (?:official |government )?(?:smart[- ]?factory )?(?:supplier )?(?:register|"
        r"list of (?:registered )?suppliers)",
        re.I,
    ),
    "has_patent": re.compile(
        r"특허(?:를|가|도|는|은|기술을|\s*기술)?\s*(?:\d+\s*건\s*(?:이상)?\s*)?(?:있|보유|가진|가지고|갖고|갖춘|등록(?!\s*(?:료|비|절차|하))|출원한|많은|낸)|특허\s*(?:보유|등록)\s*(?:업체|기업|회사)|"
        r"\b(?:with|hold(?:s|ing)?|own(?:s|ing)?|has|have|having)\s+(?:\w+\s+){0,3}?patents?\b|"
        r"\bpatent[- ]hold\w+|\bpatented (?:technology|solution|method)",
        re.I,
    ),
    "include_closed": re.compile(
        r"(?:폐업|휴업)했(?:더라도|어도|다고\s*해도)|영업\s*안\s*하는\s*(?:곳|업체|회사|데)(?:도|까지)|"
        r"\b(?:includ\w+|also|even|doesn'?t matter if|does not matter if)\b[^.?!]{0,24}\b"
        r"(?:no longer (?:trading|in business|operating)|(?:went|gone) (?:bankrupt|bust)|out of business|ceased)\b|"
        r"(?:휴\s*[·,]?\s*폐업|폐업|휴업|문\s*닫은|없어진|망한)[^.?!]{0,14}?(?:포함|까지\s*(?:포함|보|다|모두)|도\s*(?:보|괜찮|상관|좋|"
        r"포함|함께|같이|나오|전부|다))|"
        r"(?:영업\s*여부|폐업\s*여부)[^.?!]{0,6}(?:상관|무관)|"
        r"\b(?:includ\w+|even|also|as well as)\b[^.?!]{0,24}\b(?:closed|defunct|dissolved|inactive|"
        r"shut(?:[- ]down)?|out of business|bankrupt|suspended)\b|"
        r"\b(?:closed|defunct|dissolved|inactive)\b[^.?!,]{0,30}\b(?:too|included|as well|also)\b",
        re.I,
    ),
    "include_foreign": re.compile(
        r"(?:해외|외국|외산|국외|글로벌|외국계)[^.?!,]{0,8}?(?:도|까지|포함)\s*(?:좋|괜찮|상관|가능|포함|환영|무방|됩|돼|되|보|ok|오케이|검토|고려|"
        r"함께|같이|해서|하여)|"
        r"국내\s*(?:외|,?\s*해외)(?:를|에)?\s*(?:모두|다|불문|가리지|상관|무관|막론|전부)|국내외\s*(?:업체|기업|회사|공급)|(?:해외|"
        r"외국)[^.?!,]{0,6}?\s*포함|"
        r"\b(?:foreign|overseas|international|global|non[- ]korean)\b[^.?!,]{0,24}\b(?:too|also|welcome|"
        r"ok(?:ay)?|fine|included|as well|acceptable|possible|no problem)\b|"
        r"\b(?:includ\w+|also|even|open to|consider\w*|accept\w*)\b[^.?!,]{0,12}\b(?:foreign|overseas|"
        r"international|non[- ]korean)\b|"
        r"\b(?:domestic|korean|local) (?:or|and|and/or) (?:foreign|overseas|international)|\b(?:foreign|"
        r"overseas) (?:or|and) (?:domestic|korean|local)",
        re.I,
    ),
}
_NOT_WANTED: Final = re.compile(
    r"^\s*(?:인증서?|기업|업체|회사|급|은|는|이|가|을|를|도|의|\s)*(?:말고|빼고|제외|아닌|아니어도|아니라도|없어도|없이도|필요\s?없|상관\s?없|무관|싫|사절|안\s?해도)"
)
_NOT_WANTED_AFTER_EN: Final = re.compile(
    r"^\s*(?:certifi\w+|certificates?)?\s*(?:(?:is|are)\s+)?(?:not (?:needed|required|necessary|important|a must)|"
    r"isn'?t (?:needed|required|necessary)|optional|unnecessary|doesn'?t matter|does not matter)",
    re.I,
)
_NOT_WANTED_BEFORE: Final = re.compile(
    r"\b(?:not (?:a |an )?|no |without |except |excluding |no need for |don'?t need )$", re.I
)

# A certificate is a constraint where the supplier is to have it; where the buyer is to get or keep it, it is the need.
_TO_GET: Final = re.compile(
    r"^\s*(?:인증서?|심사|등급|갱신|준비|을|를|이|은|는|도|\s)*(?:받으려|받아야|받기|받고\s*싶|받을|받으라|따려|따야|따고|취득하려|취득해야|취득을|획득하려|획득해야|"
    r"(?:인증\s*)?취득\s*(?:지원|컨설팅|대행|절차|방법)|신청|발급|혜택|까지\s*포함|용(?![가-힣])|부(?=$|[\s의가는에와과,.])|준비|심사|대비|대응|갱신|요구|요건|기준|규정|통과|지적|컨설팅|감사|실사|공장|라인|시설|작업장|관리\s*기준|기록|점검표|서류|문서|일지|에\s*맞)"
    r"|^\s*(?:audit|inspection|auditor|compliance|requirements?|rules?|records?|documentation|paperwork|"
    r"consult|help|preparation|scoping|plan\b|software|tools?\b|dashboards?|mapping|template|course|program|surveillance|recertification|plant|site|facility|line|area|room|clean)",
    re.I,
)
_TO_GET_BEFORE: Final = re.compile(
    r"(?:우리|저희|당사|자사)[^,.?!]{0,10}$|\b(?:get|gets|getting|obtain\w*|achiev\w+|pass\w*|renew\w*|"
    r"prepar\w+ for|comply with|according to|conform\w* (?:to|with)|for|per|knows?|complian\w+ with|meet|toward|"
    r"our|under|audited? (?:for|against)|we are|we're|we have|we hold)\s+(?:an? |the )?$",
    re.I,
)
_OF_THE_FIRM: Final = re.compile(
    r"^\s*(?:인증서?|인증|등급|확인서?|마크|을|를|이|가|은|도|의|\s)*(?:있는|있고|있어야|보유|갖춘|갖고|가진|가지고|받은|취득한|획득한|필수|이어야|여야|된|된곳|"
    r"업체|기업|회사|공급사|벤더|곳)"
    r"|^\s*(?:[- ]?certif\w+|accredit\w+|approved|registered|compliant|required|is a must|"
    r"must)?\s*(?:supplier|vendor|compan|firm|provider|integrator|maker|partner|required|is a must|"
    r"mandatory|only|certified|accredited)",
    re.I,
)
_OF_THE_FIRM_BEFORE: Final = re.compile(
    r"(?:\bwith|\bhold(?:s|ing)?|\bha(?:s|ve|ving)|\bcertified (?:to|for|under)?|\bholding|\bmust (?:be|"
    r"have|hold)|\bshould (?:be|have|hold)|\bneeds?(?: to (?:be|have|hold))?|\bonly)\s+(?:an? |the |"
    r"valid |current )*$",
    re.I,
)

# A state of the asker's firm: `저희는 ISO 9001을 갖고 있습니다` has the same verb as `ISO 9001을 갖고 있는 곳`.
_OURS: Final = re.compile(
    r"(?:우리|저희|당사|자사)\s*(?:회사|공장|업체)?(?:는|은|도|가|이|야|에서는)\s+[^,.?!]{0,14}$|"
    r"\b(?:we|our (?:firm|company|plant))\s+(?:\w+\s+){0,3}$",
    re.I,
)
_SOMEBODY_ELSE: Final = re.compile(r"^[^.?!]{0,24}?(?:업체|회사|기업|곳|데(?![가-힣])|공급사|벤더)")
_LIST_GAP: Final = re.compile(r"\s*(?:인증)?\s*(?:,|/|·|&|와|과|랑|이랑|하고|및|and)\s*(?:ISO\s*)?", re.I)
_ISO_LIST: Final = re.compile(r"ISO[\s-]*\d{4,5}(?:\s*(?:,|/|·|&|와|과|랑|및|and)\s*(?:ISO[\s-]*)?\d{4,5})+", re.I)

# A size is a constraint where it is the supplier's; `we are a small firm` speaks of the asker.
_ASKER: Final = re.compile(
    r"(?:우리|저희|당사|자사|저흰|우린)[^,.?!]{0,14}$|\b(?:we|we're|we are|our|i run|i own|for|as|"
    r"being)\s+(?:just\s+)?(?:a|an|the)?\s*(?:[\w-]+\s+){0,2}$",
    re.I,
)
_ANOTHER: Final = re.compile(
    r"(?:고객사?|거래처|납품처|원청|발주처|바이어)\s*(?:는|가|이|은|인|들이|들은)?\s*(?:같은\s*)?$|"
    r"\b(?:suppl(?:y|ies|ied|ying)|sell\w*|deliver\w*|customers?|clients?|buyers?|audited by|owned by)\b[^.,?!]{0,24}$",
    re.I,
)
_ANOTHER_AFTER: Final = re.compile(
    r"^\s*(?:들)?\s*(?:에(?:게|서|다|만)?\s*(?:납품|공급|맞|적합|들어가|팔|보내|쓰|사용|요구)|에서|한테|이\s*(?:요구|원하|시키|감사|실사|와서)|"
    r"의?\s*(?:납품|협력|고객|거래처|원청|발주처|수준|요구|감사|실사|\d\s*차|출신|정도의|처럼|지원\s*(?:사업|금|제도)|(?:구축|납품|도입|프로젝트)?\s*(?:경험|실적|사례|레퍼런스)|전문|전용|대상|위한|을\s*위한|정책|특별|중앙회|기술마켓)|"
    r"(?:이?여도|이?라도|이어도)|도(?=\s)|보안|점검|도\s*(?:좋|괜찮|상관|가능|무방|됩|돼|쓸|쓰)|"
    r"(?:설비|라인|공장|프로젝트|장비|기계|공사|작업|제품|사업|투자|창고|건물|탱크|부품|변화|문제)|"
    r"(?:customers?|clients?|audits?|asks?|demands?|requires?|wants?)\b)",
    re.I,
)
"""Whom the asker sells to, or that any size will do: `대기업에 납품`, `스타트업도 좋습니다`."""
_ASKER_AFTER: Final = re.compile(
    r"^\s*(?:이라|인데|이다\s*보니|입니다|이에요|예요|이고|지만|에게|한테|"
    r"이\s*쓰|도\s*쓸|에서\s*쓸|용(?![가-힣])|라서|이어서|like us)",
    re.I,
)
_STARTED: Final = re.compile(r"start[- ]?up", re.I)
_YOUNG_FIRM: Final = re.compile(
    r"\b(?:an?|young|new|tech)\s+\|(?!\s*of\b)|\|s\b|\|\s*(?:compan|firm|business|vendor|supplier)", re.I
)
"""A start-up is a young firm, or the first run of a plant: `drawings and site start-up`."""
_LEVEL_NEAR: Final = re.compile(r"스마트\s*(?:공장|팩토리)|수준|단계|레벨|smart[- ]factory|level|stage", re.I)
_DIAGNOSIS: Final = re.compile(
    r"(?:역량\s*진단|공급\s*기업\s*진단|capability (?:diagnosis|assessment))[^.?!\d]{0,24}?(?:레벨|등급|level|"
    r"grade)?\s*(?P<n>[1-5])\s*(?P<s>[+-]?)\s*(?:레벨|등급|단계)?(?:\s*이상)?|"
    r"(?:level|grade)\s*(?P<n2>[1-5])\s*(?P<s2>[+-]?)[^.?!]{0,24}(?:역량\s*진단|capability (?:diagnosis|assessment))",
    re.I,
)


@dataclass(frozen=True)
class Stated:
    """Filters of a need with the places [start, end) that state them."""

    filters: Filters
    places: tuple[Span, ...]
    spans: tuple[NeedSpan, ...]
    soft: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, text: str, found: Sequence[Found]) -> Stated:
        values: dict[str, Any] = {}
        soft: dict[str, tuple[str, ...]] = {}
        for item in found:
            if item.role != "condition":
                continue
            if item.soft:
                soft[item.name] = tuple(dict.fromkeys((*soft.get(item.name, ()), item.value)))
                continue
            default = getattr(Filters, item.name)
            values[item.name] = (*values.get(item.name, ()), item.value) if isinstance(default, tuple) else item.value
        distinct: dict[str, Any] = {
            k: tuple(dict.fromkeys(v)) if isinstance(v, tuple) else v for k, v in values.items()
        }
        spans = tuple(
            NeedSpan(f.start, f.end, text[f.start : f.end], f.role, f.name, str(f.value), f.because) for f in found
        )
        return cls(Filters(**distinct), tuple(sorted({(f.start, f.end) for f in found})), spans, soft)


class ConstraintReader:
    """Reads constraints by the words of `schemas/knowledge/constraints.yaml` and by rules for amounts and places."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._certifications = finder(words.get("certifications", ()))
        self._sizes = finder(words.get("sizes", ()))
        self._levels = finder(words.get("smart_factory_levels", ()))

    def read(self, text: str) -> Stated:
        """All constraints of a text. Where two readings of one place are possible the first rule has it."""
        found = [
            *read_places(text),
            *read_amounts(text),
            *self._certifications_of(text),
            *self._sizes_of(text),
            *self._levels_of(text),
            *_diagnosis(text),
            *_flags(text),
        ]
        taken = [(f.start, f.end) for f in found]
        found += [q for q in read_quantities(text) if not any(q.start < b and a < q.end for a, b in taken)]
        return Stated.of(text, sorted(found, key=lambda f: f.start))

    def _certifications_of(self, text: str) -> Iterator[Found]:
        for scheme, start, end, reach in self._listed_certifications(text):
            before, after = text[max(start - 40, 0) : start], text[reach : reach + 30]
            if _not_wanted(before, after):
                continue
            own = cue_reader("asker_certificate").matches(text, start, reach, "certificate")
            if own:
                yield Found("own_certification", scheme, start, end, "about_asker", own[0].cue)
                continue
            if _OURS.search(before) and not _SOMEBODY_ELSE.search(after):
                yield Found("own_certification", scheme, start, end, "about_asker", "asker_before_certificate")
                continue
            theirs = _OF_THE_FIRM.search(after) or _OF_THE_FIRM_BEFORE.search(before)
            if theirs or not (_TO_GET.search(after) or _TO_GET_BEFORE.search(before)):
                yield Found("certification", scheme, start, end)

    def _listed_certifications(self, text: str) -> list[tuple[str, int, int, int]]:
        """Schemes with their places and the end of the list each stands in, whose words speak of all of it."""
        found = set(self._certifications.find(text))
        for match in _ISO_LIST.finditer(text):
            for number in re.finditer(r"\d{4,5}", match.group()):
                found.update(
                    (scheme, match.start() + number.start(), match.start() + number.end())
                    for scheme, _, _ in self._certifications.find(f"ISO {number.group()}")
                    if number.start() > 8
                )
        out: list[tuple[str, int, int, int]] = []
        for scheme, start, end in sorted(found, key=lambda f: f[1:], reverse=True):
            listed = out and _LIST_GAP.fullmatch(text[end : out[-1][1]])
            out.append((scheme, start, end, out[-1][3] if listed else end))
        return out[::-1]

    def _sizes_of(self, text: str) -> Iterator[Found]:
        for size, start, end in self._sizes.find(text):
            before, after = text[max(start - 40, 0) : start], text[end : end + 30]
            about_asker = _ASKER.search(before) or _ASKER_AFTER.search(after)
            about_another = _ANOTHER.search(before) or _ANOTHER_AFTER.search(after)
            started = _STARTED.fullmatch(text[start:end]) and not _YOUNG_FIRM.search(f"{before}|{after}")
            if not (about_asker or about_another or started or _not_wanted(before, after)):
                yield Found("size", size, start, end)

    def _levels_of(self, text: str) -> Iterator[Found]:
        """The last level named is the one aimed at: `기초에서 중간1로`."""
        named = [
            Found("smart_factory_level", level, start, end)
            for level, start, end in self._levels.find(text)
            if _LEVEL_NEAR.search(f"{text[max(start - 24, 0) : start]}|{text[end : end + 16]}")
            or (is_korean(text[start:end]) and _LEVEL_NEAR.search(text[start : end + 12]))
        ]
        yield from named[-1:]


def _not_wanted(before: str, after: str) -> bool:
    return any((_NOT_WANTED.search(after), _NOT_WANTED_AFTER_EN.search(after), _NOT_WANTED_BEFORE.search(before)))


def _diagnosis(text: str) -> Iterator[Found]:
    for match in _DIAGNOSIS.finditer(text):
        grade = f"{match['n'] or match['n2']}{match['s'] or match['s2'] or ''}"
        yield Found("diagnosis_level", f"Level {grade}", *match.span())


def _flags(text: str) -> Iterator[Found]:
    for name, pattern in _FLAGS.items():
        match = pattern.search(text)
        if match and not _NOT_WANTED.search(text[match.end() : match.end() + 20]):
            yield Found(name, True, *match.span())


def finder(entries: Sequence[Mapping[str, Any]]) -> FormFinder:
    forms = ((f, str(entry["id"])) for entry in entries for f in (*entry.get("ko", ()), *entry.get("en", ())))
    return FormFinder(forms, inside_words=4)
