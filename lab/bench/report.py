"""docs/benchmarks.md: one section a benchmark, replaced when that benchmark is run again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lab.bench.measure import machine

FILE: Final = Path("docs/benchmarks.md")
_HEAD: Final = """# Benchmarks

Made by `make bench` and `make evaluate`; every section says on which machine and when. Do not edit by hand.
"""


@dataclass(frozen=True)
class Figure:
    """A measured figure beside its target; `target` is empty where nothing was promised."""

    what: str
    value: str
    target: str = ""


def write_section(
    name: str, command: str, figures: Sequence[Figure], notes: str = "", file: Path = FILE, head: str = _HEAD
) -> str:
    """Replace or append the section `name`, in a new file below `head`; returns its text."""
    rows = "\n".join(f"| {f.what} | {f.value} | {f.target} |" for f in figures)
    body = f"## {name}\n\n`{command}` ({machine()})\n\n| figure | measured | target |\n|---|---|---|\n{rows}\n"
    if notes:
        body += f"\n{notes}\n"
    text = file.read_text(encoding="utf-8") if file.exists() else head
    pattern = re.compile(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    text = pattern.sub(lambda _: f"{body}\n", text) if pattern.search(text) else f"{text.rstrip()}\n\n{body}"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text.rstrip() + "\n", encoding="utf-8")
    return body
