"""The shipped model: loaded by three readers alike, the same bytes in every batch, a card that says what it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.embedding.model import BUNDLED_MODEL, EmbeddingError, load_embedder

_TEXTS = ["머신비전 검사 장비", "machine vision inspection", "자동차 부품 제조업", "PLC", "병 라벨 인쇄 불량 전수 검사"]


def test_vectors_are_of_length_one_and_equal_those_of_model2vec() -> None:
    from model2vec import StaticModel

    ours = load_embedder().encode_passages(_TEXTS)
    theirs = StaticModel.from_pretrained(BUNDLED_MODEL).encode(_TEXTS).astype(np.float32)
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(ours, theirs, atol=2e-3)  # model2vec averages in the stored float16


def test_a_text_has_the_same_bytes_in_every_batch() -> None:
    embedder = load_embedder()
    together = embedder.encode_passages([*_TEXTS, *(f"{text} {i}" for i in range(50) for text in _TEXTS)])
    for row, text in enumerate(_TEXTS):
        assert embedder.encode_queries([text])[0].tobytes() == together[row].tobytes()


def test_a_text_without_a_known_token_has_no_direction() -> None:
    vectors = load_embedder().encode_queries(["", "🙂🙂", "   "])
    assert not vectors.any()


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("용접 로봇", "welding robot", "cosmetics"),
        ("semiconductor equipment", "반도체 장비", "화장품 제조업"),
        ("비전 검사", "machine vision inspection", "food packaging film"),
        ("warehouse management", "창고 관리", "임플란트"),
    ],
)
def test_the_other_language_is_nearer_than_another_trade(text: str, near: str, far: str) -> None:
    one, same, other = load_embedder().encode_queries([text, near, far])
    assert one @ same > one @ other + 0.1


def test_the_card_says_what_it_learned_from_and_how_well() -> None:
    card = (BUNDLED_MODEL / "README.md").read_text(encoding="utf-8")
    for said in ("seed 1", "licence", "R@10", "CC BY-SA", "lab.embedding.train"):
        assert said in card
    assert sum(path.stat().st_size for path in BUNDLED_MODEL.iterdir()) < 12_000_000


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="CAPLAKE_MODEL"):
        load_embedder(str(tmp_path / "nothing"))


def test_another_model_has_another_id(tmp_path: Path) -> None:
    for path in BUNDLED_MODEL.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    own = load_embedder().model_id
    assert load_embedder(str(tmp_path)).model_id.rpartition("-")[2] == own.rpartition("-")[2]
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_embedder(str(tmp_path)).model_id.rpartition("-")[2] != own.rpartition("-")[2]
