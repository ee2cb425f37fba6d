"""Are texts that no supplier answers answered "no good match", and needs not?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from lab.evaluation.needs import DATA, JudgedNeed
from search.evaluate import interval
from search.service import SearchService

NEGATIVES_FILE: Final = DATA / "negatives.yaml"
LEAST_REFUSED: Final = 0.65
MOST_NEEDS_REFUSED: Final = 0.03


def load_negatives(file: Path = NEGATIVES_FILE) -> list[tuple[str, str]]:
    """Texts with their language."""
    return [(row["text"], row["lang"]) for row in yaml.safe_load(file.read_text(encoding="utf-8"))]


def measure(
    service: SearchService, needs: Sequence[JudgedNeed], negatives: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Share of negatives answered "no good match" by language, share of needs that are, and which.

    `shown_confidence` is the mean of the answer score of negatives that were answered, beside that of needs.
    """
    asked = [(text, language, *_asked(service, text)) for text, language in negatives]
    good = [(need, *_asked(service, need.text)) for need in needs]
    refused = np.array([no for _, _, no, _ in asked], float)
    languages = np.array([language for _, language, _, _ in asked])
    return {
        "negatives refused": interval(refused),
        **{f"negatives refused, {name}": interval(refused[languages == name]) for name in sorted(set(languages))},
        "needs refused": interval(np.array([no for _, no, _ in good], float)),
        "shown_confidence": {
            "negatives": _mean([score for _, _, no, score in asked if not no]),
            "needs": _mean([score for _, no, score in good if not no]),
        },
        "answered": [text for text, _, no, _ in asked if not no],
        "refused": [need.text for need, no, _ in good if no],
    }


def _asked(service: SearchService, text: str) -> tuple[bool, float]:
    chosen = service.select(text)
    return not chosen.order, chosen.understood.answer_score


def _mean(scores: Sequence[float]) -> float | None:
    return round(float(np.mean(scores)), 3) if scores else None
