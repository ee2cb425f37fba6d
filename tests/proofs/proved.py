"""What a proof tells: figures and problems, as one line of JSON that `python -m tests.proofs` reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import NoReturn


@dataclass(frozen=True)
class Proved:
    """Figures by what they count, and everything that went wrong; no problem means proven."""

    figures: Mapping[str, int | float | str]
    problems: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, output: str) -> Proved:
        """The last line of a proof's output. Raises ValueError when it is none."""
        lines = output.strip().splitlines()
        return cls(**json.loads(lines[-1] if lines else ""))


def without_addresses(told: str) -> str:
    """A message as it reads on every run: nodes of a proof have other ports each time."""
    return re.sub(r"(, )?http://127\.0\.0\.1:\d+", lambda m: "" if m.group(1) else "http://...", told)


def tell(proved: Proved) -> NoReturn:
    """Print the line; exit code 1 when there was a problem."""
    print(json.dumps(asdict(proved), ensure_ascii=False))
    raise SystemExit(bool(proved.problems))
