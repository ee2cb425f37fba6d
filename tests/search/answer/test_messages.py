"""Sentences shown to people."""

from __future__ import annotations

import pytest

from search.answer.messages import say


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("머신비전", "입력하신 ‘머신비전’이 문구에 있습니다"),
        ("표면 검사", "입력하신 ‘표면 검사’가 문구에 있습니다"),
        ("PLC", "입력하신 ‘PLC’가 문구에 있습니다"),
        ("PLM", "입력하신 ‘PLM’이 문구에 있습니다"),
        ("배관 3", "입력하신 ‘배관 3’이 문구에 있습니다"),
        ("Modbus", "입력하신 ‘Modbus’이(가) 문구에 있습니다"),
    ],
)
def test_particles_follow_the_sound_before_them(name: str, sentence: str) -> None:
    assert say("reason.typed", "ko", word=name) == sentence


def test_english_has_no_particles() -> None:
    assert say("reason.typed", "en", word="PLC") == "“PLC”, as you typed it, is in its statement"
