"""The gate of quality: suites of our own texts over the bundled registers are no worse than the accepted run."""

from __future__ import annotations

import json
from typing import Final

import pytest

from lab.evaluation import lookups, product_lines
from lab.evaluation.__main__ import ACCEPTED_FILE
from lab.evaluation.suites import SUITES, Figures, fallen, figures
from schemas.lake import Lake
from search.service import SearchService

_TOLERANCE: Final = 0.03
_SAMPLE_TOLERANCE: Final = 0.08
"""Of look-ups a fifth and of product lines half is asked here; the accepted run asked all."""


@pytest.fixture(scope="module")
def service(small_lake: str) -> SearchService:
    return SearchService.current(Lake(small_lake))


@pytest.fixture(scope="module")
def accepted() -> Figures:
    found: Figures = json.loads(ACCEPTED_FILE.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("suite", ["negatives", "cross-lingual", "robustness", "needs"])
def test_no_figure_of_the_product_fell(service: SearchService, accepted: Figures, suite: str) -> None:
    ours = {
        name: of
        for name, of in accepted.items()
        if name.startswith(f"{suite}: ") and (suite != "needs" or name.startswith("needs: systems: product: "))
    }
    assert ours
    assert fallen(figures({suite: SUITES[suite](service)}), ours, _TOLERANCE) == []


def test_words_of_a_product_line_lead_to_its_firm(service: SearchService, accepted: Figures) -> None:
    ours = {name: of for name, of in accepted.items() if name.startswith("product-lines: product")}
    assert ours
    assert fallen(figures({"product-lines": product_lines.measure(service, 150)}), ours, _SAMPLE_TOLERANCE) == []


@pytest.mark.slow
def test_look_ups_did_not_fall(service: SearchService, accepted: Figures) -> None:
    ours = {name: of for name, of in accepted.items() if name.startswith("lookups: ")}
    assert ours
    now = figures({"lookups": lookups.measure(service, 80)})
    assert fallen(now, ours, _SAMPLE_TOLERANCE) == []
    assert now["lookups: identifier"]["value"] == 1.0
