"""Judging the understanding of needs: labels in words, baselines and intervals."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lab.understanding.baselines import naive_bayes
from lab.understanding.evaluate import HELD_OUT, agreement, evaluate, load_needs
from lab.understanding.labels import canonical_filters, ids_of, same_words
from schemas.vocabulary import load_vocabulary
from transforms.concepts import default_matcher

NEEDS = [
    {"id": "a", "lang": "ko", "text": "대구 근처 MES 업체, ISO 9001 보유", "fields": ["production_management"]},
    {"id": "b", "lang": "en", "text": "robot arm to stack boxes, no cloud", "fields": ["industrial_robot"]},
    {"id": "c", "lang": "en", "text": "cheap lunch near the station", "fields": []},
]
LABELS = {
    "a": {"filters": {"region": ["대구"], "certification": ["ISO 9001"]}, "tech_named": True},
    "b": {"excluded": ["cloud"]},
}


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "needs.yaml"
    rows = [need | LABELS.get(str(need["id"]), {}) for need in NEEDS]
    file.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    return file


def test_labels_in_words_become_ids() -> None:
    labels = {"region": ["경기", "부산"], "certification": ["벤처기업", "iso 27001", "no such scheme"], "size": "small"}
    assert canonical_filters(labels, load_vocabulary()) == {
        "region": ["41", "26"],
        "certification": ["venture", "iso27001", "no such scheme"],
        "size": "small",
    }


def test_an_exclusion_is_its_concept_or_its_field() -> None:
    assert {"mes", "production_management"} <= ids_of("MES", load_vocabulary(), default_matcher())


@pytest.mark.parametrize(
    ("a", "b", "same"), [("3월 말", "3월 말까지", True), ("by June", "June", True), ("June", "May", False)]
)
def test_a_deadline_is_the_same_in_more_or_fewer_words(a: str, b: str, same: bool) -> None:
    assert same_words(a, b) is same


def test_figures_of_a_small_set(labelled: Path) -> None:
    figures = evaluate(load_needs(labelled), None)
    assert (figures["needs"], figures["not_needs"]) == (2, 1)
    assert figures["fields"]["understanding"]["ko top-1"]["value"] == 1.0
    assert figures["fields"]["understanding"]["en top-1"]["value"] == 1.0
    assert figures["filters"]["f1"]["value"] == 1.0
    assert figures["excluded"] == {"labelled": 1, "read": 1, "needs_wrongly_with_one": 0}


def test_a_label_that_is_no_filter_is_refused(labelled: Path) -> None:
    labelled.write_text(
        labelled.read_text(encoding="utf-8").replace("certification:", "certificate:"), encoding="utf-8"
    )
    with pytest.raises(ValueError, match="certificate"):
        load_needs(labelled)


def test_agreement_of_two_labellers(labelled: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.yaml"
    rows = [
        {"id": "a", "answerable": True, "fields": ["erp"]},
        {"id": "b", "answerable": True, "fields": ["industrial_robot"]},
        {"id": "c", "answerable": False, "fields": []},
    ]
    second.write_text(yaml.safe_dump(rows), encoding="utf-8")
    figures = agreement(load_needs(labelled), second)
    assert (figures["field"]["value"], figures["answerable"]["value"]) == (0.5, 1.0)


def test_naive_bayes_ranks_all_fields() -> None:
    ranked = naive_bayes(load_vocabulary())("창고 재고가 안 맞아요")
    assert sorted(ranked) == sorted(load_vocabulary().field)
    assert ranked[0] == "logistics_management"


def test_the_held_out_half_has_a_second_label_for_each_need() -> None:
    ids = {need.id for need in load_needs(HELD_OUT)}
    assert ids == {str(row["id"]) for row in yaml.safe_load(HELD_OUT.with_name("second_labels.yaml").read_text())}
