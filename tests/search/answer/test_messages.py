"""Sentences shown to people."""

from __future__ import annotations

import pytest

from search.answer.messages import say


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("머신비전", "찾는 역량 ‘머신비전’이 이 문구에 있습니다"),
        ("표면 검사", "찾는 역량 ‘표면 검사’가 이 문구에 있습니다"),
        ("PLC", "찾는 역량 ‘PLC’가 이 문구에 있습니다"),
        ("PLM", "찾는 역량 ‘PLM’이 이 문구에 있습니다"),
        ("배관 3", "찾는 역량 ‘배관 3’이 이 문구에 있습니다"),
        ("Modbus", "찾는 역량 ‘Modbus’이(가) 이 문구에 있습니다"),
    ],
)
def test_particles_follow_the_sound_before_them(name: str, sentence: str) -> None:
    assert say("reason.concept", "ko", name=name) == sentence


def test_english_has_no_particles() -> None:
    assert say("reason.concept", "en", name="PLC") == "its statement names “PLC”, which you seek"
