"""What a statement offers: each rule by texts on both sides of it, in words of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import load_vocabulary
from transforms.statements import Reading, default_reader


def read(text: str) -> Reading:
    return default_reader().read(text)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("산업용 로봇을 이용한 자동차 부품", "uses"),
        ("머신비전을 활용한 김치 포장", "uses"),
        ("빅데이터 기반 화장품", "uses"),
        ("클라우드 기반 인테리어 견적", "uses"),
        ("parts made with industrial robots", "uses"),
        ("MES 도입 기업", "uses"),
        ("산업용 로봇 도입 완료", "uses"),
        ("AI 기반 머신비전 검사장비", ""),
        ("클라우드 기반 MES", ""),
        ("machine vision inspection using deep learning", ""),
        ("딥러닝을 이용한 머신비전 검사기", ""),
        ("김치", ""),
    ],
)
def test_a_means_is_not_what_is_sold(text: str, role: str) -> None:
    reading = read(text)
    assert reading.role == role
    assert not (role and reading.fields)


@pytest.mark.parametrize(
    "text",
    [
        "반도체 장비 부품",
        "3D 프린터용 레진",
        "유무선 통신장비의 기구물 가공",
        "머신비전 검사장비 프레임",
        "협동로봇용 케이블",
        "변압기 외함",
        "산업용 로봇 부품 제조 및 판매",
        "자동차 부품",
        "금속 가공, 사출 금형, 완구",
        "semiconductor equipment parts",
    ],
)
def test_parts_materials_and_jobs_are_not_the_machine(text: str) -> None:
    assert (read(text).role, read(text).fields) == ("makes_object", ())


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("반도체 장비, 반도체 장비 부품", "smart_equipment"),
        ("반도체장비및부품", "smart_equipment"),
        ("공작기계 제조 및 판매", "smart_equipment"),
        ("스마트공장 모니터링 시스템 구축", "production_management"),
        ("PLC 제어 엔지니어링", "control_controllers"),
    ],
)
def test_the_machine_itself_is_sold_beside_its_parts(text: str, field: str) -> None:
    assert field in read(text).fields


@pytest.mark.parametrize(
    "text",
    [
        "의료용 센서",
        "완구 로봇",
        "차량용 라이다",
        "가정용 로봇",
        "스마트팜 제어기",
        "골프 거리 측정기기",
        "체험형 VR 게임",
    ],
)
def test_what_is_for_people_outside_factories_has_no_field(text: str) -> None:
    assert read(text).fields == ()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("산업용 및 차량용 라이다", "sensors_actuators"),
        ("자동차 부품 조립라인용 협동로봇 시스템", "industrial_robot"),
        ("자동차 부품 자동화설비", "smart_equipment"),
    ],
)
def test_a_factory_of_such_goods_is_a_factory(text: str, field: str) -> None:
    assert field in read(text).fields


@pytest.mark.parametrize(
    "text", ["AI 챗봇 상담 플랫폼", "관광 빅데이터 분석", "생성형 AI 영상콘텐츠 제작", "금융 빅데이터 플랫폼"]
)
def test_data_tools_for_other_trades_are_not_for_manufacturing(text: str) -> None:
    assert "manufacturing_bigdata_ai" not in read(text).fields


@pytest.mark.parametrize("text", ["빅데이터 분석 솔루션", "제조 공정 딥러닝 분석", "설비 예지보전 솔루션"])
def test_tools_that_a_factory_can_use_are(text: str) -> None:
    assert "manufacturing_bigdata_ai" in read(text).fields


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("자동화설비", ("smart_equipment",)),
        ("스마트팩토리 솔루션", ("production_management",)),
        ("컨베이어", ("logistics_management", "smart_equipment")),
        ("통합보안솔루션", ("consulting_security",)),
        ("클라우드 서비스", ("cloud",)),
        ("공장에너지관리시스템", ("energy_management",)),
        ("태양광 모듈", ()),
        ("LED 조명", ()),
        ("변압기", ("other",)),
        ("반도체용 연마 장비", ("smart_equipment",)),
        ("반도체 검사 장비", ("quality_maintenance",)),
        ("기어드 모터", ("sensors_actuators",)),
    ],
)
def test_fields_are_those_that_a_concept_is_sold_in(text: str, fields: tuple[str, ...]) -> None:
    assert read(text).fields == fields


def test_what_a_list_is_summed_up_as_holds_for_its_items() -> None:
    assert read("제어기, 모터").fields == ("control_controllers", "sensors_actuators")
    assert read("제어기, 모터 등 전기차용 부품").fields == ()


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("전동기제어반", ("control_controllers",)),
        ("서비스로봇", ()),
        ("3D 프린팅 서비스", ()),
        ("반도체 장비용 유량계", ("sensors_actuators",)),
    ],
)
def test_a_modifier_is_not_the_thing(text: str, fields: tuple[str, ...]) -> None:
    assert read(text).fields == fields


@pytest.mark.parametrize("text", [".", "-", "", "없음", "해당없음", "기타", "10759", "L"])
def test_texts_that_state_nothing(text: str) -> None:
    assert default_reader().is_empty(text)


@pytest.mark.parametrize("text", ["김", "쌀", "PLC", "MES", "밸브", "기타 공작기계"])
def test_short_texts_can_state_something(text: str) -> None:
    assert not default_reader().is_empty(text)


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    reading = read(text)
    assert not (reading.role and reading.concepts)
    assert set(reading.fields) <= set(load_vocabulary().field)
