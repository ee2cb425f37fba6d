"""Names of firms: one form to show, one key to match, and whether the name says that it is a corporation.

Everything here is a Polars expression: a million names take seconds.
"""

from __future__ import annotations

from typing import Final

import polars as pl

_KOREAN_FORMS: Final = (
    "농업회사법인", "어업회사법인", "영농조합법인", "영어조합법인", "유한책임회사", "주식회사", "유한회사", "합자회사",
    "합명회사", "사회적협동조합", "협동조합", "사단법인", "재단법인", "의료법인", "학교법인", "사회복지법인", "특수법인",
)
_SHORT_FORMS: Final = ("주", "유", "유한", "합", "합자", "합명", "사", "재", "사단", "재단", "농", "자", "株", "有")
_BRACKETED_FORM: Final = rf"[(\[]\s*(?:{'|'.join((*_KOREAN_FORMS, *_SHORT_FORMS))})\s*[)\]]"
_BROKEN_FORM: Final = r"^\(?(?:주|유|株|有)\)|\((?:주|유|株|有)\)?$"
_KOREAN_FORM: Final = "|".join((*_KOREAN_FORMS, "株式會社", "株式会社", "有限公司", "股份有限公司"))
_ENGLISH_FORM: Final = (
    r"(?:[\s,.]|^)*\b(?:co\.?\s*,?\s*\.?\s*ltd|company\s+limited|co\s+limited|corporation|corp|incorporated|inc|limited|ltd|l\.?l\.?c|"
    r"llp|gmbh|plc|pte|pty|s\.?p\.?a|s\.?a\.?s?|n\.?v|b\.?v|a\.?g|k\.?k|oyj|oy|a/s|asa|ab|bhd|berhad|sdn|tbk|company|co)\b\.?[\s,.]*$"
)
_BRANCH: Final = r"(?:[\s_\-(]+)(?:[가-힣]{1,6})?(?:본사|본점|지점|지사|영업소|사업소|사업장|출장소|제?\d*공장|기업부설연구소|부설연구소|기술연구소)\)?$"
_BRACKETS: Final = r"[(\[{<][^)\]}>]*[)\]}>]"
_PUNCTUATION: Final = r"[^\p{L}\p{N}&+]+"


def display_name(text: pl.Expr) -> pl.Expr:
    """The name as people write it: compatibility forms (㈜, full width) unified, blanks single, quotes gone."""
    unified = text.cast(pl.String).str.normalize("NFKC").str.replace_all(r"[\p{Cc}\p{Cf}\u{FFFD}]", " ")
    spaced = unified.str.replace_all(r"\s+", " ").str.replace_all(r"\(\s+", "(").str.replace_all(r"\s+\)", ")")
    trimmed = spaced.str.strip_chars(" \"'“”‘’`,;")
    return pl.when(trimmed.str.contains(r"[\p{L}\p{N}]")).then(trimmed)


def match_key(name: pl.Expr) -> pl.Expr:
    """What is left of a name without legal form, branch, remarks in brackets, blanks, punctuation and case.

    A name that is nothing but such parts keeps its letters, so that the key is empty only where the name
    has no letter or digit.
    """
    folded = display_name(name).str.to_lowercase().str.replace_all(r"\s*\.\s*(?:,|$)", " ")
    bare = _without_forms(folded)
    cut = bare.str.replace(_BRANCH, "").str.replace_all(_BRACKETS, " ")
    keys = [_squeezed(_without_english(part)) for part in (cut, bare, folded)]
    return pl.coalesce(*(pl.when(key != "").then(key) for key in keys), keys[-1])


def is_corporate_name(name: pl.Expr) -> pl.Expr:
    """Whether the name itself carries a legal form of a corporation."""
    folded = display_name(name).str.to_lowercase()
    return (
        folded.str.contains(_BRACKETED_FORM)
        | folded.str.contains(_BROKEN_FORM)
        | folded.str.contains(_KOREAN_FORM)
        | folded.str.contains(_ENGLISH_FORM)
    )


def _without_forms(folded: pl.Expr) -> pl.Expr:
    return (
        folded.str.replace_all(_BRACKETED_FORM, " ").str.replace_all(_BROKEN_FORM, " ")
        .str.replace_all(_KOREAN_FORM, " ").str.strip_chars(" .,")
    )


def _without_english(name: pl.Expr) -> pl.Expr:
    """Without English legal forms at the end; twice, for `Pte. Ltd.` and `Co., Ltd. (Korea)`."""
    return name.str.strip_chars().str.replace(_ENGLISH_FORM, "").str.replace(_ENGLISH_FORM, "")


def _squeezed(name: pl.Expr) -> pl.Expr:
    return name.str.replace_all(_PUNCTUATION, "")
