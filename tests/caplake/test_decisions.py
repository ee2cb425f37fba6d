"""Every decision record has a status, a date, alternatives with figures, and its line in the index."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
INDEX = (FOLDER / "index.md").read_text(encoding="utf-8")
STATUS = re.compile(r"^\* Status: (proposed|accepted|replaced by \d+)(; .+)?$", re.M)


def table_rows(text: str) -> list[list[str]]:
    """Cells of the body of the first table in a text."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line[:1] == "|"]
    return rows[2:]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_all_its_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    number, title = int(path.name[:4]), text.splitlines()[0]
    assert title.startswith(f"# {number}. ")
    status = STATUS.search(text)
    assert status, path.name
    day = re.search(r"^\* Date: (\d{4}-\d{2}-\d{2})", text, re.M)
    assert day, path.name
    date.fromisoformat(day[1])
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.M | re.S))
    assert list(sections) == ["Decision", "Alternatives", "Consequences"]
    assert all(body.strip() for body in sections.values())
    alternatives = table_rows(sections["Alternatives"])
    assert len(alternatives) >= 2
    for _, figures, reason in alternatives:
        assert re.search(r"\d", figures), (path.name, figures)
        assert reason
    assert f"| [{title[2:]}]({path.name}) | {status[1]} | {day[1]} |" in INDEX


def test_the_index_names_every_record_and_no_other() -> None:
    assert re.findall(r"\]\((\d{4}[^)]*)\)", INDEX) == [path.name for path in RECORDS]
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("path", [*RECORDS, FOLDER / "index.md"], ids=lambda path: path.stem)
def test_links_lead_to_files(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), (path.name, target)
