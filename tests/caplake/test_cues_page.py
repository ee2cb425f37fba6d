"""docs/cues.md: its example entry is a cue that works, and it explains every key and sign."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from search.understand.cues import Cue, CueReader, bracketed, load_cues

PAGE = (Path(__file__).resolve().parents[2] / "docs/cues.md").read_text(encoding="utf-8")
CUES, CLASSES = load_cues()


def matches(say: str, text: str, language: str = "ko", side: str = "after") -> bool:
    """Whether a cue of one phrase holds for the bracketed span of a text."""
    cue = Cue.model_validate(
        {"id": "x", "role": "have", "language": language, "side": side, "say": [say], "holds": [], "fails": []}
    )
    plain, [(start, end)] = bracketed(text)
    return bool(CueReader([cue], CLASSES).matches(plain, start, end))


def test_the_example_entry_holds_and_fails_where_it_says() -> None:
    [cue] = [Cue.model_validate(entry) for entry in yaml.safe_load(re.findall(r"```yaml\n(.*?)```", PAGE, re.S)[0])]
    reader = CueReader([cue], CLASSES)
    for examples, expected in ((cue.holds, True), (cue.fails, False)):
        for text, places in map(bracketed, examples):
            assert [bool(reader.matches(text, *place)) for place in places] == [expected] * len(places), text


def test_every_key_of_a_cue_is_explained() -> None:
    table = PAGE.partition("| key | meaning |")[2].partition("\n## ")[0]
    explained = {key for row in re.findall(r"^\| (`[^|]+)\|", table, re.M) for key in re.findall(r"`(\w+)`", row)}
    assert explained == set(Cue.model_fields) - {"id", "role", "language"}


def test_every_role_that_the_files_use_is_explained() -> None:
    table = PAGE.partition("| role | the buyer |")[2].partition("\n## ")[0]
    assert {cue.role for cue in CUES} <= set(re.findall(r"`(\w+)`", table))


def test_signs_mean_what_the_page_says() -> None:
    assert matches("필요 없", "[MES]필요없습니다")
    assert matches("(은|는)? 필요 없", "[MES]는 필요 없어요")
    assert not matches("(은|는) 필요 없", "[MES] 필요 없어요")
    assert matches("상관~", "[MES] 상관없습니다")
    assert matches("# 대", "[MES] 1,200대")
    assert matches("(이미|벌써) … 있으니", "[MES] 이미 두 해째 있으니")
    assert not matches("(이미|벌써) … 있으니", "[MES] 이미 씁니다, 그런데 있으니")
    assert matches("^no (more)?", "no more [MES]", "en", "before")
    assert not matches("^no (more)?", "we say no more [MES]", "en", "before")
    assert not matches("no", "[MES] now", "en")
    assert not matches("is not", "[MES] isnot", "en")
