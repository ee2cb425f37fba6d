"""docs/naming.md: the glossary has every fixed word once, and its Korean words are those of the pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import yaml

from flows import steps
from search.answer.messages import MESSAGES
from search.query import ROLES, Band

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "docs/naming.md").read_text(encoding="utf-8").partition("## Glossary")[2].partition("\n## ")[0]
ROWS = {
    cells[0]: cells[1:]
    for cells in (
        [cell.strip() for cell in line.strip("|").split("|")] for line in GLOSSARY.splitlines() if "|" in line
    )
}
FIXED = (
    "run, step, quality gate, parse, validate, incremental, runner, snapshot, statement, candidate, score, band, need, "
    "span, role, cue, part"
)


def test_every_fixed_word_has_one_row_with_its_korean_word_and_meaning() -> None:
    assert set(FIXED.split(", ")) <= ROWS.keys()
    words = [line.split("|")[1].strip() for line in GLOSSARY.splitlines() if "|" in line]
    assert len(words) == len(set(words))
    for word in FIXED.split(", "):
        korean, meaning, other = ROWS[word]
        assert re.search("[가-힣]", korean), word
        assert meaning, word
        assert other, word


def test_korean_words_that_pages_show_are_in_their_texts() -> None:
    texts = yaml.safe_load((ROOT / "search/web/texts.yaml").read_text(encoding="utf-8")).values()
    shown = " ".join([*(text[0] for text in texts), *(text[0] for text in MESSAGES.values())])
    bold = [word for row in ROWS.values() for cell in row for word in re.findall(r"\*\*([가-힣 ]+)\*\*", cell)]
    assert len(bold) >= 8
    assert [word for word in bold if word not in shown] == []


def test_lists_in_the_glossary_are_those_of_the_code() -> None:
    named = re.findall(r"\w+", ROWS["step"][1].partition("): ")[2])
    assert set(named) <= set(steps.__all__)
    assert ROWS["role"][1].partition(": ")[2].split(", ") == list(ROLES)
    assert re.findall(r"`(\w+)`", ROWS["band"][1]) == list(get_args(Band))
