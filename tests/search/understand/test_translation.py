"""Translations, telling words and the recognition of descriptions, on texts that no count has seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.query import LexicalQuery, TermGroup
from search.understand.translation import WORDS_FILE, Words, load_words, save_words


@pytest.fixture
def few(tmp_path: Path) -> Words:
    saved = save_words(
        tmp_path / "words.npz",
        telling={"사업": 0.1, "company": 0.05},
        odds={"사업": 3.0, "need": -4.0},
        translations={"camera": [("카메", 0.4), ("메라", 0.38), ("스캔", 0.04)], "카메": [("camera", 0.8)]},
    )
    load_words.cache_clear()
    return saved


def test_what_is_saved_is_read_back(few: Words) -> None:
    assert few.telling_of("사업") == pytest.approx(0.1, abs=0.01)
    assert few.telling_of("처음") == 1.0
    assert [t for t, _ in few.translations("camera")] == ["카메", "메라", "스캔"]
    assert few.translations("camera")[0][1] == 1.0
    assert few.translations("처음") == []


def test_expansions_share_their_words_weight(few: Words) -> None:
    found = few.expansions({"camera": 2.0, "처음": 1.0})
    assert found["카메"] == pytest.approx(2.0)
    assert found["메라"] == pytest.approx(2.0 * 0.95, abs=0.02)
    assert "처음" not in found


def test_a_latin_word_of_a_need_is_met_by_the_whole_korean_word(few: Words) -> None:
    query = LexicalQuery({"camera": 1.0}, (TermGroup((("camera",),)), TermGroup((("검사",),))), 2)
    found = few.translated(query)
    assert found.groups[0].alternatives == (("camera",), ("카메", "메라"))
    assert found.groups[1] == query.groups[1]
    assert found.minimum == 2
    assert found.weights["camera"] == 1.0
    assert 0 < found.weights["메라"] < found.weights["카메"] < 1.0
    assert "스캔" not in found.weights


def test_words_that_tell_little_are_not_looked_for(few: Words) -> None:
    found = few.description("카메라 사업 company")
    assert "사업" not in found
    assert "company" not in found
    assert found["카메"] == 1.0


def test_a_repeated_word_counts_less_than_twice(few: Words) -> None:
    assert few.description("카메 카메")["카메"] == pytest.approx(2**0.7)


def test_the_shipped_words_know_the_trade() -> None:
    words = load_words()
    assert "검사" in dict(words.translations("inspect"))
    assert "weld" in dict(words.translations("용접"))
    assert words.telling_of("영위") < words.telling_of("용접")
    assert WORDS_FILE.stat().st_size < 1_500_000


@pytest.mark.parametrize(
    "text",
    [
        "가나정밀은 수동변속기용 동기장치와 클러치 부품을 주력으로 제조하여 국내외 완성차 업체에 공급하고 있습니다.",
        "당사는 반도체 세정 장비와 소모성 부품의 개발, 제조 및 판매를 주요 사업으로 영위하고 있으며 "
        "해외 시장에도 진출하였습니다.",
        "Gana Precision Co., Ltd. manufactures and sells gears and decelerators worldwide. The company was founded "
        "in 1994 and is headquartered in Changwon, South Korea.",
        "The company engages in the development and sale of enterprise software, and also provides consulting services "
        "to financial institutions in South Korea and internationally.",
    ],
)
def test_a_description_of_a_firm_is_recognised(text: str) -> None:
    assert load_words().describes_a_firm(text)


@pytest.mark.parametrize(
    "text",
    [
        "병 라벨 날짜 인쇄가 흐리게 나가는 걸 전수로 잡고 싶다",
        "머신비전",
        "대구 근처에서 사출기 온도를 모니터링해 줄 업체를 찾습니다. 이노비즈 인증이 있으면 좋고 예산은 5천만원입니다.",
        "We bake bread and the date on the bag is often unreadable, can somebody check every bag near Ulsan?",
        "Looking for a supplier of a manufacturing execution system with barcode tracking for a plant of 40 people.",
        "우리 공장은 자동차 부품을 만드는데 도면이 자꾸 뒤섞여서 어느 것이 최신인지 모르겠어요",
        "smart factory supplier in Busan with ISO certification, not cloud",
    ],
)
def test_a_need_is_not_taken_for_a_description(text: str) -> None:
    assert not load_words().describes_a_firm(text)
