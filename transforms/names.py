"""Names of firms: one form to show, one key to match, and whether the name says that it is a corporation.

Everything here is a Polars expression: a million names take seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import polars as pl

_KOREAN_FORMS: Final = (
    "농업회사법인",
    "어업회사법인",
    "영농조합법인",
    "영어조합법인",
    "유한책임회사",
    "주식회사",
    "유한회사",
    "합자회사",
    "합명회사",
    "사회적협동조합",
    "협동조합",
    "사단법인",
    "재단법인",
    "의료법인",
    "학교법인",
    "사회복지법인",
    "특수법인",
)
_SHORT_FORMS: Final = ("주", "유", "유한", "합", "합자", "합명", "사", "재", "사단", "재단", "농", "자", "株", "有")
_BRACKETED_FORM: Final = rf"[(\[]\s*(?:{'|'.join((*_KOREAN_FORMS, *_SHORT_FORMS))})\s*[)\]]"
_BROKEN_FORM: Final = r"^\(?(?:주|유|株|有)\)|\((?:주|유|株|有)\)?$"
_KOREAN_FORM: Final = "|".join((*_KOREAN_FORMS, "株式會社", "株式会社", "有限公司", "股份有限公司"))
_ENGLISH_FORM: Final = (
    r"(?:^|[\s,.])[\s,.]*(?:co[\s.,]*ltd|company\s+limited|co\s+limited|corporation|corp|incorporated|inc|limited|ltd|l\.?l\.?c|"
    r"llp|gmbh|plc|pte|pty|s\.?p\.?a|s\.?a\.?s?|n\.?v|b\.?v|a\.?g|k\.?k|oyj|oy|a/s|asa|ab|bhd|berhad|sdn|tbk|company|co)\.?[\s,.]*$"
)
_SPOKEN_FORM: Final = r"(?:코퍼레이션|인코퍼레이션|컴퍼니)?리미티드$|인코퍼레이션$|인코퍼레이티드$"
_BRANCH: Final = (
    r"(?:[\s_\-(]+)(?:[가-힣]{1,6})?(?:본사|본점|지점|지사|영업소|사업소|사업장|출장소|제?\d*공장|"
    r"기업부설연구소|부설연구소|기술연구소)\)?$"
)
_BRACKETS: Final = r"[(\[{<][^)\]}>]*[)\]}>]"
_FORMER: Final = r"(?i)^\s*(?:구|舊|전|변경\s*전|구\s*상호|구\s*명칭|formerly|former|fka)[\s.:,]+"
_PUNCTUATION: Final = r"[^\p{L}\p{N}&+]+"
_SOMETHING: Final = r"[\p{L}\p{N}]"
_BARE_ROUNDS: Final = 2  # `Pte. Ltd.`, `Co., Ltd. (Korea)`


def display_name(text: pl.Expr) -> pl.Expr:
    """The name as people write it: compatibility forms (㈜, full width) unified, blanks single, quotes gone."""
    return text.map_batches(_display, return_dtype=pl.String)


def match_key(name: pl.Expr) -> pl.Expr:
    """What is left of a name without legal form, branch, remarks in brackets, blanks, punctuation and case.

    A name that is nothing but such parts keeps its letters, so that the key is empty only where the name
    has no letter or digit.
    """
    return squeezed(bare_name(name))


def bare_name(name: pl.Expr) -> pl.Expr:
    """The name in lower case without legal form, branch and remarks in brackets; words still apart."""
    return name.map_batches(_bare, return_dtype=pl.String)


def bare_text(text: str) -> str:
    """`bare_name` of one text, in microseconds where it has no part that a bare name is without: most questions."""
    folded = text.lower()
    if not _HAS_PARTS.search(folded) and not re.search(_ANY_BRANCH, bare := folded.strip(" .,-_")):
        return bare
    return str(pl.select(bare_name(pl.lit(text))).item() or "")


def squeezed(name: pl.Expr) -> pl.Expr:
    """Letters, digits, & and + alone."""
    return name.str.replace_all(_PUNCTUATION, "")


def squeezed_text(text: str) -> str:
    """`squeezed` of one text; other letters are classified by Polars' tables, not by Python's."""
    if _BEYOND.search(text):
        return str(pl.select(squeezed(pl.lit(text))).item() or "")
    return "".join(c for c in text if c.isalnum() or c in "&+")


_INSTITUTION: Final = (
    r"산학\s*협력단|대학교|학교법인|(?:재|사)단법인|\((?:재|사)\)|한국\S*연구원$|진흥원$|테크노파크$|"
    r"(?i:\buniversity\b|industry[- ]academic|\bresearch foundation\b)"
)


def is_corporate_name(name: pl.Expr) -> pl.Expr:
    """Whether the name itself carries a legal form of a corporation."""
    folded = display_name(name).str.to_lowercase()
    forms = (_BRACKETED_FORM, _BROKEN_FORM, _KOREAN_FORM, _ENGLISH_FORM)
    return folded.str.contains("|".join(f"(?:{form})" for form in forms))


def is_institution_name(name: pl.Expr) -> pl.Expr:
    """Whether the name is that of a university, a public research body or a foundation: none of them sells."""
    return display_name(name).str.contains(_INSTITUTION)


def remarks(name: pl.Expr) -> pl.Expr:
    """What stands in the first brackets of a name and is no legal form: a former or a second name, without
    the word that says so (`구`, `舊`, `현`, `formerly`).
    """
    without_form = display_name(name).str.replace_all(_BRACKETED_FORM, " ")
    inside = without_form.str.extract(r"[(\[]([^)\]]{2,})[)\]]?")
    return inside.str.replace(rf"{_FORMER}|^\s*현[\s.:,]+", "").str.strip_chars()


def is_former(name: pl.Expr) -> pl.Expr:
    """Whether the brackets of a name say that they hold a former one."""
    inside = display_name(name).str.replace_all(_BRACKETED_FORM, " ").str.extract(r"[(\[]([^)\]]{2,})[)\]]?")
    return inside.str.contains(_FORMER).fill_null(False)


def on_distinct(series: pl.Series, function: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """A function of strings, worked out once for each distinct value.

    Expressions that use a costly step several times would repeat it; a series goes through it once.
    """
    distinct = series.unique().drop_nulls()
    if len(distinct) * 2 > len(series):
        return function(series)
    return series.replace_strict(distinct, function(distinct), default=None, return_dtype=pl.String)


def where(series: pl.Series, pattern: str, function: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The series with a function applied to the values that have the pattern; the rest stays."""
    touched = series.str.contains(pattern).fill_null(False)
    if not touched.any():
        return series
    rows = touched.arg_true()
    return series.clone().scatter(rows, function(series.gather(rows)))


def _display(text: pl.Series) -> pl.Series:
    values = text.cast(pl.String)
    values = where(values, r"[^ -~가-힣]", _unified)
    values = where(values, r"\s\s|\(\s|\s\)|^[\s\"',;]|[\s\"',;]$|[^ -~가-힣]", _trimmed)
    return values.set(~values.str.contains(_SOMETHING).fill_null(True), None)


def _unified(values: pl.Series) -> pl.Series:
    return values.str.normalize("NFKC").str.replace_all(r"[\p{Cc}\p{Cf}\u{FFFD}]", " ")


def _trimmed(values: pl.Series) -> pl.Series:
    spaced = values.str.replace_all(r"\s+", " ").str.replace_all(r"\(\s+", "(").str.replace_all(r"\s+\)", ")")
    return spaced.str.strip_chars(" \"'“”‘’`,;")


def _bare(name: pl.Series) -> pl.Series:
    folded = _display(name).str.to_lowercase()
    folded = where(folded, r"\.", lambda s: s.str.replace_all(r"\s*\.\s*(?:,|$)", " "))
    formless = where(folded, _ANY_FORM, _without_forms).str.strip_chars(" .,-_")
    cut = where(formless, _ANY_BRANCH, lambda s: s.str.replace(_BRANCH, ""))
    cut = where(cut, r"[(\[{<]", lambda s: s.str.replace_all(_BRACKETS, " ")).str.strip_chars()
    for fuller in (formless, folded):
        cut = cut.zip_with(cut.str.contains(_SOMETHING).fill_null(True), fuller)
        cut = where(cut, r"[a-z]|리미티드|인코퍼레이", _without_english)
    return cut.zip_with(cut.str.contains(_SOMETHING).fill_null(True), folded)


_ANY_FORM: Final = r"[(\[)]|회사|법인|조합|株|有|股"
_ANY_BRANCH: Final = r"[점사소장]\)?$"
_BEYOND: Final = re.compile(r"[^ -~가-힣]")
_HAS_PARTS: Final = re.compile(
    rf"^[^0-9a-z가-힣]*$|[^ -~가-힣]|\s\s|^[\s\"',;]|[\s\"',;]$|\.|[{{<]|{_ANY_FORM}|{_ENGLISH_FORM}|{_SPOKEN_FORM}"
)
"""Anything that `_bare` may take away or write in another way."""


def _without_forms(values: pl.Series) -> pl.Series:
    return (
        values.str.replace_all(_BRACKETED_FORM, " ")
        .str.replace_all(_BROKEN_FORM, " ")
        .str.replace_all(_KOREAN_FORM, " ")
    )


def _without_english(values: pl.Series) -> pl.Series:
    for _ in range(_BARE_ROUNDS):
        values = values.str.strip_chars().str.replace(_ENGLISH_FORM, "").str.replace(_SPOKEN_FORM, "")
    return values
