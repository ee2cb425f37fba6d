"""Names by their sound: one key for Hangul, Latin letters and English words that are spoken alike.

`sound_key` writes everything in Hangul: LG이노텍 and 엘지이노텍, LS ELECTRIC and 엘에스일렉트릭. `skeleton` keeps
the consonants alone, so that names romanised in any fashion meet: SELVAS and 셀바스, SAMSUNG and 삼성.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import polars as pl

from schemas.reference import load_hanja, load_name_words
from transforms import names

_LETTERS: Final = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        (
            *("에이", "비", "씨", "디", "이", "에프", "지", "에이치", "아이", "제이", "케이", "엘", "엠"),
            *("엔", "오", "피", "큐", "알", "에스", "티", "유", "브이", "더블유", "엑스", "와이", "지"),
        ),
        strict=True,
    )
)
_DIGITS: Final = dict(zip("0123456789", ["공", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"], strict=True))
_LONGEST_ACRONYM: Final = 4
_LETTERS_ALONE: Final = re.compile(r"^(?!str|sch|spr|scr|thr|shr|phr|chr|spl)[bcdfghjklmnpqrstvwxz]{3}|^[^aeiouy]+$")
_LONGEST_LETTERS_ALONE: Final = 6
_VOWEL: Final = re.compile("[aeiou]")
_LATIN: Final = re.compile(r"[a-z]+")
_HANJA: Final = re.compile("[\u4e00-\u9fff]+")
_NUMBER: Final = re.compile(r"\d+")
_LONGEST_NUMBER: Final = 4
_ENGLISH_DIGITS: Final = ("제로", "원", "투", "쓰리", "포", "파이브", "식스", "세븐", "에이트", "나인")
_FIRST_SYLLABLE: Final = 0xAC00
_SYLLABLES_OF_A_CONSONANT: Final = 588
_ENDS_OF_A_VOWEL: Final = 28
_N, _R, _SILENT = 2, 5, 11
_Y_VOWELS: Final = (2, 3, 6, 7, 12, 17, 20)

_SPELLINGS: Final = {
    "기업인수목적회사": "스팩",
    "기업인수목적": "스팩",
    "위탁관리부동산투자회사": "리츠",
    "자기관리부동산투자회사": "리츠",
    "기업구조조정부동산투자회사": "리츠",
    "테크놀러지": "테크놀로지",
    "테크날러지": "테크놀로지",
    "테크놀로지스": "테크놀로지",
    "테크놀러지스": "테크놀로지",
    "시스템즈": "시스템",
    "시스템스": "시스템",
    "씨스템": "시스템",
    "솔루션즈": "솔루션",
    "솔루션스": "솔루션",
    "인터내셔날": "인터내셔널",
    "인터네셔널": "인터내셔널",
    "인터네셔날": "인터내셔널",
    "디지탈": "디지털",
    "메디칼": "메디컬",
    "케미칼": "케미컬",
    "머트리얼": "머티리얼",
    "머터리얼": "머티리얼",
    "매터리얼": "머티리얼",
    "머티리얼즈": "머티리얼",
    "머티리얼스": "머티리얼",
    "네트웍스": "네트웍",
    "네트워크": "네트웍",
    "네트웍크": "네트웍",
    "커뮤니케이션즈": "커뮤니케이션",
    "커뮤니케이션스": "커뮤니케이션",
    "센타": "센터",
    "콘트롤": "컨트롤",
    "컴파니": "컴퍼니",
    "엔지니어링": "이엔지",
    "파트너즈": "파트너스",
    "벤쳐": "벤처",
    "쥬니어": "주니어",
    "엔터프라이스": "엔터프라이즈",
    "인더스트리즈": "인더스트리",
    "인더스트리스": "인더스트리",
    "사이언시스": "사이언스",
    "싸이언스": "사이언스",
    "코스메틱스": "코스메틱",
    "다이내믹스": "다이나믹스",
    "로지스틱": "로지스틱스",
    "로지스틱스스": "로지스틱스",
    "홀딩즈": "홀딩스",
    "더블류": "더블유",
    "에이취": "에이치",
    "에취": "에이치",
    "비젼": "비전",
    "텔레컴": "텔레콤",
    "앤드": "앤",
    "쏠": "솔",
    "쎄": "세",
    "쎌": "셀",
    "쎈": "센",
    "씨": "시",
    "씽": "싱",
    "싸": "사",
    "쏘": "소",
    "써": "서",
    "쓰": "스",
    "숀": "션",
    "쉬": "시",
    "쥬": "주",
    "져": "저",
    "쟈": "자",
    "챠": "차",
    "쵸": "초",
    "츄": "추",
    "엔": "앤",
    "엠": "앰",
    "렉": "랙",
}
"""Spellings of one sound to one of them, longest first; 엔지니어링 and 이엔지 are one word to firms."""


def sound_key(name: pl.Expr) -> pl.Expr:
    """The name in Hangul as it is spoken, with spellings of one sound unified; digits stay."""
    return spoken_key(names.bare_name(name))


def spoken_key(bare: pl.Expr) -> pl.Expr:
    """`sound_key` of a bare name."""
    return bare.map_batches(_sound, return_dtype=pl.String)


def spoken_text(bare: str) -> str:
    """`spoken_key` of one bare name, in microseconds where its letters are Latin and Hangul."""
    if _BEYOND.search(bare):
        return str(pl.select(spoken_key(pl.lit(bare))).item() or "")
    hangul = _spoken_text(bare) if _LETTER.search(bare) else bare
    return _spelling_text(re.sub(r"제(\d)", r"\1", _NO_LETTER.sub("", hangul)))


def skeleton_text(bare: str) -> str:
    """`skeleton` of one bare name, empty where that says too little."""
    if _BEYOND.search(bare):
        return str(pl.select(skeleton(pl.lit(bare))).item() or "")
    hangul = _spoken_text(bare, read=True) if _LETTER.search(bare) else bare
    text = "".join(romanised(syllable) for syllable in _spelling_text(_NO_LETTER.sub("", hangul)))
    for pattern, replacement in _CLASSES:
        text = re.sub(pattern, re.sub(r"\$(\d)", r"\\\1", replacement), text)
    consonants = re.sub(r"([kntlmps])\1+", r"\1", re.sub(r"[aeiouwyh]+", "", text))
    return consonants if len(consonants) >= _FEWEST_CONSONANTS else ""


_BEYOND: Final = re.compile(r"[^ -~가-힣]")
_LETTER: Final = re.compile(r"[a-z&+]")
_NO_LETTER: Final = re.compile(r"[^0-9A-Za-z가-힣]+")
_FEWEST_CONSONANTS: Final = 3


def _spelling_text(text: str) -> str:
    """`_one_spelling` of one text."""
    pattern, sounds = _finder_of_spellings()
    for _ in range(2):
        text = pattern.sub(lambda match: sounds[match.group()], text)
    return text


@cache
def _finder_of_spellings() -> tuple[re.Pattern[str], dict[str, str]]:
    longest_first = sorted(_SPELLINGS, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), _SPELLINGS


def skeleton(bare: pl.Expr) -> pl.Expr:
    """Consonant classes of a bare name, short Latin words read as words where they have a vowel; null where
    they say too little (fewer than three).
    """
    return bare.map_batches(_skeleton, return_dtype=pl.String)


def _skeleton(bare: pl.Series) -> pl.Series:
    hangul = names.where(
        names.where(bare, _HANJA.pattern, _read),
        r"[a-z&+]",
        lambda s: pl.Series([_spoken_text(t, read=True) for t in s], dtype=pl.String),
    )
    spelled = _one_spelling(hangul.str.replace_all(r"[^\p{L}\p{N}]+", ""))
    consonants = spelled.to_frame("bare").select(_consonants(pl.col("bare"))).to_series()
    return consonants.set(consonants.str.len_chars() < _FEWEST_CONSONANTS, None)


def _consonants(spelled: pl.Expr) -> pl.Expr:
    """One expression, since a series would start the query engine anew for every step."""
    text = spelled.str.replace_many(*_romanisation())
    for pattern, replacement in _CLASSES:
        text = text.str.replace_all(pattern, replacement)
    consonants = text.str.replace_all(r"[aeiouwyh]+", "")
    for letter in "kntlmps":
        consonants = consonants.str.replace_all(f"{letter}{letter}+", letter)
    return consonants


_CLASSES: Final = (
    (r"tion|sion", "sn"),
    (r"ch(em|n|r)|ck", "k$1"),
    (r"tech", "tek"),
    (r"c([eiy])", "s$1"),
    (r"g([eiy])([a-z])", "j$1$2"),
    (r"ng", "n"),
    (r"ph", "p"),
    (r"r([^aeiouwy]|$)", "$1"),
    (r"x", "ks"),
    (r"sh|ch|j|z", "s"),
    (r"[cgq]", "k"),
    (r"d", "t"),
    (r"[bfv]", "p"),
    (r"r", "l"),
)


def _sound(bare: pl.Series) -> pl.Series:
    hangul = names.where(names.where(bare, _HANJA.pattern, _read), r"[a-z&+]", _spoken)
    squeezed = names.where(hangul, r"[^가-힣0-9a-z]", lambda s: s.str.replace_all(r"[^\p{L}\p{N}]+", ""))
    numbered = names.where(squeezed, r"제\d", lambda s: s.str.replace_all(r"제(\d)", "$1"))
    return _one_spelling(numbered)


def _one_spelling(names_: pl.Series) -> pl.Series:
    """Twice: letters first become words that are spellings themselves (씨스템즈, 시스템즈, 시스템)."""
    patterns = sorted(_SPELLINGS, key=len, reverse=True)
    replacements = [_SPELLINGS[pattern] for pattern in patterns]
    for _ in range(2):
        names_ = names_.str.replace_many(patterns, replacements, leftmost=True)
    return names_


def _read(values: pl.Series) -> pl.Series:
    """Chinese characters by their Korean reading; those that no firm of ours bears stay."""
    return pl.Series([_HANJA.sub(_reading, text) for text in values.to_list()], dtype=pl.String)


def _reading(run: re.Match[str]) -> str:
    """The reading of a run of characters; a word begins with the sound that Korean words begin with (李 is 이)."""
    readings = [load_hanja().get(character, character) for character in run.group()]
    if run.start() == 0 or not run.string[run.start() - 1].isalpha():
        readings[0] = _at_start(readings[0])
    return "".join(readings)


def _at_start(syllable: str) -> str:
    """녀 is 여 and 리 is 이 at the start of a word, 라 is 나; any other syllable stays."""
    first, within = divmod(ord(syllable) - _FIRST_SYLLABLE, _SYLLABLES_OF_A_CONSONANT)
    if first not in (_N, _R):
        return syllable
    soft = within // _ENDS_OF_A_VOWEL in _Y_VOWELS
    first = _SILENT if soft else _N
    return chr(_FIRST_SYLLABLE + first * _SYLLABLES_OF_A_CONSONANT + within)


def spoken_numbers(bare: pl.Expr) -> pl.Expr:
    """A bare name with its digits as they are read: 21세기 as 이십일세기, 3m beside Latin letters as 쓰리m; null where
    it has none.
    """
    return bare.map_batches(_numbered, return_dtype=pl.String)


def _numbered(bare: pl.Series) -> pl.Series:
    has_digit = bare.str.contains(r"\d").fill_null(False)
    return names.where(bare, r"\d", _with_numbers).set(~has_digit, None)


def _with_numbers(values: pl.Series) -> pl.Series:
    return pl.Series([_NUMBER.sub(_number_read, text) for text in values.to_list()], dtype=pl.String)


def _number_read(match: re.Match[str]) -> str:
    digits = match.group()
    around = match.string[max(match.start() - 1, 0) : match.start()] + match.string[match.end() : match.end() + 1]
    if len(digits) == 1 and _LATIN.search(around):
        return _ENGLISH_DIGITS[int(digits)]
    if len(digits) > _LONGEST_NUMBER or digits.startswith("0"):
        return "".join(_DIGITS[digit] for digit in digits)
    places = zip(digits, ("", "십", "백", "천")[len(digits) - 1 :: -1], strict=True)
    return "".join(unit if d == "1" and unit else _DIGITS[d] + unit for d, unit in places if d != "0")


def _spoken(values: pl.Series) -> pl.Series:
    return pl.Series([_spoken_text(text) for text in values.to_list()], dtype=pl.String)


def _spoken_text(text: str, read: bool = False) -> str:
    return _LATIN.sub(lambda run: _spoken_word(run.group(), read), text).replace("&", "앤").replace("+", "플러스")


def _spoken_word(word: str, read: bool) -> str:
    """A known English word in Hangul, an acronym letter by letter; other words stay Latin, and with `read`
    short ones too that have a vowel.
    """
    known = load_name_words().get(word)
    if known:
        return known
    for cut in range(len(word) - 3, 1, -1):
        tail = load_name_words().get(word[cut:])
        if tail and len(word) - cut >= 3:
            return _spoken_word(word[:cut], read) + tail
    if len(word) <= _LONGEST_LETTERS_ALONE and _LETTERS_ALONE.search(word):
        return "".join(_LETTERS[letter] for letter in word)
    pronounceable = read and len(word) > 2 and _VOWEL.search(word)
    if len(word) <= _LONGEST_ACRONYM and not pronounceable:
        return "".join(_LETTERS[letter] for letter in word)
    return word


def romanised(syllable: str) -> str:
    """A Hangul syllable in Latin letters, any other character as it is."""
    return _romanisation_of().get(syllable, syllable)


@cache
def _romanisation() -> tuple[list[str], list[str]]:
    return list(_romanisation_of()), list(_romanisation_of().values())


@cache
def _romanisation_of() -> dict[str, str]:
    """All syllables and their letters, by the Revised Romanisation without its assimilations."""
    first = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"]
    middle = (
        *("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae"),
        *("oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"),
    )
    last = (
        *("", "k", "k", "ks", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l"),
        *("p", "l", "m", "p", "ps", "t", "t", "ng", "t", "t", "k", "t", "p", "t"),
    )
    letters = [a + b + c for a in first for b in middle for c in last]
    return {chr(0xAC00 + number): letter for number, letter in enumerate(letters)}
