"""docs/features.md: every row is shown by tests that exist, every picture is there and small."""

from __future__ import annotations

import re
from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs"
_TEXT = (_DOCS / "features.md").read_text(encoding="utf-8")
_ROWS = [
    row for row in re.findall(r"^\|.*\|$", _TEXT.partition("## How it looks")[0], re.MULTILINE) if "---" not in row
]


def test_every_row_names_tests_that_exist() -> None:
    rows = [row for row in _ROWS if "shown by" not in row]
    assert len(rows) >= 24
    for row in rows:
        shown = re.findall(r"\[(test_\w+)\]\(([^)]+)\)", row)
        assert shown, row
        for test, path in shown:
            assert f"\ndef {test}(" in (_DOCS / path).read_text(encoding="utf-8"), (test, path)


def test_pictures_are_there_and_small() -> None:
    pictures = [_DOCS / path for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", _TEXT)]
    assert pictures
    assert sum(picture.stat().st_size for picture in pictures) <= 1_500_000
