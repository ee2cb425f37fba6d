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


WHOM_IT_CONCERNS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("취출로봇, 예산 3천", {"budget_krw": 30_000_000}, set()),
    ("비전검사 3천 안쪽", {"budget_krw": 30_000_000}, set()),
    ("5천 내외로 생각하고 있어요", {"budget_krw": 50_000_000}, set()),
    ("금액은 1억 미만으로 맞춰 주세요", {"budget_krw": 100_000_000}, set()),
    ("천만 원대로 가능한가요", {"budget_krw": 10_000_000}, set()),
    ("예산은 3~5천", {"budget_krw": 50_000_000}, set()),
    ("5천만 원 정도 생각해요", {"budget_krw": 50_000_000}, set()),
    ("비용은 대략 2억", {"budget_krw": 200_000_000}, set()),
    ("투자비 1억5천", {"budget_krw": 150_000_000}, set()),
    ("7천 정도로 보고 있습니다", {"budget_krw": 70_000_000}, set()),
    ("예산 삼천만원", {"budget_krw": 30_000_000}, set()),
    ("SCADA upgrade, under 50 million won", {"budget_krw": 50_000_000}, set()),
    ("our budget is ₩50m", {"budget_krw": 50_000_000}, set()),
    ("we can spend KRW 30 million", {"budget_krw": 30_000_000}, set()),
    ("at most 80 million won for the cell", {"budget_krw": 80_000_000}, set()),
    ("연매출 3천억 하는 사출 업체입니다", {}, {"own_money"}),
    ("매출은 500억 정도입니다", {}, {"own_money"}),
    ("부품 3천 개를 셉니다", {}, set()),
    ("한 달에 3천만 원 정도 손해가 납니다", {}, set()),
    ("every stop costs us 50 million won", {}, set()),
    ("3천 대 설비에 센서를 붙입니다", {}, set()),
    ("분당 3천 rpm 모터", {}, set()),
    ("직원 12명", {}, {"own_employees"}),
    ("우리는 열 명이에요", {}, {"own_employees"}),
    ("저희는 직원 30명짜리 밸브 업체인데", {}, {"own_employees"}),
    ("직원은 스무 명", {}, {"own_employees"}),
    ("we're ten people making seat rails", {}, {"own_employees"}),
    ("we have about 20 staff", {}, {"own_employees"}),
    ("small builders only, ten people at most", {"max_employees": 10}, set()),
    ("small builders only, at most 20 staff", {"max_employees": 20}, set()),
    ("a vendor with no more than fifteen employees", {"max_employees": 15}, set()),
    ("a firm of 20 employees or fewer", {"max_employees": 20}, set()),
    ("직원 열 명 이하 업체로", {"max_employees": 10}, set()),
    ("작업자 두 명이 나르고 있어요", {}, set()),
    ("교육생 12명", {}, set()),
    ("ten people inspect the parts by eye", {}, set()),
    ("창업 10년 만에 처음으로 손봅니다", {}, {"own_years"}),
    ("저희는 설립 7년째입니다", {}, {"own_years"}),
    ("업력 7년 이상 업체", {"min_years": 7}, set()),
    ("10년 만에 고장 난 프레스", {}, set()),
    ("ISO 9001 보유한 업체", {"certification": ["iso9001"]}, set()),
    ("ISO 9001 인증 준비 중인데 MES가 필요해요", {}, {"own_certification"}),
    ("ISO 9001을 이미 갖고 있어서 다음을 봅니다", {}, {"own_certification"}),
    ("저희는 ISO 9001 인증을 받은 업체입니다", {}, {"own_certification"}),
    ("we already have ISO 9001 and need SPC", {}, {"own_certification"}),
    ("We are ISO 9001 certified and want SPC", {}, {"own_certification"}),
    ("SPC from a vendor that itself holds ISO 9001", {"certification": ["iso9001"]}, set()),
    ("ISO 27001 인증을 보유한 보안관제 업체여야 합니다", {"certification": ["iso27001"]}, set()),
    ("시화공단 업체로", {"region": ["41390", "41270"]}, set()),
    ("반월공단 MES", {"region": ["41270"]}, set()),
    ("남동산단 도금 자동화 업체", {"region": ["28200"]}, set()),
    ("오송 쪽 업체", {"region": ["43110"]}, set()),
    ("성서공단에 있는 업체", {"region": ["27290"]}, set()),
    ("a robot firm in Banwol", {"region": ["41270"]}, set()),
    ("서남권 업체", {"region": ["29", "46"]}, set()),
    ("수도권에서 내려오는 업체는 늦어서 사양하겠습니다", {"not_region": ["11", "28", "41"]}, set()),
    ("부산 업체는 이번에 제외하고 찾아요", {"not_region": ["26"]}, set()),
    ("시화공단 말고 다른 곳 업체", {"not_region": ["41390", "41270"]}, set()),
    ("저희 공장은 대불산단에 있고 펌프가 샙니다", {}, {"own_place"}),
    ("our shop in the Namdong industrial complex loses wifi", {}, {"own_place"}),
]


@pytest.mark.parametrize(("text", "filters", "asker"), WHOM_IT_CONCERNS)
def test_whom_a_constraint_concerns(
    reader: ConstraintReader, text: str, filters: dict[str, Any], asker: set[str]
) -> None:
    stated = reader.read(text)
    assert stated.filters.as_dict() == filters
    assert {span.kind for span in stated.spans if span.role == "about_asker"} == asker
