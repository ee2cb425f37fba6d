"""How well needs are understood: `python -m lab.understanding.evaluate [--needs FILE] [--shared ../shared]`.

By default on the held-out needs, which no model, vocabulary or rule was made from; `--needs
lab/data/understanding/heldout_2026_12.jsonl` takes the plain ones of December 2026, by other writers than those whose
sentences the model learned from.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from lab.understanding.baselines import keywords, naive_bayes, nearest, thesaurus
from lab.understanding.labels import canonical_filters, ids_of, same_words
from schemas.vocabulary import load_vocabulary
from search.evaluate import interval
from search.query import Filters, Need
from search.understand import Understander
from transforms.concepts import default_matcher

HELD_OUT: Final = Path("lab/understanding/heldout/needs_heldout.yaml")
HELD_OUT_PLAIN: Final = Path("lab/data/understanding/heldout_2026_12.jsonl")
SECOND: Final = "second_labels.yaml"
DRAFT: Final = Path("data/reference/thesaurus_draft.yaml")
_RESAMPLES: Final = 1_000
_SEED: Final = 20_260_101

Pairs = set[tuple[str, str]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class LabelledNeed:
    """A labelled need. `fields` empty: nobody answers it. `secondary` are fields that are also acceptable."""

    id: str
    text: str
    language: str
    fields: tuple[str, ...]
    secondary: tuple[str, ...] = ()
    tech_named: bool = False
    filters: dict[str, Any] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()


def load_needs(file: Path) -> list[LabelledNeed]:
    """Needs of a YAML list, or of a `.jsonl` file of plain needs, which label only fields that are all acceptable.

    Raises ValueError naming a filter that there is not.
    """
    if file.suffix == ".jsonl":
        return _plain_needs(file)
    vocabulary = load_vocabulary()
    needs = [
        LabelledNeed(
            str(row.get("id", "")),
            row["text"],
            row["lang"],
            tuple(row["fields"]),
            tuple(row.get("secondary") or ()),
            bool(row.get("tech_named")),
            canonical_filters(row.get("filters") or {}, vocabulary),
            tuple(row.get("excluded") or ()),
        )
        for row in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]
    known = {f.name for f in fields(Filters)}
    if unknown := sorted({name for need in needs for name in need.filters} - known):
        raise ValueError(f"{file} labels filters that there are not: {', '.join(unknown)}")
    return needs


def _plain_needs(file: Path) -> list[LabelledNeed]:
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [LabelledNeed(str(i), row["t"], row["l"], tuple(row["f"])) for i, row in enumerate(rows, 1)]


def evaluate(needs: Sequence[LabelledNeed], shared: Path | None) -> dict[str, Any]:
    """All figures with 95 % bootstrap intervals; systems by language, and what only ours does."""
    vocabulary = load_vocabulary()
    understander = Understander.default()
    understood = [understander.understand(need.text) for need in needs]
    systems: dict[str, Callable[[str], list[str]]] = {
        "keywords on field names": keywords(vocabulary),
        "nearest field by embedding": nearest(vocabulary),
        "naive Bayes on the same sentences": naive_bayes(vocabulary),
    }
    if shared and (shared / DRAFT).is_file():
        systems["draft thesaurus"] = thesaurus(vocabulary, shared / DRAFT)
    rankings = {name: [rank(need.text) for need in needs] for name, rank in systems.items()}
    rankings["understanding"] = ours = [[f.id for f in u.fields] for u in understood]
    return {
        "needs": sum(bool(n.fields) for n in needs),
        "not_needs": sum(not n.fields for n in needs),
        "fields": {name: field_figures(needs, ranked) for name, ranked in rankings.items()},
        "secondary_accepted": field_figures(
            [replace(n, fields=n.fields + n.secondary) if n.fields else n for n in needs], ours
        ),
        "answerable_auc": auc(
            np.array([u.answer_score for u, n in zip(understood, needs, strict=True) if n.fields]),
            np.array([u.answer_score for u, n in zip(understood, needs, strict=True) if not n.fields]),
        ),
        "answerable_accuracy": interval(
            np.array([u.answerable == bool(n.fields) for u, n in zip(understood, needs, strict=True)], float)
        ),
        "refused": refused_figures(needs, understood),
        "filters": filter_figures(needs, understood),
        "excluded": excluded_figures(needs, understood),
    }


def field_figures(needs: Sequence[LabelledNeed], ranked: Sequence[Sequence[str]]) -> dict[str, dict[str, float]]:
    """Share of needs whose first field, and one of whose first three, is a labelled main field."""
    judged = [
        (n, float(r[0] in n.fields), float(bool(set(r[:3]) & set(n.fields))))
        for n, r in zip(needs, ranked, strict=True)
        if n.fields
    ]
    slices: dict[str, Callable[[LabelledNeed], bool]] = {
        "ko": lambda n: n.language == "ko",
        "en": lambda n: n.language == "en",
        "no technology named": lambda n: not n.tech_named,
    }
    out = {}
    for name, belongs in slices.items():
        if chosen := [(first, three) for n, first, three in judged if belongs(n)]:
            out[f"{name} top-1"] = interval(np.array([first for first, _ in chosen]))
            out[f"{name} top-3"] = interval(np.array([three for _, three in chosen]))
    return out


def refused_figures(needs: Sequence[LabelledNeed], understood: Sequence[Need]) -> dict[str, dict[str, float]]:
    """Share of the sentences that are no needs, and of the needs by language, for which no supplier is sought."""
    refused = [(bool(n.fields), n.language, float(not u.answerable)) for n, u in zip(needs, understood, strict=True)]
    slices = {
        "near misses": [r for is_need, _, r in refused if not is_need],
        "needs": [r for is_need, _, r in refused if is_need],
        "needs ko": [r for is_need, language, r in refused if is_need and language == "ko"],
        "needs en": [r for is_need, language, r in refused if is_need and language == "en"],
    }
    return {name: interval(np.array(values)) for name, values in slices.items() if values}


def filter_figures(needs: Sequence[LabelledNeed], understood: Sequence[Need]) -> dict[str, Any]:
    """Precision, recall and F1 over single constraints (name and value exactly), and per name what was missed."""
    read = [pairs(u.filters.as_dict()) for u in understood]
    wanted = [_in_words_of(pairs(n.filters), told) for n, told in zip(needs, read, strict=True)]
    names = sorted({name for found in (*wanted, *read) for name, _ in found})
    return {
        "f1": _f1_interval(wanted, read),
        "whole need right": interval(np.array([w == r for w, r in zip(wanted, read, strict=True)], float)),
        "by_name": {
            name: {
                "labelled": sum(n == name for w in wanted for n, _ in w),
                "right": sum(n == name for w, r in zip(wanted, read, strict=True) for n, _ in w & r),
                "wrong": sum(n == name for w, r in zip(wanted, read, strict=True) for n, _ in r - w),
            }
            for name in names
        },
    }


def excluded_figures(needs: Sequence[LabelledNeed], understood: Sequence[Need]) -> dict[str, float]:
    """How many labelled exclusions were read, and in how many needs without one something was excluded."""
    vocabulary, matcher = load_vocabulary(), default_matcher()
    labelled = [
        not ids_of(name, vocabulary, matcher).isdisjoint(u.excluded)
        for n, u in zip(needs, understood, strict=True)
        for name in n.excluded
    ]
    spurious = [bool(u.excluded) for n, u in zip(needs, understood, strict=True) if not n.excluded]
    return {"labelled": len(labelled), "read": sum(labelled), "needs_wrongly_with_one": sum(spurious)}


def pairs(filters: dict[str, Any]) -> Pairs:
    """Each constraint by name and value."""
    return {
        (name, json.dumps(value, ensure_ascii=False))
        for name, values in filters.items()
        for value in (values if isinstance(values, list | tuple) else [values])
    }


def _in_words_of(wanted: Pairs, read: Pairs) -> Pairs:
    """The labels, a deadline in the words that were read where they say the same."""
    told = [value for name, value in read if name == "deadline"]

    def alike(value: str) -> str:
        return next((t for t in told if same_words(json.loads(value), json.loads(t))), value)

    return {(name, alike(value) if name == "deadline" else value) for name, value in wanted}


def agreement(needs: Sequence[LabelledNeed], file: Path) -> dict[str, dict[str, float]]:
    """How often a second labeller, who saw the sentences alone, has the same field first and the same answerable."""
    second = {str(row["id"]): row for row in yaml.safe_load(file.read_text(encoding="utf-8"))}
    both = [(n, second[n.id]) for n in needs if n.id in second]
    fields_first = [bool(row["fields"]) and row["fields"][0] in n.fields for n, row in both if n.fields]
    return {
        "field": interval(np.array(fields_first, float)),
        "answerable": interval(np.array([row["answerable"] == bool(n.fields) for n, row in both], float)),
    }


def auc(yes: Floats, no: Floats) -> dict[str, float]:
    """Chance that a need scores above a sentence that is none, with a 95 % bootstrap interval."""
    if not len(yes) or not len(no):
        return {}
    above = (yes[:, None] > no[None]) + 0.5 * (yes[:, None] == no[None])
    draw = np.random.default_rng(_SEED)
    means = [
        above[np.ix_(draw.integers(0, len(yes), len(yes)), draw.integers(0, len(no), len(no)))].mean()
        for _ in range(_RESAMPLES)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return {"value": float(above.mean()), "low": float(low), "high": float(high)}


def _f1_interval(wanted: Sequence[Pairs], read: Sequence[Pairs]) -> dict[str, float]:
    counts = np.array([(len(w & r), len(w), len(r)) for w, r in zip(wanted, read, strict=True)])
    draw = np.random.default_rng(_SEED)
    samples = [_f1(counts[draw.integers(0, len(counts), len(counts))].sum(axis=0)) for _ in range(_RESAMPLES)]
    low, high = np.percentile(samples, [2.5, 97.5])
    return {"value": _f1(counts.sum(axis=0)), "low": float(low), "high": float(high)}


def _f1(counts: np.ndarray[Any, Any]) -> float:
    right, labelled, told = (int(c) for c in counts)
    return 2 * right / (labelled + told) if labelled + told else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=Path, default=HELD_OUT)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    needs = load_needs(arguments.needs)
    results = evaluate(needs, arguments.shared)
    if (second := arguments.needs.with_name(SECOND)).is_file():
        results["second_labeller"] = agreement(needs, second)
    print(json.dumps(results, ensure_ascii=False, indent=1) if arguments.json else table(results))


def table(results: dict[str, Any]) -> str:
    """The figures as a Markdown table and lines."""
    columns = list(results["fields"]["understanding"])
    lines = [f"| system | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, figures in results["fields"].items():
        lines.append(f"| {name} | " + " | ".join(_shown(figures[column]) for column in columns) + " |")
    lines += [
        f"{name}: {_shown(results[name])}" for name in ("answerable_auc", "answerable_accuracy") if results.get(name)
    ]
    lines += [f"refused, {name}: {_shown(value)}" for name, value in results["refused"].items()]
    if "secondary_accepted" in results:
        shown = ", ".join(f"{k} {_shown(v)}" for k, v in results["secondary_accepted"].items())
        lines.append(f"a secondary label accepted too: {shown}")
    if "second_labeller" in results:
        lines += [f"second labeller agrees, {k}: {_shown(v)}" for k, v in results["second_labeller"].items()]
    if "filters" in results:
        filters = results["filters"]
        lines.append(f"filters F1: {_shown(filters['f1'])}; whole need: {_shown(filters['whole need right'])}")
        lines += [f"  {name}: {counts}" for name, counts in results["filters"]["by_name"].items()]
        lines.append(f"excluded: {results['excluded']}")
    return "\n".join(lines)


def _shown(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


if __name__ == "__main__":
    main()
