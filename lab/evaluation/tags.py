"""Quality of field tags: `python -m lab.evaluation.tags --lake ./lake [--side dev|heldout] [--json]`.

Compares the tags of a lake with blind judgments of 600 statements. `lab.evaluation.tag_sample` drew the statements
(`data/tag_sample.jsonl`), `lab.evaluation.tag_judgments` froze the answers (`data/tag_judgments.jsonl`). Strict: a
field counts by its own definition. A pair of statement and field is right where the judge gives it; against `both`
only pairs on which the two judges agree count. Intervals are of the bootstrap over statements, 95 percent.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lab.evaluation.tag_judgments import JUDGMENTS_FILE, ROLES, read_lines
from lab.evaluation.tag_sample import SAMPLE_FILE
from schemas.lake import Lake, LakeError, Snapshot

SIDES: Final = ("dev", "heldout")
_ROUNDS: Final = 1000

Judgments = dict[str, dict[str, frozenset[str]]]
"""Per judge and statement the fields given."""


@dataclass(frozen=True)
class Counts:
    """Of one statement: tags that are right, wrong and missing, and the statements of the lake that it stands for."""

    right: int
    wrong: int
    missing: int
    weight: float


@dataclass(frozen=True)
class Quality:
    """Precision and recall with the ends of their intervals; nan where there is nothing to share."""

    precision: float
    recall: float
    precision_interval: tuple[float, float]
    recall_interval: tuple[float, float]
    tags: int
    judged: int


def judgments(rows: Iterable[Mapping[str, Any]]) -> Judgments:
    """Raises ValueError where a judge gives a statement twice."""
    found: Judgments = defaultdict(dict)
    for row in rows:
        given = found[str(row["judge"])]
        if row["id"] in given:
            raise ValueError(f"judge {row['judge']} gives {row['id']} twice")
        given[row["id"]] = frozenset(row["fields"])
    return dict(found)


def roles_of_sample(snapshot: Snapshot, sample: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Per id of the sample the role that the lake gives the statement, where the lake has it."""
    said = snapshot.table("capabilities", ["text", "source", "role"])
    by_text = {(text, source): role for text, source, role in said.iter_rows()}
    return {row["id"]: by_text[key] for row in sample if (key := (row["text"], row["source"])) in by_text}


def tags_of_sample(snapshot: Snapshot, sample: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Per id of the sample the fields that the lake gives the statement; none where the lake leaves it out."""
    said = snapshot.table("capabilities", ["text", "source", "fields"])
    by_text: dict[tuple[str, str], set[str]] = defaultdict(set)
    for text, source, fields in said.iter_rows():
        by_text[text, source].update(fields)
    return {row["id"]: frozenset(by_text[row["text"], row["source"]]) for row in sample}


def count(
    ids: Iterable[str],
    given: Mapping[str, frozenset[str]],
    wanted: Mapping[str, frozenset[str]],
    weights: Mapping[str, float],
    counted: Callable[[str, str], bool],
) -> list[Counts]:
    """Counts of each statement, over the pairs of statement and field that `counted` lets through."""
    found = []
    for name in ids:
        tags = {field for field in given[name] if counted(name, field)}
        truth = {field for field in wanted[name] if counted(name, field)}
        found.append(Counts(len(tags & truth), len(tags - truth), len(truth - tags), weights[name]))
    return found


def _only(tags: Mapping[str, frozenset[str]], field: str) -> dict[str, frozenset[str]]:
    return {name: fields & {field} for name, fields in tags.items()}


def _any_pair(_statement: str, _field: str) -> bool:
    return True


def quality(counts: Sequence[Counts], *, weighted: bool = False, seed: int = 0) -> Quality:
    weight = np.array([c.weight if weighted else 1.0 for c in counts])
    right, wrong, missing = (
        np.array([getattr(c, name) for c in counts]) * weight for name in ("right", "wrong", "missing")
    )
    drawn = np.random.default_rng(seed).integers(len(counts), size=(_ROUNDS, len(counts)))
    sums = [values[drawn].sum(axis=1) for values in (right, wrong, missing)]
    return Quality(
        _share(right.sum(), wrong.sum()),
        _share(right.sum(), missing.sum()),
        _interval(sums[0], sums[1]),
        _interval(sums[0], sums[2]),
        sum(c.right + c.wrong for c in counts),
        sum(c.right + c.missing for c in counts),
    )


def _share(part: float, rest: float) -> float:
    return float(part / (part + rest)) if part + rest else float("nan")


def _interval(part: npt.NDArray[np.float64], rest: npt.NDArray[np.float64]) -> tuple[float, float]:
    whole = part + rest
    shares = part[whole > 0] / whole[whole > 0]
    return (float(np.quantile(shares, 0.025)), float(np.quantile(shares, 0.975))) if len(shares) else (np.nan, np.nan)


def report(
    sample: Sequence[Mapping[str, Any]], given: Mapping[str, frozenset[str]], judged: Judgments
) -> dict[str, dict[str, Quality]]:
    """Per truth (each judge, `both`) and group (all, weighted, kind=..., field=...) the quality."""
    weights = {row["id"]: row["weight"] for row in sample}
    one, two = judged.get("1", {}), judged.get("2", {})

    def agreed(name: str, field: str) -> bool:
        return (field in one[name]) == (field in two[name])

    found: dict[str, dict[str, Quality]] = {}
    for judge, wanted in [*sorted(judged.items()), *([("both", one)] if one and two else [])]:
        rows = [row for row in sample if row["id"] in wanted and (judge != "both" or row["id"] in two)]
        let_through = agreed if judge == "both" else _any_pair
        ids = [row["id"] for row in rows]
        counts = dict(zip(ids, count(ids, given, wanted, weights, let_through), strict=True))
        groups = {
            "all": quality(list(counts.values())),
            "weighted to the lake": quality(list(counts.values()), weighted=True),
        }
        for kind in sorted({row["kind"] for row in rows}):
            groups[f"kind={kind}"] = quality([counts[row["id"]] for row in rows if row["kind"] == kind])
        for field in sorted({f for name in ids for f in wanted[name] | given[name]}):
            of_field = count(ids, _only(given, field), _only(wanted, field), weights, let_through)
            groups[f"field={field}"] = quality(of_field)
        found[f"judge {judge}" if judge in ("1", "2") else judge] = groups
    return found


def roles(
    sample: Sequence[Mapping[str, Any]], given: Mapping[str, str], rows: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[int, int, int]]:
    """Per judge and role: statements to which both the judge and the lake give it, the lake alone, the judge alone.

    `given` is the lake's role per id; what it does not know counts as sold, and its `makes_object` is the judges'
    `makes_the_object`.
    """
    named = {"unknown": "sells", "makes_object": "makes_the_object"}
    ids = {row["id"] for row in sample} & set(given)
    counts: dict[str, tuple[int, int, int]] = {}
    for row in rows:
        if row["id"] not in ids:
            continue
        ours, theirs = named.get(given[row["id"]], given[row["id"]]), row["role"]
        for role in ROLES:
            both, alone, missed = counts.get(f"judge {row['judge']}, {role}", (0, 0, 0))
            counts[f"judge {row['judge']}, {role}"] = (
                both + (ours == theirs == role),
                alone + (ours == role != theirs),
                missed + (theirs == role != ours),
            )
    return counts


def agreement(judged: Judgments, ids: Iterable[str]) -> float:
    """F1 of one judge's fields against the other's; nan where only one has judged."""
    one, two = judged.get("1", {}), judged.get("2", {})
    shared = [name for name in ids if name in one and name in two]
    both = sum(len(one[name] & two[name]) for name in shared)
    each = sum(len(one[name]) + len(two[name]) for name in shared)
    return 2 * both / each if each else float("nan")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation.tags", description=__doc__)
    parser.add_argument("--lake", default="./lake")
    parser.add_argument("--side", choices=SIDES, default="heldout")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        snapshot = Snapshot.current(Lake(options.lake))
    except LakeError as error:
        print(error, file=sys.stderr)
        return 1
    sample = [row for row in read_lines(SAMPLE_FILE) if row["side"] == options.side]
    rows = read_lines(JUDGMENTS_FILE)
    judged = judgments(rows)
    found = report(sample, tags_of_sample(snapshot, sample), judged)
    if options.json:
        print(json.dumps({truth: {g: vars(q) for g, q in groups.items()} for truth, groups in found.items()}))
        return 0
    alike = agreement(judged, [row["id"] for row in sample])
    print(f"{options.side}: {len(sample)} statements; F1 of the two judges {alike:.2f}")
    for truth, groups in found.items():
        print(f"\n{truth:42}{'precision':>22}{'recall':>22}{'tags':>6}{'judged':>8}")
        for group, q in groups.items():
            shares = (_shown(q.precision, q.precision_interval), _shown(q.recall, q.recall_interval))
            print(f"  {group:40}{shares[0]:>22}{shares[1]:>22}{q.tags:>6}{q.judged:>8}")
    for name, (both, alone, missed) in sorted(roles(sample, roles_of_sample(snapshot, sample), rows).items()):
        print(f"  {name:40} both {both}, the lake alone {alone}, the judge alone {missed}")
    return 0


def _shown(share: float, interval: tuple[float, float]) -> str:
    return "" if np.isnan(share) else f"{share:.2f} [{interval[0]:.2f}, {interval[1]:.2f}]"


if __name__ == "__main__":
    sys.exit(main())
