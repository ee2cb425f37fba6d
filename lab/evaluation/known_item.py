"""Known items, asked of the product itself: `python -m lab.evaluation.known_item --lake ./lake --shared ../shared`.

Every query describes one listed firm, its name masked; the firm is to be found among all firms of the
exchange's and the venture registers, as `caplake batch` would find it. Firms are split by a hash
(`split.py`): settings are chosen on the development side, the test side is only reported.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from lab.embedding.firms import FirmTexts, read_firm_texts
from lab.embedding.known_item import BigramBM25, Side
from schemas.lake import Lake
from search.batch import run_lines
from search.evaluate import interval
from search.service import SearchService

SOURCES: Final = ("krx_listed", "venture")
_DOCID: Final = "record:krx_listed"
_DEPTH: Final = 100
_PLACE: Final = re.compile(r"[^.]*\b(?:headquartered|based|located) in\b[^.]*\.")

FORMS: Final[dict[str, Callable[[FirmTexts], str]]] = {
    "ko: what its business is": lambda firm: firm.parts_ko[1] if len(firm.parts_ko) > 1 else "",
    "ko: what its products are": lambda firm: firm.parts_ko[2] if len(firm.parts_ko) > 2 else "",
    "ko: description in four parts": lambda firm: " ".join(firm.parts_ko),
    "ko: summary in six parts": lambda firm: " ".join(firm.all_parts_ko),
    "en: summary": lambda firm: firm.summary_en,
    "en: summary, place left out": lambda firm: _PLACE.sub(" ", firm.summary_en).strip(),
}
"""Kinds of text that ask for a firm; an empty one does not ask."""


@dataclass(frozen=True)
class Result:
    """One line of the table: shares of queries with 95 % bootstrap intervals."""

    form: str
    system: str
    queries: int
    firms: int
    recall_10: dict[str, float]
    recall_50: dict[str, float]
    reciprocal_rank: dict[str, float]


def of_side(firms: Sequence[FirmTexts], side: Side) -> list[FirmTexts]:
    return [firm for firm in firms if (firm.split == "test" if side == "test" else firm.development)]


def product_ranks(service: SearchService, texts: dict[str, str], *, read_filters: bool) -> npt.NDArray[np.float64]:
    """Rank of each text's firm in the product's run, infinite where it is not among the first 100.

    `texts` maps stock codes to queries.
    """
    needs = [{"id": code, "text": text} for code, text in texts.items()]
    lines = run_lines(service, needs, limit=_DEPTH, sources=SOURCES, docid=_DOCID, read_filters=read_filters)
    found: dict[str, float] = {}
    for line in lines:
        code, _, document, rank, *_ = line.split(" ")
        if document == f"krx_listed:{code}":
            found[code] = float(rank)
    return np.array([found.get(code, np.inf) for code in texts])


def firm_documents(service: SearchService) -> tuple[list[str], dict[str, int]]:
    """All that each firm of the two registers says, as one text, and the place of each listed firm among them."""
    columns = service.columns
    wanted = np.flatnonzero(columns.sources[SOURCES[0]] | columns.sources[SOURCES[1]])
    texts: dict[int, list[str]] = {int(row): [] for row in wanted}
    for row, text in zip(columns.firm_of.tolist(), columns.statements["text"], strict=True):
        if row in texts:
            texts[row].append(text)
    place = {row: index for index, row in enumerate(texts)}
    links = columns.snapshot.table("links", ["record_key", "firm_id"])
    codes = {
        key.partition(":")[2]: place[columns.row_of[firm_id]]
        for key, firm_id in links.iter_rows()
        if key.startswith("krx_listed:")
    }
    return [" ".join(dict.fromkeys(parts)) for parts in texts.values()], codes


def baseline_ranks(baseline: BigramBM25, codes: dict[str, int], texts: dict[str, str]) -> npt.NDArray[np.float64]:
    """The same ranks of plain BM25 over bigrams, one document a firm; ties count against the firm."""
    found = []
    for code, text in texts.items():
        scores = baseline([text])[0]
        found.append(float((scores >= scores[codes[code]]).sum()))
    return np.array(found)


def evaluate(service: SearchService, shared: Path, *, side: Side, read_filters: bool = True) -> Iterator[Result]:
    """The product and the baseline on every form of query."""
    documents, codes = firm_documents(service)
    baseline = BigramBM25(documents)
    firms = of_side(read_firm_texts(shared / "data"), side)
    for form, text_of in FORMS.items():
        texts = {firm.stock_code: text for firm in firms if (text := text_of(firm)) and firm.stock_code in codes}
        for system, ranks in (
            ("caplake", product_ranks(service, texts, read_filters=read_filters)),
            ("bigram BM25", baseline_ranks(baseline, codes, texts)),
        ):
            yield Result(
                form=form,
                system=system,
                queries=len(texts),
                firms=len(documents),
                recall_10=interval((ranks <= 10).astype(float)),
                recall_50=interval((ranks <= 50).astype(float)),
                reciprocal_rank=interval(1 / ranks),
            )


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 0."""
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation.known_item", description=__doc__)
    parser.add_argument("--lake", default="./lake")
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds data/")
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--side", choices=("test", "development"), default="test", help="whose texts are asked")
    parser.add_argument("--no-filters", action="store_true", help="leave out filters read from the sentence")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if not (options.shared / "data" / "text").is_dir():
        parser.error(f"no texts under {options.shared}/data/text; give the folder with --shared")
    service = SearchService.current(Lake(options.lake), options.engine)
    results = evaluate(service, options.shared, side=options.side, read_filters=not options.no_filters)
    if options.json:
        print(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1))
        return 0
    print(f"{options.side} side, engine {options.engine}\n")
    print("| query | queries | firms | system | R@10 | 95 % | R@50 | MRR |\n|---|---|---|---|---|---|---|---|")
    for result in results:
        recall = result.recall_10
        print(
            f"| {result.form} | {result.queries} | {result.firms} | {result.system} | {recall['value']:.3f} "
            f"| {recall['low']:.3f} to {recall['high']:.3f} | {result.recall_50['value']:.3f} "
            f"| {result.reciprocal_rank['value']:.3f} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
