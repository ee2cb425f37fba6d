"""Families of ways to say a constraint: every way of a family means the same, on every place and certificate."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from schemas.vocabulary import load_vocabulary
from search.understand.constraints import ConstraintReader

PLACES = {"대구": "27", "부산": "26", "충남": "44", "창원": "48120", "평택": "41220", "울산": "31", "제주": "50"}
PLACES_EN = {"Daegu": "27", "Busan": "26", "Changwon": "48120", "Jeju": "50", "Gwangju": "29", "Asan": "44200"}
GROUPS = {
    "부울경": ["26", "31", "48"],
    "부·울·경": ["26", "31", "48"],
    "수도권": ["11", "28", "41"],
    "충청권": ["30", "36", "43", "44"],
    "대구경북": ["27", "47"],
    "대구·경북": ["27", "47"],
    "호남": ["29", "46", "52"],
}
NEED_KO = "라벨 날짜 인쇄를 검사하고 싶어요"
NEED_EN = "we want to inspect printed dates"


@pytest.fixture(scope="module")
def reader() -> ConstraintReader:
    return ConstraintReader(load_vocabulary().constraints)


def read(reader: ConstraintReader, text: str) -> dict[str, Any]:
    return reader.read(text).filters.as_dict()


def around(ways: list[str], need: str) -> list[str]:
    """A way of saying it alone, before the need and after it."""
    return [text for way in ways for text in (way, f"{way}, {need}", f"{need}. {way}")]


NEAR = [
    "{} 업체",
    "{}에 있는 업체",
    "{}의 업체",
    "{} 소재 업체",
    "{} 쪽 업체로",
    "{}쪽",
    "{} 근처 업체",
    "{} 인근",
    "{} 근방에서",
    "{} 지역 업체로 부탁",
    "{}만",
    "{}로 부탁드려요",
    "{}이면 좋겠어요",
    "{} 1시간 이내 업체",
    "{}에서 차로 한 시간 거리",
    "본사가 {}인 업체",
]
NEAR_EN = [
    "in {}",
    "near {} please",
    "{}-based firm",
    "a supplier based in {}",
    "firms from {}",
    "within an hour of {}",
]
NOT_NEAR = ["{} 말고", "{} 빼고", "{} 제외", "{} 업체는 제외", "{} 이외 지역", "{}이 아닌 곳", "{}는 너무 멀어요"]
NOT_NEAR_EN = ["not in {}", "not from {}", "outside {}", "anywhere but {}", "anywhere except {}", "excluding {}"]
COMES = ["{}까지 와서 설치해 줄 업체", "{} 출장 가능한 업체", "{} 현장 방문 가능한 곳", "{}에 AS 되는 곳"]
COMES_EN = ["someone who can come to {}", "can install in {}", "covers {}", "service in {}"]
ASKER = ["{}에 있는 공장인데", "저희는 {}에 있습니다", "우리 공장은 {}입니다", "{}에서 도금 공장 합니다"]
ASKER_EN = ["our plant in {}", "we are based in {}", "our {} factory"]


@pytest.mark.parametrize(("ways", "name"), [(NEAR, "region"), (NOT_NEAR, "not_region"), (COMES, "service_area")])
@pytest.mark.parametrize("place", PLACES)
def test_a_place_in_korean(reader: ConstraintReader, ways: list[str], name: str, place: str) -> None:
    for text in around([way.format(place) for way in ways], NEED_KO):
        assert read(reader, text) == {name: [PLACES[place]]}, text


@pytest.mark.parametrize(
    ("ways", "name"), [(NEAR_EN, "region"), (NOT_NEAR_EN, "not_region"), (COMES_EN, "service_area")]
)
@pytest.mark.parametrize("place", PLACES_EN)
def test_a_place_in_english(reader: ConstraintReader, ways: list[str], name: str, place: str) -> None:
    for text in around([way.format(place) for way in ways], NEED_EN):
        assert read(reader, text) == {name: [PLACES_EN[place]]}, text


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("양산에 있는 업체", {"region": ["48330"]}),
        ("화성 쪽 업체", {"region": ["41590"]}),
        ("내년 봄까지", {"deadline": "내년 봄까지"}),
        ("여름휴가 전까지 설치 완료", {"deadline": "여름휴가 전까지"}),
        ("running no later than August", {"deadline": "no later than August"}),
        ("within the next three months", {"deadline": "within the next three months"}),
        ("폐업했더라도 알려주세요", {"include_closed": True}),
        ("include those no longer trading", {"include_closed": True}),
        ("a big integrator", {"size": "large"}),
        ("medium-sized vendor", {"size": "medium"}),
    ],
)
def test_rarer_ways(reader: ConstraintReader, text: str, filters: dict[str, Any]) -> None:
    assert read(reader, text) == filters


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_of_provinces(reader: ConstraintReader, group: str) -> None:
    for way in ("{} 업체", "{} 쪽 업체", "{}에서 찾아요", "{} 근처"):
        assert read(reader, way.format(group)) == {"region": GROUPS[group]}
    assert read(reader, f"{group} 말고") == {"not_region": GROUPS[group]}


@pytest.mark.parametrize(
    "join", ["{}나 {} 업체", "{}랑 {} 쪽 업체", "{}, {} 업체", "{} 또는 {} 업체", "{}·{} 업체", "{}하고 {} 업체"]
)
def test_two_places(reader: ConstraintReader, join: str) -> None:
    assert read(reader, join.format("대구", "부산")) == {"region": ["27", "26"]}


def test_where_the_asker_is_filters_nothing(reader: ConstraintReader) -> None:
    for way, place in product(ASKER, PLACES):
        assert read(reader, f"{way.format(place)} {NEED_KO}") == {}, (way, place)
    for way, place in product(ASKER_EN, PLACES_EN):
        assert read(reader, f"{way.format(place)}, {NEED_EN}") == {}, (way, place)


def test_where_the_asker_is_counts_when_somebody_near_is_sought(reader: ConstraintReader) -> None:
    for place in PLACES:
        assert read(reader, f"{place}에 있는 공장인데 가까운 업체로") == {"region": [PLACES[place]]}, place
    for place in PLACES_EN:
        assert read(reader, f"our factory in {place} needs a supplier nearby") == {"region": [PLACES_EN[place]]}, place


def test_a_place_that_need_not_be_is_none(reader: ConstraintReader) -> None:
    for text in ("대구 아니어도 됩니다", "부산이 아니어도 괜찮아요", "지역은 상관없어요", "전국 어디든", "any region"):
        assert read(reader, text) == {}, text


CERTIFICATES = {
    "벤처기업": "venture",
    "이노비즈": "innobiz",
    "메인비즈": "mainbiz",
    "ISO 9001": "iso9001",
    "ISO27001": "iso27001",
    "GS인증": "gs",
}
HAS = [
    "{} 있는 업체",
    "{} 보유한 곳",
    "{} 인증 업체로",
    "{} 필수",
    "{} 인증 받은 회사",
    "{}이 유효한 업체",
    "{} 인증을 갖춘 곳",
]
HAS_EN = ["{} certified supplier", "must hold {}", "with a valid {} certificate", "supplier with {}"]
HAS_NOT = ["{} 아니어도 됩니다", "{} 없어도 돼요", "{} 필요 없어요", "{} 인증은 상관없음", "{} 제외"]
TO_GET = ["{} 인증을 받으려고 합니다", "{} 심사를 준비합니다", "저희는 {} 인증을 갖고 있습니다", "{} 인증 갱신 준비"]


@pytest.mark.parametrize("name", CERTIFICATES)
def test_a_certificate_of_the_supplier(reader: ConstraintReader, name: str) -> None:
    for text in around([way.format(name) for way in HAS], NEED_KO):
        assert read(reader, text) == {"certification": [CERTIFICATES[name]]}, text
    for way in (*HAS_NOT, *TO_GET):
        assert read(reader, way.format(name)) == {}, (way, name)


@pytest.mark.parametrize("name", ["ISO 9001", "ISO 14001", "IATF 16949", "HACCP"])
def test_a_certificate_in_english(reader: ConstraintReader, name: str) -> None:
    scheme = name.replace(" ", "").lower()
    for way in HAS_EN:
        assert read(reader, way.format(name)) == {"certification": [scheme]}, way
    for way in ("{} is not required", "no need for {}", "our {} audit is next month", "we are {} certified"):
        assert read(reader, way.format(name)) == {}, way


@pytest.mark.parametrize("gap", [", ", "/", "·", " 및 ", "와 "])
def test_a_list_of_certificates_shares_its_verb(reader: ConstraintReader, gap: str) -> None:
    three = gap.join(("ISO 9001", "14001", "45001"))
    assert read(reader, f"{three} 보유 업체") == {"certification": ["iso9001", "iso14001", "iso45001"]}
    assert read(reader, f"{three} 인증을 받으려고 합니다") == {}
    named = gap.join(("이노비즈", "메인비즈"))
    assert read(reader, f"{named} 인증 업체") == {"certification": ["innobiz", "mainbiz"]}


SIZES = {"대기업": "large", "중견기업": "mid_sized", "중소기업": "sme", "스타트업": "startup", "소기업": "small"}


@pytest.mark.parametrize("size", SIZES)
def test_a_size_of_the_supplier_and_of_others(reader: ConstraintReader, size: str) -> None:
    for way in ("{}으로 부탁", "{}이면 좋겠어요", "{} 위주로", "{}만 보여줘", "{} 업체"):
        assert read(reader, way.format(size)) == {"size": SIZES[size]}, way
    for way in (
        "{}에 납품합니다",
        "{} 납품 실적이 많은 업체",
        "{} 협력사인데 추적이 필요해요",
        "{}이 요구해서 도입합니다",
        "{}에서 쓰는 것과 비슷한 시스템",
        "{} 고객사 감사 대응",
        "{} 말고",
        "{}도 괜찮습니다",
        "{} 수준의 관리",
        "저희는 {}인데",
        "{} 지원사업으로 도입",
    ):
        assert read(reader, way.format(size)) == {}, way


def test_a_size_in_english(reader: ConstraintReader) -> None:
    assert read(reader, "a small company that builds fixtures") == {"size": "small"}
    for text in (
        "we supply to a large company",
        "our customer is a large corporation",
        "large companies audit us",
        "we are a small firm",
        "not a big vendor",
        "MES for small companies",
    ):
        assert read(reader, text) == {}, text


@pytest.mark.parametrize("years", [3, 10, 25])
def test_age_of_the_firm_and_of_machines(reader: ConstraintReader, years: int) -> None:
    for way in ("업력 {}년 이상 업체", "설립 {}년 이상", "{}년 이상 된 회사", "경력 {}년 이상 업체"):
        assert read(reader, way.format(years)) == {"min_years": years}, way
    for way in ("at least {} years in business", "{}+ years of experience", "a company older than {} years"):
        assert read(reader, way.format(years)) == {"min_years": years}, way
    for way in ("창업 {}년 이내 업체", "설립된 지 {}년 안 된 회사", "founded less than {} years ago"):
        assert read(reader, way.format(years)) == {"max_years": years}, way
    for way in ("{}년 된 기계가 자꾸 섭니다", "{}년 넘은 선반", "{}년 이상 된 설비를 교체", "a {} year old press"):
        assert read(reader, way.format(years)) == {}, way


@pytest.mark.parametrize("people", [10, 50, 300])
def test_people_of_the_firm_and_of_the_asker(reader: ConstraintReader, people: int) -> None:
    for way in ("직원 {}명 이상", "{}인 이상 기업", "at least {} employees", "{}+ employees", "{}명 이상 규모 업체"):
        assert read(reader, way.format(people)) == {"min_employees": people}, way
    for way in ("직원수 {}명 이하 업체", "종업원 {}명 미만 회사", "fewer than {} staff"):
        assert read(reader, way.format(people)) == {"max_employees": people}, way
    for way in ("직원 {}명 공장입니다", "{}명이 검사합니다", "우리는 직원 {}명 이상이라", "we have {} staff"):
        assert read(reader, way.format(people)) == {}, way


@pytest.mark.parametrize(
    ("words", "amount"), [("3천만원", 30), ("5,000만원", 50), ("1억 원", 100), ("1.5억", 150), ("삼천만원", 30)]
)
def test_budgets_and_other_money(reader: ConstraintReader, words: str, amount: int) -> None:
    for way in ("예산 {}", "예산은 {} 정도", "{} 이내", "{} 이하로", "예산 {}까지", "{} 한도"):
        assert read(reader, way.format(words)) == {"budget_krw": amount * 1_000_000}, way
    for way in ("불량 손실이 {} 이상입니다", "매출 {} 회사입니다", "{}짜리 기계가 고장", "매달 {}씩 손해"):
        assert read(reader, way.format(words)) == {}, way


@pytest.mark.parametrize(
    "when", ["3개월 이내", "6월까지", "올해 안에", "내년 상반기까지", "추석 전까지", "8주 안에", "2027년 3월까지"]
)
def test_deadlines_are_kept_in_the_buyers_words(reader: ConstraintReader, when: str) -> None:
    for way in ("{} 설치", "{} 구축 완료", "{} 납품해 주세요"):
        assert read(reader, way.format(when)) == {"deadline": when}, way


@pytest.mark.parametrize("when", ["by June", "by 15 March", "before the end of the year", "within 6 weeks", "by Q3"])
def test_deadlines_in_english(reader: ConstraintReader, when: str) -> None:
    assert read(reader, f"{NEED_EN}, installed {when}") == {"deadline": when}


@pytest.mark.parametrize(
    ("name", "ways", "not_ways"),
    [
        (
            "include_closed",
            [
                "폐업 업체 포함",
                "폐업한 곳도 보여줘",
                "문 닫은 곳까지 포함해서",
                "including closed companies",
                "closed firms too",
            ],
            ["폐업 제외", "폐업한 곳은 빼고", "closed loop control", "문 닫은 공장을 철거"],
        ),
        (
            "include_foreign",
            [
                "해외 업체도 괜찮아요",
                "외국 회사도 가능",
                "국내외 모두",
                "foreign vendors are fine",
                "also overseas suppliers",
            ],
            [
                "해외 업체 제외",
                "국내 업체만",
                "해외 수출용 제품",
                "no foreign vendors",
                "our foreign customers complain",
            ],
        ),
        (
            "has_patent",
            ["특허 있는 업체", "관련 특허를 보유한 곳", "holding patents in vision", "a firm with a patent"],
            ["특허는 없어도 됩니다", "특허 출원을 도와줄 곳", "no patents needed"],
        ),
        (
            "registered_supplier",
            ["등록된 공급기업만", "공급기업으로 등록된 곳", "registered supplier only"],
            ["스마트공장 공급기업", "우리가 공급기업입니다"],
        ),
    ],
)
def test_flags(reader: ConstraintReader, name: str, ways: list[str], not_ways: list[str]) -> None:
    for text in ways:
        assert read(reader, text) == {name: True}, text
    for text in not_ways:
        assert read(reader, text) == {}, text


@pytest.mark.parametrize(
    "text",
    [
        "분당 백만 원씩 물어냅니다",
        "연산 4GWh 달성 가능 여부",
        "고양이 사료 공장",
        "영양 표시가 자동 계산",
        "수성 도료를 씁니다",
        "예산이 사천 만큼",
        "권선 보빈 교체 자동",
        "new control cabinet with site start-up",
        "Monday start-up cost us the demand charge",
        "production tracking by the month",
        "a PLC level 2 course",
        "고도의 기술이 필요",
        "공급기업으로 등록하고 싶은데 방법을 몰라요",
        "특허 등록료가 얼마인가요",
        "ISO 27001 인증 취득 컨설팅",
        "TISAX preparation",
        "중소기업도 도입 가능한가요",
        "대기업 보안 점검표가 이백 항목",
    ],
)
def test_what_only_looks_like_a_constraint(reader: ConstraintReader, text: str) -> None:
    assert read(reader, text) == {}, text
