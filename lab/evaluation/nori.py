"""The peer: BM25 on OpenSearch's own Korean analysis, beside BM25 on our tokens.

`python -m lab.evaluation.nori --shared ../shared` asks a running OpenSearch both ways for the firms that the
development texts of the known-item suite describe, and prints recall with bootstrap intervals. An evaluation of needs
takes `NoriBaseline` as one of the systems to beat.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from lab.embedding.known_item import KnownItems, Side, read_known_items
from search.engines.base import Candidates, Documents, EngineError
from search.engines.opensearch.client import Connection, in_words
from search.engines.opensearch.store import OpenSearchStore
from search.evaluate import interval
from search.query import LexicalQuery
from transforms.text import tokens

_SNAPSHOT: Final = "2000-01-01T000000Z"
_MOST_TERMS: Final = 1_000
_DEPTH: Final = 50

Ranker = Callable[[str], list[int]]
"""From a need to firm rows, best first."""


@dataclass(frozen=True)
class NoriBaseline:
    """Firms by the best of their statements, by BM25 over `text.nori`, inside OpenSearch."""

    connection: Connection
    index: str

    def firms(self, need: str, limit: int) -> list[int]:
        """Firm rows, best first. Raises EngineError."""
        collapsed = {"collapse": {"field": "firm_row"}, "docvalue_fields": ["firm_row"]}
        return [int(hit["fields"]["firm_row"][0]) for hit in self._hits(need, limit, collapsed)]

    def statements(self, need: str, limit: int) -> Candidates:
        """Statement rows with their scores. Raises EngineError."""
        found = np.array([hit["sort"] for hit in self._hits(need, limit, {})], np.float64).reshape(-1, 2)
        return Candidates.ranked(found[:, 1].astype(np.int32), found[:, 0].astype(np.float32))

    def _hits(self, need: str, limit: int, how: dict[str, Any]) -> list[Any]:
        client = self.connection.client()
        with in_words(self.connection):
            analysed = client.indices.analyze(index=self.index, body={"analyzer": "korean", "text": need})["tokens"]
            # As terms, not as a match query: a long text has more words than one query may hold.
            terms = list(dict.fromkeys(token["token"] for token in analysed))[:_MOST_TERMS]
            query: dict[str, Any] = {"bool": {"should": [{"term": {"text.nori": term}} for term in terms]}}
            answer = client.search(
                index=self.index,
                body={
                    "query": query if terms else {"match_none": {}},
                    "sort": [{"_score": "desc"}, {"row": "asc"}],
                    "_source": False,
                    "size": limit,
                    **how,
                },
            )
        found: list[Any] = answer["hits"]["hits"]
        return found


def known_items_as_documents(items: KnownItems) -> Documents:
    """One statement a firm; vectors are of no account here."""
    size = len(items.documents)
    return Documents(
        statements=pl.DataFrame(
            {
                "statement_id": [f"S{row:016d}" for row in range(size)],
                "text": items.documents,
                "firm_row": pl.Series(range(size), dtype=pl.Int32),
            }
        ),
        tokens=[tokens(text) for text in items.documents],
        vectors=np.ones((1, 1), np.float32),
        vector_of=np.zeros(size, np.int32),
    )


def compare(store: OpenSearchStore, items: KnownItems) -> dict[str, dict[str, np.ndarray]]:
    """Per language and system the rank of every query's firm, from 1, `_DEPTH` + 1 where it is not found."""
    store.build(_SNAPSHOT, known_items_as_documents(items))
    try:
        engine, nori = store.open(_SNAPSHOT), NoriBaseline(store.connection, store.index_name(_SNAPSHOT))

        def ours(need: str) -> list[int]:
            weights = dict.fromkeys(tokens(need), 1.0)
            return [int(row) for row in engine.lexical(LexicalQuery(weights), _DEPTH).rows]

        rankers: dict[str, Ranker] = {"nori": lambda need: nori.firms(need, _DEPTH), "our tokens": ours}
        return {
            language: {name: _ranks(ranker, queries, items.answers[language]) for name, ranker in rankers.items()}
            for language, queries in items.queries.items()
        }
    finally:
        store.drop(_SNAPSHOT)


def _ranks(ranker: Ranker, queries: Sequence[str], answers: np.ndarray) -> np.ndarray:
    found = [ranker(query) for query in queries]
    places = [
        rows.index(answer) + 1 if answer in rows else _DEPTH + 1 for rows, answer in zip(found, answers, strict=True)
    ]
    return np.array(places)


def main(arguments: Sequence[str] | None = None) -> int:
    sides: tuple[Side, ...] = ("development", "test")
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation.nori", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder of the evaluation texts")
    parser.add_argument("--side", choices=sides, default="development")
    options = parser.parse_args(arguments)
    if not (data := options.shared / "data").is_dir():
        print(f"{data} is not there: name the folder of the evaluation texts with --shared.", file=sys.stderr)
        return 1
    try:
        store = replace(OpenSearchStore(), prefix="caplake-nori-baseline")
        found = compare(store, read_known_items(data, side=options.side))
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1
    for language, ranks in found.items():
        for name, places in ranks.items():
            figures = f"{_figure('R@10', places <= 10)}  {_figure('R@50', places <= 50)}"
            print(f"{language} {name:<12}{len(places):>5} queries  {figures}")
        gain = (ranks["our tokens"] <= 10).astype(float) - (ranks["nori"] <= 10)
        print(f"{language} our tokens over nori, paired: {_figure('R@10', gain)}")
    return 0


def _figure(name: str, values: np.ndarray) -> str:
    at = interval(values.astype(np.float64))
    return f"{name} {at['value']:.3f} [{at['low']:.3f}, {at['high']:.3f}]"


if __name__ == "__main__":
    sys.exit(main())
