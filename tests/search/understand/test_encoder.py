"""The encoder of needs, as it is shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.understand.encoder import SentenceEncoder, Vocabulary, default_encoder


def test_vectors_have_length_one_and_an_empty_text_none() -> None:
    vectors = default_encoder().encode(["로봇으로 박스 적재", "", "   ", "stack boxes with a robot"])
    assert vectors.shape == (4, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 0, 1], abs=1e-3)


def test_one_meaning_lies_close_in_both_languages() -> None:
    ko, en, other = default_encoder().encode(
        ["로봇으로 박스를 쌓고 싶어요", "a robot that stacks our boxes", "전기 요금을 줄이고 싶습니다"]
    )
    assert ko @ en > 0.8
    assert ko @ other < 0.5


def test_a_text_alone_and_among_others_has_the_same_vector() -> None:
    texts = ["비전 검사", "a much longer text about the compressor that leaks at night and nobody knows where", "MES"]
    together = default_encoder().encode(texts)
    alone = np.vstack([default_encoder().encode([text]) for text in texts])
    assert (together == alone).all()


@pytest.mark.parametrize("text", ["가" * 5_000, "🙂" * 700, "\x00", "a b " * 2_000, "Ω≈ç√"])
def test_odd_texts_are_read(text: str) -> None:
    assert np.isfinite(default_encoder().encode([text])).all()


def test_only_the_first_600_characters_count() -> None:
    text = "설비 점검 " * 100
    one, two = default_encoder().encode([text[:600], text + "로봇"])
    assert (one == two).all()


def test_a_missing_file_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train_encoder"):
        SentenceEncoder(tmp_path / "encoder.onnx").encode(["x"])
    with pytest.raises(FileNotFoundError, match=r"pieces\.npz.*train_encoder"):
        Vocabulary.load(tmp_path / "pieces.npz")


def test_a_saved_vocabulary_is_the_same(tmp_path: Path) -> None:
    kept = Vocabulary.load()
    part = Vocabulary(kept.pieces[:50], kept.log_probabilities[:50], kept.nibbles[:50], kept.scales[:50])
    for name in ("a.npz", "b.npz"):
        part.save(tmp_path / name)
    again = Vocabulary.load(tmp_path / "a.npz")
    assert again.pieces == part.pieces
    assert (again.vectors(range(50)) == part.vectors(range(50))).all()
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
