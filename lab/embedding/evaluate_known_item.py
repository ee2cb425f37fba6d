"""Measure a model by known-item retrieval and print a table: `python -m lab.embedding.evaluate_known_item`.

R@10 and R@50 with 95 % bootstrap intervals, Korean and English, beside bigram BM25 and the plain fusion of
both (reciprocal ranks), on the same queries.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from lab.embedding.known_item import BigramBM25, Floats, KnownItems, Side, interval, ranks, read_known_items
from search.embedding.model import Embedder, load_embedder

_RRF = 60.0
"""The usual constant of reciprocal rank fusion."""


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    system: str
    language: str
    queries: int
    documents: int
    recall_10: float
    low: float
    high: float
    recall_50: float


def dense_scores(model: Embedder, documents: Floats, queries: list[str]) -> Floats:
    """Cosines, shape (queries, documents)."""
    scores: Floats = model.encode_queries(queries) @ documents.T
    return scores


def reciprocal_ranks(scores: Floats) -> Floats:
    """1 / (60 + rank) of every document for every query, shape as `scores`."""
    order = np.argsort(-scores, axis=1, kind="stable")
    found = np.empty_like(scores)
    values = (1.0 / (_RRF + 1.0 + np.arange(scores.shape[1]))).astype(np.float32)
    np.put_along_axis(found, order, np.broadcast_to(values, scores.shape), axis=1)
    return found


def measure(model: Embedder, items: KnownItems, *, baseline: bool = True) -> list[Figure]:
    """The table of one model over one suite."""
    documents = model.encode_passages(items.documents)
    lexical = BigramBM25(items.documents) if baseline else None
    figures: list[Figure] = []
    for language, queries in items.queries.items():
        systems = {model.model_id: dense_scores(model, documents, queries)}
        if lexical is not None:
            words = lexical(queries)
            dense = reciprocal_ranks(systems[model.model_id])
            systems = {"bigram BM25": words, **systems, "both, RRF": reciprocal_ranks(words) + dense}
        for system, scores in systems.items():
            place = ranks(scores, items.answers[language])
            low, high = interval(place <= 10)
            figures.append(
                Figure(
                    system=system,
                    language=language,
                    queries=len(queries),
                    documents=len(items.documents),
                    recall_10=round(float((place <= 10).mean()), 4),
                    low=round(low, 4),
                    high=round(high, 4),
                    recall_50=round(float((place <= 50).mean()), 4),
                )
            )
    return figures


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 0."""
    parser = argparse.ArgumentParser(prog="python -m lab.embedding.evaluate_known_item", description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/, such as ../shared")
    parser.add_argument("--model", help="model folder or hub id; default: CAPLAKE_MODEL, else the bundled one")
    parser.add_argument("--side", choices=("test", "development"), default="test", help="whose texts are asked")
    parser.add_argument("--without-short-list", action="store_true", help="leave out the second venture list")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    side: Side = options.side
    items = read_known_items(options.shared / "data", side=side, short_list=not options.without_short_list)
    figures = measure(load_embedder(options.model), items)
    if options.json:
        print(json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=1))
        return 0
    print(f"{len(items.documents)} firms, {side} queries\n")
    print("| system | queries | R@10 | 95 % | R@50 |\n|---|---|---|---|---|")
    for figure in figures:
        print(
            f"| {figure.system} | {figure.queries} {figure.language} | {figure.recall_10:.3f} "
            f"| {figure.low:.3f} to {figure.high:.3f} | {figure.recall_50:.3f} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
