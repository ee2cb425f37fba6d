"""The judged needs, and on which of them settings may be chosen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from lab.evaluation.split import percentile

DATA: Final = Path(__file__).parent / "data"
NEEDS_FILE: Final = DATA / "needs_judged.yaml"
_DEVELOPMENT_PERCENT: Final = 40

Side = Literal["dev", "test"]


@dataclass(frozen=True)
class JudgedNeed:
    """A need in a buyer's words. `field` and `style` (symptom, technology) are for tables by slice."""

    id: str
    language: str
    text: str
    field: str
    style: str

    @property
    def side(self) -> Side:
        """`dev`: settings may be chosen on it; `test`: only figures are told."""
        return "dev" if percentile(f"need:{self.id}") < _DEVELOPMENT_PERCENT else "test"


def load_needs(file: Path = NEEDS_FILE) -> list[JudgedNeed]:
    """Needs in the order of the file. Raises ValueError naming the entry that is wrong."""
    rows: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    needs = []
    for row in rows:
        try:
            needs.append(JudgedNeed(row["id"], row["lang"], row["text"].strip(), row["field"], row["style"]))
        except KeyError as missing:
            raise ValueError(f"{file}: entry {row.get('id', row)!r} has no {missing}") from None
    for what, values in (("id", [n.id for n in needs]), ("text", [n.text for n in needs])):
        if twice := [value for value, times in Counter(values).items() if times > 1]:
            raise ValueError(f"{file}: {what} {twice[0]!r} is there twice")
    return needs
