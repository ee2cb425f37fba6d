"""Reasons quote what was typed and nothing else, over the needs that ranking is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from lab.evaluation.needs import load_needs
from schemas.lake import Lake
from search.answer.answer import Answer, Hit
from search.service import SearchService
from transforms.text import folded

SHOWN: Final = 10


@pytest.fixture(scope="module")
def answers(small_lake: str) -> list[Answer]:
    service = SearchService.current(Lake(small_lake))
    return [service.search(need.text, limit=SHOWN) for need in load_needs()]


def hits_of(answers: list[Answer]) -> Iterator[tuple[Answer, Hit]]:
    for answer in answers:
        for hit in (*answer.hits, *answer.related):
            yield answer, hit


def test_every_typed_reason_quotes_words_that_stand_in_the_need_and_in_a_statement(answers: list[Answer]) -> None:
    seen = 0
    for answer, hit in hits_of(answers):
        for reason in hit.reasons:
            if reason.kind == "typed":
                assert reason.need is not None
                word = answer.query[slice(*reason.need)]
                assert word in reason.text
                assert any(folded(word) in folded(item.text) for item in hit.evidence), (answer.query, word, hit.name)
                seen += 1
    assert seen > 100


def test_every_place_of_a_reason_is_within_the_need(answers: list[Answer]) -> None:
    for answer, hit in hits_of(answers):
        for reason in hit.reasons:
            if reason.need is not None:
                start, end = reason.need
                assert 0 <= start < end <= len(answer.query)
                assert answer.query[start:end].strip()


def test_a_reason_by_concept_or_translation_says_both_words(answers: list[Answer]) -> None:
    seen = 0
    for answer, hit in hits_of(answers):
        for reason in hit.reasons:
            if reason.kind in ("concept", "translation"):
                assert reason.need is not None
                assert answer.query[slice(*reason.need)] in reason.text
                quoted = [item.text[slice(*place)] for item in hit.evidence for place in item.highlights]
                assert any(_says(reason.text, words) for words in quoted), (reason.text, quoted)
                seen += 1
    assert seen > 20


def _says(reason: str, highlighted: str) -> bool:
    """Whether a reason quotes a part of what is marked, which may be several words that touch each other."""
    quoted = reason.replace("“", "‘").replace("”", "’").split("‘")[1:]
    return any(piece.split("’")[0] in highlighted for piece in quoted)


def test_nothing_that_is_not_wanted_is_quoted(answers: list[Answer]) -> None:
    for answer, hit in hits_of(answers):
        refused = [(span.start, span.end) for span in answer.understood.of_role("not_wanted", "have")]
        for reason in hit.reasons:
            assert reason.need not in refused


def test_a_region_is_marked_as_met_only_of_firms_in_it(small_lake: str, answers: list[Answer]) -> None:
    columns = SearchService.current(Lake(small_lake)).columns
    seen = 0
    for answer, hit in hits_of(answers):
        if any(met.startswith(("지역:", "region:")) for met in hit.met):
            row = columns.row_of[hit.firm_id]
            assert any(columns.firms_in(code)[row] for code in answer.applied.region), (answer.query, hit.name)
            seen += 1
    assert seen > 10


def test_hits_stand_band_by_band_and_totals_count_them(answers: list[Answer]) -> None:
    order = {"states": 0, "field": 1, "name": 2}
    for answer in answers:
        ranked = [hit for hit in answer.hits if all(reason.kind != "name" for reason in hit.reasons)]
        assert [order[hit.band] for hit in ranked] == sorted(order[hit.band] for hit in ranked)
        assert sum(answer.totals[band] for band in ("states", "field", "name")) == answer.total
        assert not (answer.nobody_states and answer.totals["states"])
