"""Judges' answers about tags: `python -m lab.evaluation.tag_judgments --answers FOLDER` makes of them the frozen file.

Reads `tags_<side>_judge<number>.jsonl` (lines `{"id", "fields", "role"}`, as the judges were told) and writes
`data/tag_judgments.jsonl` with the number of the judge in every line. Answers that are there already stay, unless
the same judge answers anew for the same side.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from lab.evaluation.needs import DATA
from lab.evaluation.tag_sample import SAMPLE_FILE
from schemas.vocabulary import load_vocabulary

JUDGMENTS_FILE: Final = DATA / "tag_judgments.jsonl"
ROLES: Final = ("sells", "uses", "makes_the_object")
_NAME: Final = re.compile(r"tags_(dev|heldout)_judge(\d+)\.jsonl")


def read_lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def checked(answers: Sequence[Mapping[str, Any]], asked: set[str], name: str) -> list[dict[str, Any]]:
    """The answers of one judge for one side.

    Raises ValueError that names the file and what is wrong: a statement that was not asked, is answered twice or is
    missing, a field or a role that does not exist.
    """
    known = set(load_vocabulary().field)
    ids = [answer.get("id") for answer in answers]
    if len(ids) != len(set(ids)) or set(ids) != asked:
        odd = sorted({str(i) for i in ids if ids.count(i) > 1} | {str(i) for i in set(ids) ^ asked})
        raise ValueError(f"{name}: each statement wants one answer; look at {', '.join(odd[:10])}")
    for answer in answers:
        if not set(answer["fields"]) <= known or answer["role"] not in ROLES:
            raise ValueError(f"{name}: {answer['id']} has a field or a role that does not exist: {dict(answer)}")
    return [{"id": a["id"], "fields": sorted(a["fields"]), "role": a["role"]} for a in answers]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation.tag_judgments", description=__doc__)
    parser.add_argument("--answers", type=Path, required=True)
    options = parser.parse_args(arguments)
    sample = read_lines(SAMPLE_FILE)
    found = {(row["id"], row["judge"]): row for row in read_lines(JUDGMENTS_FILE)} if JUDGMENTS_FILE.is_file() else {}
    for file in sorted(options.answers.iterdir()):
        if not (named := _NAME.fullmatch(file.name)):
            continue
        asked = {row["id"] for row in sample if row["side"] == named[1]}
        try:
            answers = checked(read_lines(file), asked, file.name)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        found |= {(a["id"], int(named[2])): {"id": a["id"], "judge": int(named[2]), **a} for a in answers}
        print(f"{file.name}: {len(answers)} answers")
    lines = [json.dumps(found[key], ensure_ascii=False) + "\n" for key in sorted(found)]
    JUDGMENTS_FILE.write_text("".join(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
