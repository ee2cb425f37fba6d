"""Names: one form to show, one key to match, one sound."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import names, sounds


def keys(*texts: str | None) -> list[str | None]:
    return (
        pl.DataFrame({"t": list(texts)}, schema={"t": pl.String}).select(v=names.match_key(pl.col("t")))["v"].to_list()
    )


def spoken(*texts: str) -> list[str | None]:
    return pl.DataFrame({"t": list(texts)}).select(v=sounds.sound_key(pl.col("t")))["v"].to_list()


def bones(*texts: str) -> list[str | None]:
    return pl.DataFrame({"t": list(texts)}).select(v=sounds.skeleton(names.bare_name(pl.col("t"))))["v"].to_list()


stems = st.text("가나다라마바사아자차카타파하한신대성정우진테크", min_size=3, max_size=8).filter(
    lambda s: not s.startswith("주")
)
FORMS = (
    "(주){}",
    "{}(주)",
    "㈜{}",
    "{}㈜",
    "주식회사 {}",
    "{} 주식회사",
    "주식회사{}",
    "(유){}",
    "유한회사 {}",
    "（주）{}",
    "( 주 ) {}",
    "[주]{}",
    "주){}",
    "{} Co., Ltd.",
    "{} CO.,LTD",
    "{}, Inc.",
    "농업회사법인 주식회사 {}",
    "(株){}",
)


@given(stems)
def test_legal_forms_in_every_position_and_spelling(stem: str) -> None:
    assert set(keys(*(form.format(stem) for form in FORMS))) == {stem}


@given(stems, st.integers(1, 4))
def test_blanks_width_and_case_do_not_matter(stem: str, at: int) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in f"ABC{stem}")
    assert len({*keys(f"abc{stem}", f"ABC {stem[:at]} {stem[at:]}", wide, f"“ABC {stem}”")}) == 1


@given(st.text(max_size=30))
def test_any_text_has_a_stable_key(text: str) -> None:
    key = keys(text)[0]
    shown = pl.select(names.display_name(pl.lit(text, pl.String))).item()
    assert key is None or (key == "" or not set(key) & set(" ()[]"))
    if shown is not None:
        assert shown == unicodedata.normalize("NFKC", shown)
        assert pl.select(names.display_name(pl.lit(shown))).item() == shown


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("삼성전자(주) 구미지점", "삼성전자"),
        ("(주)신성이엔지 제2공장", "신성이엔지"),
        ("(주)삼진콘크리트-파주공장", "삼진콘크리트"),
        ("에이치디현대(구 현대중공업)", "에이치디현대"),
        ("(주)더블유비에스(WBS)", "더블유비에스"),
        ("A.B.C Corp.", "abc"),
        ("Foo Pte. Ltd.", "foo"),
        ("AT&T Inc.", "at&t"),
        ("Nokia Oyj", "nokia"),
        ("주식회사", "주식회사"),
        ("한국기술연구소", "한국기술연구소"),
        ("엑세스바이오 인코퍼레이션", "엑세스바이오"),
        ("(주)코스모", "코스모"),
        ("인코", "인코"),
        ("Costco", "costco"),
        ("Taco", "taco"),
        ("(유)한", "한"),
    ],
)
def test_keys(name: str, key: str) -> None:
    assert keys(name) == [key]


def test_no_name_no_key() -> None:
    assert keys(None, "", "  ", "()") == [None, None, None, None]


@pytest.mark.parametrize(
    "name",
    [
        "(주)가나",
        "㈜가나",
        "가나 주식회사",
        "Gana Co., Ltd.",
        "GANA INC",
        "유한회사 가나",
        "농업회사법인 가나",
        "주)가나",
    ],
)
def test_corporate_names(name: str) -> None:
    assert pl.select(names.is_corporate_name(pl.lit(name))).item() is True


@pytest.mark.parametrize("name", ["가나상사", "주가나", "Coway", "회사원의 집", "incheon"])
def test_names_that_say_no_form(name: str) -> None:
    assert pl.select(names.is_corporate_name(pl.lit(name))).item() is False


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LG이노텍", "엘지이노텍(주)"),
        ("LS ELECTRIC", "엘에스일렉트릭(주)"),
        ("백금T&A", "(주)백금티앤에이"),
        ("THE E&M", "더이앤엠(주)"),
        ("하나32호스팩", "하나제32호기업인수목적 주식회사"),
        ("가나테크놀러지", "가나 테크놀로지"),
        ("NICE평가정보", "나이스평가정보 주식회사"),
        ("가나씨스템즈", "가나시스템"),
        ("RFHIC", "알에프에이치아이씨(주)"),
    ],
)
def test_names_that_sound_alike(one: str, other: str) -> None:
    assert len(set(spoken(one, other))) == 1


def test_numbers_tell_names_apart() -> None:
    assert len(set(spoken("하나32호스팩", "하나33호스팩"))) == 2


@pytest.mark.parametrize(
    ("latin", "hangul"),
    [
        ("SELVAS AI", "셀바스에이아이"),
        ("GANA Smart Factory Co., Ltd.", "가나스마트팩토리"),
        ("Hyundai Robotics", "현대로보틱스"),
        ("Doosan Enerbility", "두산에너빌리티"),
    ],
)
def test_romanised_names_share_their_consonants(latin: str, hangul: str) -> None:
    assert len(set(bones(latin, hangul))) == 1


def test_second_names() -> None:
    frame = pl.DataFrame({"n": ["엘에스일렉트릭(주)(구 엘에스산전)", "(주)더블유비에스(WBS)", "(주)가나"]})
    told = frame.select(second=names.remarks(pl.col("n")), former=names.is_former(pl.col("n")))
    assert told.rows() == [("엘에스산전", True), ("WBS", False), (None, False)]
