"""Constraints read from sentences: what becomes a filter, and what only looks like one."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.vocabulary import load_vocabulary
from search.understand.amounts import won
from search.understand.constraints import ConstraintReader


@pytest.fixture(scope="module")
def reader() -> ConstraintReader:
    return ConstraintReader(load_vocabulary().constraints)


READ: list[tuple[str, dict[str, Any]]] = [
    ("유리병 금 간 것 골라내는 카메라, 경북 구미 쪽 업체", {"region": ["47190"]}),
    ("울산 근처에서 펌프 진동 봐주는 회사", {"region": ["31"]}),
    ("부울경 안에 있는 용접 로봇 업체", {"region": ["26", "31", "48"]}),
    ("vendors around Daejeon for a pick-to-light system", {"region": ["30"]}),
    ("서울 말고 지방 업체로 부탁합니다", {"not_region": ["11"]}),
    ("여수까지 출장 와 줄 수 있는 곳", {"service_area": ["46130"]}),
    ("someone who can come to Gumi for a robot", {"service_area": ["47190"]}),
    ("저희 공장은 창원에 있고 절삭유가 샙니다", {}),
    ("our plant in Ulsan loses wifi near the furnace", {}),
    ("이노비즈 인증 있는 업체", {"certification": ["innobiz"]}),
    ("ISO 27001 certified supplier for a cloud move", {"certification": ["iso27001"]}),
    ("ISO 27001 인증을 받으려는데 무엇부터 하나요", {}),
    ("HACCP 기록을 자동으로 남기고 싶어요", {}),
    ("our GMP audit is next month", {}),
    ("벤처기업 아니어도 됩니다", {}),
    ("예산 5천만원, 중소기업이면 좋겠습니다", {"budget_krw": 50_000_000, "size": "sme"}),
    ("매달 3천만원씩 손해가 납니다", {}),
    ("대기업 말고 소기업으로", {"size": "small"}),
    ("우리는 중소기업인데 뭐부터 하나요", {}),
    ("We are a small company with two presses", {}),
    (
        "budget under KRW 80 million, done by the end of March",
        {"budget_krw": 80_000_000, "deadline": "by the end of March"},
    ),
    ("업력 10년 이상 업체", {"min_years": 10}),
    ("10년 넘은 프레스가 자주 섭니다", {}),
    ("직원 30명 이상인 회사였으면", {"min_employees": 30}),
    ("3개월 안에 설치할 수 있는 곳", {"deadline": "3개월 안에"}),
    ("납기는 두 달 안에, 아산 업체", {"region": ["44200"], "deadline": "두 달 안에"}),
    ("within 3 months of purchase the motor failed", {}),
    ("startups founded within the last 7 years", {"size": "startup", "max_years": 7}),
    ("A vendor with at least 50 employees", {"min_employees": 50}),
    ("we have 20 staff", {}),
    ("충청권에서 A/S 되는 곳", {"service_area": ["30", "36", "43", "44"]}),
    ("수도권 업체 제외", {"not_region": ["11", "28", "41"]}),
    ("특허 보유한 업체", {"has_patent": True}),
    ("폐업한 회사도 포함해서 보여줘", {"include_closed": True}),
    ("폐업한 곳은 빼고", {}),
    ("해외 업체도 괜찮습니다", {"include_foreign": True}),
    ("domestic or foreign vendors", {"include_foreign": True}),
    ("스마트공장 기초에서 중간1 수준으로 올리려고 합니다", {"smart_factory_level": "intermediate_1"}),
    ("공급기업으로 등록된 업체만", {"registered_supplier": True}),
    ("스마트제조 전문기업 지정 받은 곳", {"designated": True}),
    ("공급기업 역량진단 2레벨 이상", {"diagnosis_level": "Level 2"}),
]


@pytest.mark.parametrize(("text", "filters"), READ)
def test_a_constraint_is_read(reader: ConstraintReader, text: str, filters: dict[str, Any]) -> None:
    assert reader.read(text).filters.as_dict() == filters


def test_every_filter_has_a_span_at_its_words(reader: ConstraintReader) -> None:
    text = "부산 벤처기업으로, 예산 1억 이내"
    stated = reader.read(text)
    assert {span.kind for span in stated.spans} == set(stated.filters.as_dict())
    assert all(text[span.start : span.end] == span.text and span.role == "condition" for span in stated.spans)


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("1억 5천만원", 150_000_000),
        ("3억5천", 350_000_000),
        ("5,000만원", 50_000_000),
        ("삼천만원", 30_000_000),
        ("2.5억", 250_000_000),
    ],
)
def test_money_in_words(words: str, amount: int) -> None:
    assert won(words) == amount
