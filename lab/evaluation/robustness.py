"""Does the same need find the same firms when it is typed otherwise?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from lab.evaluation.needs import JudgedNeed
from lab.evaluation.systems import RankFirms
from lab.evaluation.typing_errors import Change, code_switch, misspelt, other_josa, other_spacing
from schemas.vocabulary import load_vocabulary
from search.evaluate import interval
from transforms.concepts import default_matcher

LEAST_OVERLAP: Final = 0.8
_DEPTH: Final = 10
_SEED: Final = 20_261_125


def changes() -> dict[str, Change]:
    """The changes by name."""
    return {
        "typing error": misspelt,
        "particles": other_josa,
        "spaces": other_spacing,
        "other language's word": code_switch(load_vocabulary(), default_matcher()),
    }


def variants(needs: Sequence[JudgedNeed], change: Change, seed: int = _SEED) -> list[tuple[str, str]]:
    """Needs with their changed text, those left out that the change leaves as they are."""
    found = []
    for need in needs:
        changed = change(need.text, random.Random(f"{seed} {need.id}"))  # noqa: S311
        if changed != need.text:
            found.append((need.text, changed))
    return found


def measure(needs: Sequence[JudgedNeed], rank: RankFirms, made: Mapping[str, Change] | None = None) -> dict[str, Any]:
    """Per change |A and B| / 10 of the first ten firms before and after it, with intervals and the worst pair."""
    figures = {}
    for name, change in (made or changes()).items():
        pairs = variants(needs, change)
        if not pairs:
            continue
        shared = [overlap(rank(before, _DEPTH), rank(after, _DEPTH)) for before, after in pairs]
        worst = int(np.argmin(shared))
        figures[name] = {
            **interval(np.array(shared)),
            "of": len(pairs),
            "worst": {"overlap": shared[worst], "before": pairs[worst][0], "after": pairs[worst][1]},
        }
    return figures


def overlap(one: Sequence[int], other: Sequence[int]) -> float:
    """Share of the first ten that both have; of two empty rankings 1."""
    longest = max(len(one), len(other))
    return len(set(one) & set(other)) / longest if longest else 1.0
