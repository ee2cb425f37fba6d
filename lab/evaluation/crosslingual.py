"""Does a need find the same firms in either language? On needs written twice, as people of each language would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from lab.evaluation.needs import DATA
from lab.evaluation.robustness import overlap
from lab.evaluation.systems import RankFirms
from search.evaluate import interval
from search.query import Need

PAIRS_FILE: Final = DATA / "needs_both_languages.yaml"
_DEPTH: Final = 10


@dataclass(frozen=True)
class Twin:
    """One need in both languages, and the field it is about."""

    ko: str
    en: str
    field: str


def load_twins(file: Path = PAIRS_FILE) -> list[Twin]:
    return [Twin(row["ko"], row["en"], row["field"]) for row in yaml.safe_load(file.read_text(encoding="utf-8"))]


def measure(twins: Sequence[Twin], systems: dict[str, RankFirms], understand: Callable[[str], Need]) -> dict[str, Any]:
    """Per system the overlap of the first ten of both languages; and how often both are understood as the field."""
    both = [twin.field in understand(twin.ko).meant and twin.field in understand(twin.en).meant for twin in twins]
    return {
        "both understood as the field": {**interval(np.array(both, float)), "of": len(twins)},
        **{
            f"overlap of the first ten, {name}": interval(
                np.array([overlap(rank(twin.ko, _DEPTH), rank(twin.en, _DEPTH)) for twin in twins])
            )
            for name, rank in systems.items()
        },
    }
