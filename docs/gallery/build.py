"""Answer every question of the gallery over a lake: `index.md` and its plots beside it."""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path

import polars as pl
from common import SHOWN_ROWS, Question

from schemas.lake import Lake, Snapshot

HERE = Path(__file__).parent
_HELPERS = ("common", "build")

_HEAD = """# Questions answered from the lake

Made by `make gallery` over snapshot {snapshot}: do not edit it. Every question is a script of its own:
`.venv/bin/python docs/gallery/<name>.py --lake ./lake --plot answer.svg`. The bundled registers are partial and skewed,
so each answer says what to beware of; "today" is the day of the snapshot.

"""


def questions() -> dict[str, Question]:
    """Every question by the name of its script."""
    names = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in _HELPERS)
    return {name: runpy.run_path(str(HERE / f"{name}.py"))["QUESTION"] for name in names}


def build(snapshot: Snapshot, out: Path) -> None:
    """Write index.md and plots/ under `out`."""
    (out / "plots").mkdir(parents=True, exist_ok=True)
    found = questions()
    contents = [f"* [{question.title}](#{name.replace('_', '-')})" for name, question in found.items()]
    parts = [_HEAD.format(snapshot=snapshot.name) + "\n".join(contents) + "\n"]
    for name, question in found.items():
        frame = question.answer(snapshot)
        question.draw(frame, out / "plots" / f"{name}.svg")
        parts.append(_part(name, question, snapshot, frame))
    (out / "index.md").write_text("\n".join(parts), encoding="utf-8")


def _part(name: str, question: Question, snapshot: Snapshot, frame: pl.DataFrame) -> str:
    lines = [f"## {name.replace('_', ' ')}", "", f"**{question.title}** ([script]({name}.py))", ""]
    if question.about:
        lines += [question.about, ""]
    lines += [f"![{question.title}](plots/{name}.svg)", "", *_table(frame.head(SHOWN_ROWS))]
    if frame.height > SHOWN_ROWS:
        lines += ["", f"{SHOWN_ROWS} of {frame.height:,} rows."]
    if isinstance(question.query, str):
        lines += ["", "```sql", question.sql(snapshot), "```"]
    lines += ["", *(f"* Beware: {caution}" for caution in question.cautions(snapshot)), ""]
    return "\n".join(lines)


def _table(frame: pl.DataFrame) -> list[str]:
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * frame.width]
    return lines + ["| " + " | ".join(_cell(value) for value in row) + " |" for row in frame.iter_rows()]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).replace("|", "\\|")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", default="./lake")
    parser.add_argument("--out", type=Path, default=HERE)
    options = parser.parse_args()
    build(Snapshot.current(Lake(options.lake)), options.out)
    print(f"wrote {options.out / 'index.md'}")
