"""Judgments of firms for needs, and how judges' grades become the frozen file.

`python -m lab.evaluation.judgments --pool FOLDER --grades FOLDER` reads `pool_*.jsonl` and `grades_*.jsonl` (lines
`{"pair": ..., "grade": 0..3}`, a file a judge and chunk), and writes `data/judgments.tsv` as TREC qrels and
`data/judgments.json` with the agreement of the judges where two graded a pair.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from lab.evaluation.needs import DATA
from search.snapshot.columns import SnapshotColumns

JUDGMENTS_FILE: Final = DATA / "judgments.tsv"
"""`need 0 record_key grade`. Firms go by a record key, which outlives merges, new firm ids and other lakes."""
GRADES: Final = range(4)

Grades = dict[str, list[int]]
"""Per pair its grades, one a judge."""


def record_keys(columns: SnapshotColumns) -> list[str]:
    """Per firm row its smallest record key."""
    links = columns.snapshot.table("links", ["record_key", "firm_id"])
    first = dict(links.group_by("firm_id").agg(pl.col("record_key").min()).iter_rows())
    return [first[firm_id] for firm_id in columns.firms["firm_id"]]


def read_judgments(file: Path, columns: SnapshotColumns) -> dict[str, dict[int, int]]:
    """Per need the grades of firm rows; of two records of one firm the higher. Records not in the lake are left out."""
    links = columns.snapshot.table("links", ["record_key", "firm_id"])
    row_of = {key: columns.row_of[firm_id] for key, firm_id in links.iter_rows()}
    judged: dict[str, dict[int, int]] = {}
    for need, key, grade in read_qrels(file):
        if (row := row_of.get(key)) is not None:
            firms = judged.setdefault(need, {})
            firms[row] = max(grade, firms.get(row, 0))
    return judged


def read_qrels(file: Path) -> list[tuple[str, str, int]]:
    """Lines `need 0 record_key grade`. Raises ValueError naming the line that is not."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        parts = line.split()
        if len(parts) != 4 or not parts[3].isdigit():
            raise ValueError(f"{file}, line {number} must be `need 0 record_key grade`")
        found.append((parts[0], parts[2], int(parts[3])))
    return found


def read_grades(files: Iterable[Path], pool: Mapping[str, tuple[str, str]]) -> Grades:
    """Raises ValueError naming the line whose pair is not in the pool, or whose grade is none."""
    grades: Grades = {}
    for file in files:
        seen: set[str] = set()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            row = json.loads(line)
            pair, grade = row.get("pair"), row.get("grade")
            if pair not in pool or grade not in GRADES or pair in seen:
                raise ValueError(
                    f"{file}, line {number}: {pair!r} is not in the pool or there twice, or {grade!r} is no grade"
                )
            seen.add(pair)
            grades.setdefault(pair, []).append(grade)
    return grades


def read_pool(files: Iterable[Path]) -> dict[str, tuple[str, str]]:
    """Per pair its need and record key."""
    rows: list[dict[str, Any]] = [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return {row["pair"]: (row["need_id"], row["firm"]) for row in rows}


def settled(grades: Sequence[int]) -> int:
    """One grade of several: their mean, rounded down, so that doubt counts against a firm."""
    return sum(grades) // len(grades)


def weighted_kappa(one: Sequence[int], other: Sequence[int]) -> float:
    """Cohen's kappa with quadratic weights over the grades."""
    size = len(GRADES)
    seen = np.zeros((size, size))
    for a, b in zip(one, other, strict=True):
        seen[a, b] += 1
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    apart = (np.arange(size)[:, None] - np.arange(size)[None]) ** 2
    by_chance = float((apart * expected).sum())
    return 1.0 - float((apart * seen).sum()) / by_chance if by_chance else 1.0


def agreement(grades: Grades) -> dict[str, Any]:
    """Over the pairs that two judges graded: weighted kappa and shares of equal and of neighbouring grades."""
    both = [(g[0], g[1]) for g in grades.values() if len(g) >= 2]
    if not both:
        return {"pairs_judged_twice": 0}
    one, other = zip(*both, strict=True)
    apart = np.abs(np.array(one) - np.array(other))
    return {
        "pairs_judged_twice": len(both),
        "weighted_kappa": round(weighted_kappa(one, other), 3),
        "equal": round(float((apart == 0).mean()), 3),
        "at_most_one_apart": round(float((apart <= 1).mean()), 3),
        "kappa_can_do_it_or_not": round(_two_way_kappa(one, other), 3),
    }


def _two_way_kappa(one: Sequence[int], other: Sequence[int]) -> float:
    """Cohen's kappa of grades 2 and 3 against 0 and 1."""
    a, b = np.array(one) >= 2, np.array(other) >= 2
    by_chance = float(a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean()))
    return (float((a == b).mean()) - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0


def freeze(pool: Mapping[str, tuple[str, str]], grades: Grades, file: Path = JUDGMENTS_FILE) -> dict[str, Any]:
    """Write the frozen judgments and what is known of them beside it. Raises ValueError for a pair without a grade."""
    if missing := sorted(pool.keys() - grades.keys()):
        raise ValueError(f"{len(missing)} of {len(pool)} pairs have no grade, such as {missing[0]}")
    lines = sorted((*pool[pair], settled(given)) for pair, given in grades.items())
    file.write_text("".join(f"{need}\t0\t{key}\t{grade}\n" for need, key, grade in lines), encoding="utf-8")
    about = {
        "needs": len({need for need, _, _ in lines}),
        "pairs": len(lines),
        "grades": {str(grade): count for grade, count in sorted(Counter(grade for _, _, grade in lines).items())},
        **agreement(grades),
    }
    file.with_suffix(".json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return about


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation.judgments", description=__doc__)
    parser.add_argument("--pool", type=Path, required=True, help="folder of pool_*.jsonl")
    parser.add_argument("--grades", type=Path, required=True, help="folder of grades_*.jsonl")
    options = parser.parse_args(arguments)
    try:
        pool = read_pool(sorted(options.pool.glob("pool_*.jsonl")))
        grades = read_grades(sorted(options.grades.glob("grades_*.jsonl")), pool)
        print(json.dumps(freeze(pool, grades), indent=1))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
