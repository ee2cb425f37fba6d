"""What is done to one text in microseconds is what the expressions over columns do."""

from __future__ import annotations

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms import names, sounds
from transforms.text import folded

_PARTS = (
    "(주)",
    "주식회사",
    " 유한회사",
    "co., ltd.",
    "엘지",
    "이노텍",
    "lg",
    "제2공장",
    " 본사",
    "비전",
    "(구:한빛)",
    "씨스템즈",
)
_TEXTS = st.one_of(
    st.text(max_size=30), st.lists(st.sampled_from((*_PARTS, " ", ".", "9", "-", "&")), max_size=6).map("".join)
)


def one(expression: pl.Expr) -> str:
    return str(pl.select(expression).item() or "")


@settings(max_examples=100, deadline=None)
@given(_TEXTS.map(folded))
@example("설비가 갑자기 멈춰요, 미리 알 수 없을까요")
@example("warehouse stock never matches the books")
@example("제1공장")
def test_a_text_alone_is_as_in_a_column(text: str) -> None:
    bare = one(names.bare_name(pl.lit(text)))
    assert names.bare_text(text) == bare
    assert names.squeezed_text(bare) == one(names.squeezed(pl.lit(bare)))
    assert sounds.spoken_text(bare) == one(sounds.spoken_key(pl.lit(bare)))
    assert sounds.skeleton_text(bare) == one(sounds.skeleton(pl.lit(bare)))
