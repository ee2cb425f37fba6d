"""Sentences shown to people, in Korean and English."""

from __future__ import annotations

import re
from typing import Final

_PARTICLE: Final = re.compile(r"([가-힣0-9A-Z])(’?)(이\(가\)|을\(를\)|은\(는\))")
_FINALS: Final = 28
_READ_WITH_A_FINAL: Final = "013678LMNR"
"""Digits and letters whose Korean names end in a consonant: 영, 일, 삼, 육, 칠, 팔, 엘, 엠, 엔, 알."""

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "reason.typed": ("입력하신 ‘{word}’이(가) 문구에 있습니다", "“{word}”, as you typed it, is in its statement"),
    "reason.concept": (
        "입력하신 ‘{word}’에 해당하는 ‘{theirs}’이(가) 문구에 있습니다",
        "its statement says “{theirs}”, which is your “{word}”",
    ),
    "reason.translation": (
        "입력하신 ‘{word}’을(를) 뜻하는 ‘{theirs}’이(가) 문구에 있습니다",
        "its statement says “{theirs}”, which means “{word}”",
    ),
    "reason.inferred": (
        "문장에서 짐작한 ‘{name}’에 해당하는 ‘{theirs}’이(가) 문구에 있습니다",
        "its statement says “{theirs}”, which resembles what we took you to need: {name}",
    ),
    "reason.field": ("같은 ‘{name}’ 분야의 문구가 있습니다", "it has a statement in the same field, {name}"),
    "reason.industry": (
        "업종이 ‘{name}’ 분야에 해당합니다(제품 문구 없음)",
        "only its line of industry is in the field {name}",
    ),
    "reason.firm_name": (
        "기업 이름이 ‘{name}’ 분야를 가리킵니다(제품 문구 없음)",
        "only its name points to the field {name}",
    ),
    "reason.meaning": ("문구의 뜻이 비슷합니다", "its wording is close in meaning"),
    "reason.name": ("찾으신 이름과 같은 기업입니다", "the firm of the name you typed"),
    "reason.spelling": (
        "찾으신 이름을 달리 적은 기업입니다",
        "a firm whose name is spelled another way than you typed",
    ),
    "reason.near_name": ("찾으신 이름과 한 글자쯤 다른 기업입니다", "a firm whose name is nearly the one you typed"),
    "reason.identifier": ("찾으신 번호의 기업입니다", "the firm of the number you typed"),
    "met.region": ("지역: {region}", "region: {region}"),
    "met.certification": ("인증 유효: {scheme}", "valid certification: {scheme}"),
    "met.supplier": ("스마트공장 공급기업 등록", "registered smart-factory supplier"),
    "met.active": ("영업 중 ({date} 확인)", "in business (checked {date})"),
    "assumed.tier": (
        "일부 근거는 같은 기업으로 추정되는 기록에서 왔습니다",
        "some evidence is from records of probably the same firm",
    ),
    "assumed.inferred": ("필요 역량은 문장에서 추정했습니다", "the capability sought was inferred from your sentence"),
    "unknown.status": ("영업 상태", "business status"),
    "unknown.size": ("기업 규모", "size of the firm"),
    "unknown.min_years": ("업력", "years in business"),
    "unknown.max_years": ("업력", "years in business"),
    "unknown.min_employees": ("종업원 수", "number of employees"),
    "unknown.max_employees": ("종업원 수", "number of employees"),
    "unknown.service_area": ("그 지역까지 와 줄 수 있는지", "whether it serves that area on site"),
    "unknown.smart_factory_level": (
        "원하는 스마트공장 수준까지 해 본 적이 있는지",
        "whether it has built up to that smart-factory level",
    ),
    "unknown.diagnosis_level": ("공급기업 역량진단 등급", "grade in the supplier capability diagnosis"),
    "unknown.certification": (
        "요구한 인증을 가지고 있는지(자료에 없음)",
        "whether it holds the certification asked for (not in the data)",
    ),
    "unknown.budget_krw": ("예산 안에서 가능한지", "whether it fits the budget"),
    "unknown.deadline": ("납기 안에서 가능한지", "whether it meets the deadline"),
    "unknown.region": ("방문 가능 지역", "where it serves on site"),
    "question.general": (
        "비슷한 공정에 적용한 사례와 결과를 보여 주실 수 있나요?",
        "Can you show a case in a process like ours, with results?",
    ),
    "empty": (
        "무엇이 필요한지 한 문장으로 적어 주세요. 예: 병 라벨 날짜가 흐리게 찍혀 나가요",
        "Write what you need in a sentence, e.g. “dates on our bottle labels come out faint”",
    ),
    "too_long": (
        "{limit}자까지 적을 수 있습니다(지금 {length}자). 핵심만 줄여 주세요.",
        "Up to {limit} characters, this has {length}. Please shorten it to the essence.",
    ),
    "no_words": (
        "글자가 없는 질문은 이해할 수 없습니다. 무엇이 불편한지 말로 적어 주세요.",
        "There are no words in this question. Please describe the problem in words.",
    ),
    "no_good_match": ("딱 맞는 기업을 찾지 못했습니다", "No good match"),
}


def say(key: str, language: str, **values: object) -> str:
    """The sentence of that key; raises KeyError for an unknown one."""
    ko, en = MESSAGES[key]
    return en.format(**values) if language == "en" else with_particles(ko.format(**values))


def with_particles(text: str) -> str:
    """Korean with `이(가)` and `을(를)` chosen by the sound before them; left as they stand where that is not known, as
    after a word in small Latin letters.
    """
    return _PARTICLE.sub(lambda found: found[1] + found[2] + _chosen(found[1], found[3]), text)


def _chosen(before: str, pair: str) -> str:
    closed, open_ = {"이(가)": ("이", "가"), "을(를)": ("을", "를"), "은(는)": ("은", "는")}[pair]
    if "가" <= before <= "힣":
        return closed if (ord(before) - ord("가")) % _FINALS else open_
    return closed if before in _READ_WITH_A_FINAL else open_
