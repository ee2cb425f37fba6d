"""Known-item retrieval over the bundled registers: find the firm from another text about it.

Documents are the firms of the exchange's and the venture registers (industry and main products). Queries
are Korean descriptions and English summaries of listed firms of the *test* side, their names masked.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from lab.embedding.firms import normal_name, read_firm_texts, read_rows

Side = Literal["test", "development"]
Floats = npt.NDArray[np.float32]
Scorer = Callable[[Sequence[str]], Floats]
"""Scores of queries over all documents, shape (queries, documents)."""


@dataclass(frozen=True)
class KnownItems:
    """Texts of all firms; queries with the position of the firm that each describes."""

    documents: list[str]
    queries: dict[str, list[str]]
    answers: dict[str, npt.NDArray[np.int64]]


def read_known_items(data: Path, *, side: Side = "test", short_list: bool = True) -> KnownItems:
    """The suite: `ko` queries (four-part Korean description) and `en` queries (English summary).

    `side` says whose descriptions are asked; without `short_list` the second venture list stays out.
    """
    texts: dict[str, list[str]] = {}
    position: dict[str, str] = {}
    registers = data / "registers"
    for row in read_rows(registers / "krx_listed_202604.csv"):
        key = normal_name(row["회사명"])
        position[row["종목코드"]] = key
        texts.setdefault(key, []).extend((row["업종"], row["주요제품"]))
    for row in read_rows(registers / "ventureList2603.csv"):
        texts.setdefault(normal_name(row["업체명"]), []).extend((row["업종명(11차)"], row["주생산품"]))
    for row in read_rows(registers / "venture_list_short_202603.csv") if short_list else ():
        texts.setdefault(normal_name(row["COMPANY_NAME"]), []).append(row["TYPE_DETAIL"])
    order = {key: index for index, key in enumerate(texts)}
    documents = [" ".join(dict.fromkeys(part for part in parts if part)) for parts in texts.values()]
    queries: dict[str, list[str]] = {"ko": [], "en": []}
    answers: dict[str, list[int]] = {"ko": [], "en": []}
    for firm in read_firm_texts(data):
        if not (firm.split == "test" if side == "test" else firm.development):
            continue
        for language, text in (("ko", " ".join(firm.parts_ko)), ("en", firm.summary_en)):
            if text:
                queries[language].append(text)
                answers[language].append(order[position[firm.stock_code]])
    return KnownItems(documents, queries, {k: np.array(v, dtype=np.int64) for k, v in answers.items()})


def ranks(scores: Floats, answers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Rank of each answer, from 1. Ties count against the answer: equal scores are ahead of it."""
    own = scores[np.arange(len(answers)), answers]
    found: npt.NDArray[np.int64] = (scores >= own[:, None]).sum(axis=1)
    return found


def recall(scores: Floats, answers: npt.NDArray[np.int64], at: int = 10) -> float:
    """Share of queries whose firm is among the first `at`."""
    return float((ranks(scores, answers) <= at).mean())


def interval(hits: npt.NDArray[np.bool_], *, seed: int = 1, draws: int = 2000) -> tuple[float, float]:
    """95 % bootstrap interval of a share."""
    chance = np.random.default_rng(seed)
    means = hits[chance.integers(0, len(hits), (draws, len(hits)))].mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def bigrams(text: str) -> list[str]:
    """Two-syllable pieces of Hangul runs; other runs of letters and digits whole, in lower case."""
    tokens: list[str] = []
    for run in re.findall(r"[가-힣]+|[a-z]+|[0-9]+", text.lower()):
        if "가" <= run[0] <= "힣" and len(run) > 1:
            tokens.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            tokens.append(run)
    return tokens


class BigramBM25:
    """Exact BM25 (k1 1.2, b 0.75) on Hangul bigrams: the lexical baseline."""

    def __init__(self, documents: Sequence[str], *, k1: float = 1.2, b: float = 0.75) -> None:
        counts = [Counter(bigrams(document)) for document in documents]
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float32)
        norm = k1 * (1 - b + b * lengths / lengths.mean())
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row, count in enumerate(counts):
            for token, frequency in count.items():
                postings[token].append((row, frequency))
        self._size = len(documents)
        self._postings: dict[str, tuple[npt.NDArray[np.int64], Floats]] = {}
        for token, entries in postings.items():
            rows = np.array([row for row, _ in entries], dtype=np.int64)
            frequency_of = np.array([frequency for _, frequency in entries], dtype=np.float32)
            idf = math.log(1 + (self._size - len(rows) + 0.5) / (len(rows) + 0.5))
            weight = idf * frequency_of * (k1 + 1) / (frequency_of + norm[rows])
            self._postings[token] = (rows, weight.astype(np.float32))

    def __call__(self, queries: Sequence[str]) -> Floats:
        """Scores, shape (queries, documents)."""
        scores = np.zeros((len(queries), self._size), dtype=np.float32)
        for line, query in enumerate(queries):
            for token in bigrams(query):
                if token in self._postings:
                    rows, weight = self._postings[token]
                    scores[line, rows] += weight
        return scores
