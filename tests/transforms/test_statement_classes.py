"""What only the kind of a statement bears out: industry lines, patents by their classes, names, bundles."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.evidence import with_classes, with_evidence
from transforms.statements import default_reader


def classed(
    text: str, kind: str = "product", weight: str = "strong", names: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    statements = pl.DataFrame(
        {
            "firm_id": "F1",
            "text": [text, "산업용 로봇 제조업"],
            "kind": [kind, "industry"],
            "weight_class": [weight, "weak"],
        }
    )
    named = pl.DataFrame(
        {"firm_id": ["F1"] * len(names), "name": list(names)}, schema={"firm_id": pl.String, "name": pl.String}
    )
    return with_classes(statements, named).select("kind", "weight_class").rows()[:-1]


def test_an_empty_text_is_no_statement() -> None:
    assert classed(".") == []


def test_a_line_about_one_thing_keeps_its_weight() -> None:
    assert classed("머신비전 검사장비") == [("product", "strong")]


@pytest.mark.parametrize(
    "text",
    ["산업용 로봇 제조업", "산업용로봇 제조업", "산업용 로봇 제조", "특수 목적용 기계 제조업,산업용 로봇 제조업"],
)
def test_an_industry_told_as_a_product_is_an_industry_line(text: str) -> None:
    assert classed(text) == [("industry", "weak")]


def test_the_firms_own_name_is_a_name() -> None:
    assert classed("가나비전", names=("(주)가나비전",)) == [("firm_name", "hint")]
    assert classed("가나비전", names=("(주)다라비전",)) == [("product", "strong")]


def test_a_bundle_of_many_things_weighs_less() -> None:
    assert classed("밸브, 펌프, 화약, 부동산 임대, 무역, 완구, 포장재") == [("product", "medium")]


def evidence(text: str, kind: str, ipc: str | None = None) -> tuple[list[str], list[str]]:
    reading = default_reader().read(text)
    row = pl.DataFrame(
        {
            "text": [text],
            "kind": [kind],
            "ipc": [ipc],
            "concepts": [list(reading.concepts)],
            "fields": [list(reading.fields)],
        },
        schema_overrides={"ipc": pl.String, "concepts": pl.List(pl.String), "fields": pl.List(pl.String)},
    )
    borne = with_evidence(row).row(0, named=True)
    return borne["concepts"], borne["fields"]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("측정, 시험, 항해, 제어 및 기타 정밀기기 제조업; 광학기기 제외", ["sensors_actuators"]),
        ("산업용 로봇 제조업", ["industrial_robot"]),
        ("수산물 가공 및 저장 처리업", []),
        ("응용 소프트웨어 개발 및 공급업", []),
        ("건설.광업용 기계 및 장비 수리업", []),
    ],
)
def test_an_industry_has_the_fields_of_its_table(line: str, fields: list[str]) -> None:
    assert evidence(line, "industry")[1] == fields


def test_a_patent_is_tagged_where_its_classes_lie_in_the_field() -> None:
    assert evidence("볼 그립퍼", "patent", "B25J 15/00") == (["gripper"], ["industrial_robot"])
    assert evidence("볼 그립퍼", "patent", "A61B 17/00") == ([], [])
    assert evidence("볼 그립퍼", "patent", None)[1] == ["industrial_robot"]


def test_a_method_word_does_not_tag_a_patent() -> None:
    assert evidence("딥러닝을 이용한 상품 추천 방법", "patent", "G06N 3/08|G06Q 30/06")[1] == []


def test_general_words_in_a_name_tell_nothing() -> None:
    assert evidence("(주)클라우드나인", "firm_name")[1] == []
    assert evidence("(주)가나스마트팩토리", "firm_name")[1] == ["production_management"]
