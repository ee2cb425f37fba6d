"""How the models are made: on invented texts, small enough to train twice."""

from __future__ import annotations

import csv
import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from lab.embedding.corpus import Source, product_pairs, sentences
from lab.embedding.firms import mask, read_firm_texts
from lab.embedding.ibm import translation_table
from lab.embedding.known_item import BigramBM25, bigrams, ranks
from lab.embedding.words import english_tokens, korean_tokens, odds, telling
from lab.evaluation.split import is_development, split_of
from search.embedding.model import BUNDLED_MODEL, load_embedder

_THINGS = {
    "camera": "카메라",
    "robot": "로봇",
    "valve": "밸브",
    "sensor": "센서",
    "furnace": "용해로",
    "welding": "용접",
}


def test_translations_are_learned_from_sentences_alone() -> None:
    words = list(_THINGS.items())
    pairs = [((en, other, "the"), (ko, _THINGS[other])) for en, ko in words for other, _ in words if other != en]
    table = translation_table(pairs, [1.0] * len(pairs))
    for en, ko in words:
        assert table.of[en][0][0] == ko
        assert table.of[en][0][1] > 0.9
    assert translation_table([], []).of == {}


def test_sentences_too_long_to_align_are_left_out() -> None:
    long = tuple(f"w{i}" for i in range(100))
    assert translation_table([(long, ("가나",))], [1.0], longest=60).of == {}


def test_tokens_of_the_two_languages() -> None:
    assert english_tokens("Inspection of 3 Cameras, a 검사") == ["inspect", "of", "camera"]
    assert korean_tokens("카메라를 Inspection 3대") == ["카메", "메라", "대"]


def test_a_word_that_one_kind_of_text_is_full_of_tells_nothing() -> None:
    common = [f"the company makes {thing}" for thing in _THINGS]
    found = telling([common, ["camera", "camera", "robot", "robot"]])
    assert found["compani"] < 0.1
    assert "furnac" not in found  # stands in one text only: nothing is counted of it, so it tells in full


def test_odds_speak_for_the_side_a_word_stands_on() -> None:
    found = odds(["we make valves"] * 10, ["who makes valves for us"] * 10)
    assert found["we"] > 1
    assert found["who"] < -1
    assert abs(found["valv"]) < 0.1


def test_bm25_by_hand() -> None:
    scores = BigramBM25(["용접 로봇", "용접", "밸브"])(["용접"])[0]
    assert scores[1] > scores[0] > 0 == scores[2]
    idf = np.log(1 + (3 - 2 + 0.5) / 2.5)
    assert scores[1] == pytest.approx(idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 1 / (4 / 3))), rel=1e-5)
    assert bigrams("용접 MES 3대") == ["용접", "mes", "3", "대"]


def test_ties_count_against_the_answer() -> None:
    scores = np.array([[0.5, 0.5, 0.1], [0.9, 0.5, 0.1]], np.float32)
    assert ranks(scores, np.array([1, 0])).tolist() == [2, 1]


def test_names_are_masked_with_and_without_their_legal_form() -> None:
    text = mask(
        "Gana Precision Co., Ltd. and gana precision; 가나정밀은 (주)가나정밀이다",
        ("가나정밀", "Gana Precision Co., Ltd."),
    )
    assert "gana" not in text.lower()
    assert "가나정밀" not in text


def write(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Invented firms with every stock code from 000000 to 000199; all of one group share a summary."""
    codes = [f"{number:06d}" for number in range(200)]
    parts = ("industry", "business", "products", "market", "current-status", "growth")
    write(
        tmp_path / "registers" / "krx_listed_202604.csv",
        [
            {"종목코드": c, "회사명": f"가나{c}", "업종": "기계 제조업", "주요제품": f"밸브 {c}, 펌프 {c}"}
            for c in codes
        ],
    )
    write(
        tmp_path / "registers" / "ventureList2603.csv",
        [{"업체명": "다라", "업종명(11차)": "x", "주생산품": "하나, 다섯"}],
    )
    write(tmp_path / "registers" / "venture_list_short_202603.csv", [{"COMPANY_NAME": "마바", "TYPE_DETAIL": "셋"}])
    write(
        tmp_path / "text" / "company_summaries_ko.csv",
        [{"stock_code": c, "corp_name": f"가나{c}", **{p: f"{p} 설명 {c}" for p in parts}} for c in codes],
    )
    write(
        tmp_path / "text" / "listed_firms_en.csv",
        [
            {"종목코드": c, "name": f"Gana {c}", "summary": "One group's text." if c < "000100" else f"Text {c}."}
            for c in codes
        ],
    )
    return tmp_path


def test_no_text_of_a_test_firm_is_trained_on(data: Path) -> None:
    firms = read_firm_texts(data)
    held_out = {text for f in firms if f.split == "test" for text in (f.summary_en, *f.all_parts_ko) if text}
    trained = {
        text for f in firms if f.split == "train" and not f.development for text in (f.summary_en, *f.all_parts_ko)
    }
    assert held_out
    assert trained - {""}
    assert not held_out & (trained - {""})
    learned = {text for pair in product_pairs(data, hold_out=True) for text in pair}
    assert "하나" in learned
    for firm in firms:
        own = f"밸브 {firm.stock_code}"
        assert (own in learned) == (firm.split == "train" and not firm.development)


def test_the_split_is_a_firms_own_and_about_as_large_as_it_says() -> None:
    codes = [f"{number:06d}" for number in range(5000)]
    test = [code for code in codes if split_of(code) == "test"]
    assert 0.37 < len(test) / len(codes) < 0.43
    assert not any(is_development(code) for code in test)
    assert split_of(" 005930 ") == split_of("005930")


def test_sentences_are_cut_at_their_ends() -> None:
    assert sentences("The firm makes valves of steel. Short. It also sells pumps and seals.") == [
        "The firm makes valves of steel.",
        "It also sells pumps and seals.",
    ]


@pytest.mark.slow
def test_the_same_seed_trains_the_same_model_and_both_libraries_load_it(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs: uv pip install 'caplake[models]'")
    from model2vec import StaticModel
    from sentence_transformers import SentenceTransformer

    from lab.embedding.train import save, train_model
    from lab.embedding.trainer import Settings

    things = list(_THINGS.items())
    pairs = [
        (f"{a} and {b} supplier {i}", f"{_THINGS[a]} {_THINGS[b]} 공급 {i}")
        for i, (a, _) in enumerate(things)
        for b, _ in things
    ] * 12
    settings = Settings(dimensions=16, korean_pieces=120, other_pieces=120, epochs=3, batch=32)
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        save(train_model([Source("toy", pairs)], settings, lambda _: None), folder)
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes(), path.name
    texts = ["welding robot", "용접 로봇", "밸브"]
    one = SentenceTransformer(str(folders[0]), device="cpu").encode(texts, normalize_embeddings=True).astype(np.float32)
    two = StaticModel.from_pretrained(folders[0]).encode(texts).astype(np.float32)
    two /= np.linalg.norm(two, axis=1, keepdims=True)
    np.testing.assert_allclose(one, two, atol=5e-3)
    assert one[0] @ one[1] > one[0] @ one[2]


def test_the_shipped_model_was_made_with_the_settings_and_sources_of_the_code() -> None:
    pytest.importorskip("torch", reason="the settings lie beside the training: uv pip install 'caplake[models]'")
    from lab.embedding.card import LICENCES
    from lab.embedding.trainer import Settings

    card = (BUNDLED_MODEL / "README.md").read_text(encoding="utf-8")
    said = ", ".join(f"{name} {value}" for name, value in asdict(Settings()).items())
    assert f"Settings: {said}." in card
    assert load_embedder(str(BUNDLED_MODEL)).dimensions == Settings().dimensions
    assert set(re.findall(r"^\| \d+ \| \d+ \| (\w+) \|", card, re.M)) == LICENCES.keys()
