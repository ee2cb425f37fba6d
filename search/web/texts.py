"""Texts of the pages in both languages, with numbers and dates as each language writes them."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

LANGUAGES: Final = ("ko", "en")


@cache
def _texts() -> dict[str, list[str]]:
    content = (Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8")
    return {key: [str(form) for form in forms] for key, forms in yaml.safe_load(content).items()}


class Texts:
    """`t(key, n=3)`: the text of that key; a third form is English for several."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: Any) -> str:
        """Raises KeyError for an unknown key: a missing text must not reach a reader."""
        korean, english, *several = _texts()[key]
        form = korean if self.language == "ko" else (several[0] if several and values.get("n") != 1 else english)
        return form.format(**{name: self.shown(value) for name, value in values.items()})

    def known(self, key: str, otherwise: str) -> str:
        """The text of a key that data give, or what to show where we have no text for it."""
        return self(key) if key in _texts() else otherwise

    def all_parts(self, parts: int, firms: int) -> str:
        """How many firms state all of several parts of a need."""
        if firms:
            return self("parts_all", n=firms)
        return self.known(f"parts_none_{parts}", self("parts_none_many"))

    def shown(self, value: object) -> str:
        if isinstance(value, bool) or value is None:
            return str(value)
        if isinstance(value, int):
            return f"{value:,}"
        if isinstance(value, date):
            return self.day(value)
        return str(value)

    def day(self, value: date) -> str:
        if self.language == "ko":
            return f"{value.year}년 {value.month}월 {value.day}일"
        return f"{value.day} {value:%b %Y}"
