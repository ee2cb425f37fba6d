"""Invented firms and statements for tests of engines, and plain reference answers to compare with."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from zlib import crc32

import numpy as np
import polars as pl

from search.engines import Documents
from search.engines.base import BM25_B, BM25_K1, Floats, Rows
from search.query import LexicalQuery, TermGroup
from transforms.text import tokens

DIMENSIONS = 24
_THINGS = (
    "라벨 인쇄 검사기", "비파괴 초음파 탐상 장비", "무인 반송차", "비접촉 온도 센서", "공정 디지털 트윈",
    "생산관리 시스템", "협동로봇 그리퍼", "3차원 스캐너", "산업용 무선 게이트웨이", "창고관리 소프트웨어",
    "불량 검출 딥러닝", "전력 감시 장치", "machine vision camera", "digital twin platform", "PLC controller",
    "predictive maintenance", "edge gateway",
)  # fmt: skip
_ENDS = ("개발", "제조업", "및 부품", "for factories", "", "공급", "자동화 설비", "kit 2")


def documents(firms: int, seed: int = 1, per_firm: int = 4) -> Documents:
    """`firms` invented firms with up to `per_firm` statements each; some statements read the same."""
    dice = random.Random(seed)
    firm_rows, texts = [], []
    for row in range(firms):
        for _ in range(dice.randrange(per_firm + 1)):
            firm_rows.append(row)
            texts.append(f"{dice.choice(_THINGS)} {dice.choice(_ENDS)}".strip())
    return of_texts(firm_rows, texts, seed)


def of_texts(firm_rows: Sequence[int], texts: Sequence[str], seed: int = 1) -> Documents:
    distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    size = len(texts)
    statements = pl.DataFrame(
        {
            "statement_id": [f"S{row:016d}" for row in range(size)],
            "firm_id": [f"F{row:010d}" for row in firm_rows],
            "text": list(texts),
            "language": ["ko"] * size,
            "kind": ["product"] * size,
            "source": ["invented"] * size,
            "as_of": [date(2026, 1, 1 + row % 28) for row in range(size)],
            "concepts": [["machine_vision"] if row % 3 else [] for row in range(size)],
            "fields": [["digital_twin"]] * size,
            "firm_row": pl.Series(firm_rows, dtype=pl.Int32),
            "name": [f"(주)가나{row}" for row in firm_rows],
            "region": ["대구광역시"] * size,
        },
        schema_overrides={"concepts": pl.List(pl.String), "fields": pl.List(pl.String), "as_of": pl.Date},
    )
    return Documents(
        statements=statements,
        tokens=[tokens(text) for text in texts],
        vectors=unit_vectors(len(distinct), seed),
        vector_of=np.array([distinct[text] for text in texts], np.int32),
    )


def of_statements(statements: pl.DataFrame) -> Documents:
    """Of invented statements in any order; the same text has the same vector in all of them."""
    ordered = statements.sort("firm_id", "statement_id").with_columns(
        firm_row=pl.col("firm_id").rank("dense").cast(pl.Int32) - 1
    )
    texts = ordered["text"].to_list()
    distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    return Documents(
        statements=ordered,
        tokens=[tokens(text) for text in texts],
        vectors=np.concatenate([unit_vectors(1, crc32(text.encode())) for text in distinct]),
        vector_of=np.array([distinct[text] for text in texts], np.int32),
    )


def unit_vectors(size: int, seed: int) -> Floats:
    vectors = np.random.default_rng(seed).normal(size=(size, DIMENSIONS)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def query(dice: random.Random) -> LexicalQuery:
    """A random need: words with weights, groups with alternatives, how many must be met."""
    texts = [*dice.sample(_THINGS, dice.randint(1, 3)), dice.choice(_ENDS)]
    found = sorted({token for text in texts for token in tokens(text)})
    groups = [TermGroup((tuple(tokens(text)), (dice.choice(found),))) for text in texts if tokens(text)]
    weights = {token: dice.choice((0.4, 1.0, 1.7)) for token in found}
    return LexicalQuery(weights, tuple(groups), dice.randint(1, len(groups)))


def bm25(given: Documents, weights: dict[str, float]) -> Floats:
    """Score of every statement, by the formula itself. Statements here are short, so lengths are exact."""
    counts = [Counter(own) for own in given.tokens]
    lengths = np.array([len(own) for own in given.tokens], float)
    scores = np.zeros(len(given))
    known = {token for count in counts for token in count}
    for token in weights.keys() & known:
        frequency = np.array([count[token] for count in counts], float)
        holding = int((frequency > 0).sum())
        rarity = math.log(1 + (len(given) - holding + 0.5) / (holding + 0.5))
        saturation = frequency + BM25_K1 * (1 - BM25_B + BM25_B * lengths / lengths.mean())
        scores += weights[token] * rarity * frequency / saturation
    return scores.astype(np.float32)


def firms_that_match(given: Documents, wanted: LexicalQuery) -> Rows:
    firm_rows = given.statements["firm_row"].to_numpy()
    own_tokens = [frozenset(own) for own in given.tokens]
    groups = [[frozenset(alternative) for alternative in group.alternatives if alternative] for group in wanted.groups]
    matching = [
        sum(any(alternative <= own for alternative in group) for group in groups) >= max(wanted.minimum, 1)
        for own in own_tokens
    ]
    return np.unique(firm_rows[np.array(matching, bool)]).astype(np.int32)
