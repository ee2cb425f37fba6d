"""The knowledge base fits together: what one file names, another has."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import yaml

from schemas.vocabulary import KNOWLEDGE_FOLDER, Vocabulary, load_vocabulary

PROBLEM_FILES = sorted(KNOWLEDGE_FOLDER.glob("problems/*.yaml"))
CONCEPT_FILES = sorted(KNOWLEDGE_FOLDER.glob("concepts/*.yaml"))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def _read(path: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return entries


def _twice(values: Any) -> list[Any]:
    return [value for value, n in Counter(values).items() if n > 1]


def test_every_id_is_given_once(vocabulary: Vocabulary) -> None:
    assert not _twice(concept.id for concept in vocabulary.concepts)
    assert not _twice(entry.code for entry in vocabulary.ipc)
    assert not _twice(industry.id for industry in vocabulary.industries)
    assert not _twice(entry.form.lower() for entry in vocabulary.ambiguous)
    for kind in ("certifications", "sizes", "smart_factory_levels"):
        assert not _twice(entry["id"] for entry in vocabulary.constraints[kind])


@pytest.mark.parametrize("path", CONCEPT_FILES, ids=lambda path: path.stem)
def test_a_concept_lies_in_the_file_of_its_main_field(path: Any) -> None:
    assert {entry["fields"][0] for entry in _read(path)} == {path.stem}


def test_concepts_name_fields_and_concepts_that_exist(vocabulary: Vocabulary) -> None:
    for concept in vocabulary.concepts:
        assert set(concept.fields) <= set(vocabulary.field), concept.id
        named = {*concept.broader, *concept.confusable}
        assert named <= set(vocabulary.concept), (concept.id, sorted(named - set(vocabulary.concept)))
        assert concept.id not in named, concept.id


def test_word_lists_name_concepts_and_fields_that_exist(vocabulary: Vocabulary) -> None:
    senses = {(form.form, sense.concept) for form in vocabulary.ambiguous for sense in form.senses}
    assert not [pair for pair in senses if pair[1] and pair[1] not in vocabulary.concept]
    for entry in vocabulary.ipc:
        assert set(entry.concepts) <= set(vocabulary.concept), entry.code
        assert set(entry.fields) <= set(vocabulary.field), entry.code


def test_an_ambiguous_form_has_at_most_one_sense_by_default(vocabulary: Vocabulary) -> None:
    for form in vocabulary.ambiguous:
        defaults = [sense for sense in form.senses if not (sense.context_ko or sense.context_en)]
        assert len(defaults) <= 1, form.form


def test_a_spelling_variant_leads_to_one_canonical_spelling(vocabulary: Vocabulary) -> None:
    variants = [variant.lower() for group in vocabulary.spelling for variant in group[1:]]
    canonical = {group[0].lower() for group in vocabulary.spelling}
    assert not _twice(variants)
    assert not canonical & set(variants)


@pytest.mark.parametrize("path", PROBLEM_FILES, ids=lambda path: path.stem)
def test_problem_sentences_name_what_exists(path: Any, vocabulary: Vocabulary) -> None:
    for entry in _read(path):
        assert entry["t"].strip(), entry
        assert entry["l"] in ("ko", "en"), entry
        assert set(entry["f"]) <= set(vocabulary.field), entry
        assert set(entry["c"]) <= set(vocabulary.concept), entry


@pytest.mark.parametrize("path", PROBLEM_FILES, ids=lambda path: path.stem)
def test_no_problem_sentence_is_written_twice(path: Any) -> None:
    assert not _twice("".join(entry["t"].lower().split()) for entry in _read(path))


def test_what_concepts_and_industries_are_sold_in_exists(vocabulary: Vocabulary) -> None:
    for concept in vocabulary.concepts:
        assert set(concept.sold_in or ()) <= set(vocabulary.field), concept.id
        assert not (concept.weak and concept.sold_in), f"{concept.id} is weak and never tags"
    for line in vocabulary.industry_lines:
        assert set(line.fields) <= set(vocabulary.field), line.names
    assert not _twice(name for line in vocabulary.industry_lines for name in line.names)


def test_words_of_statements_are_of_one_list_and_name_concepts_that_exist(vocabulary: Vocabulary) -> None:
    words = vocabulary.statements
    parts = [word for group in words.parts for word in group]
    assert not _twice(parts)
    assert not set(parts) & set(words.machines)
    assert not set(words.factory) & {word for group in words.elsewhere.values() for word in group}
    assert {entry.concept for entry in words.equipment} <= set(vocabulary.concept)
