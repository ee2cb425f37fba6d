"""Text analysis: the one way from text to tokens, by night for statements and by day for needs.

Hangul words become overlapping pairs of syllables, so that compounds written together or apart meet and
prefixes that carry meaning (비파괴, 비접촉, 무인) survive; Latin words are lower-cased and stemmed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import snowballstemmer

_RUN: Final = re.compile(r"[가-힣]+|[a-z]+(?:[+#]+)?|\d+(?:\.\d+)?|[一-鿿]+|[ぁ-ヿ]+")
_HANGUL: Final = re.compile(r"[가-힣]")
_STEMMER: Final = snowballstemmer.stemmer("english")

_JOSA_LONGEST_FIRST: Final = (
    "으로부터 에서부터 에게서 이라도 이라는 으로는 에서는 에서도 으로도 까지는 에서 에게 으로 "
    "부터 까지 처럼 보다 라는 이나 이랑 하고 마다 조차 밖에 에는 에도 와의 과의 로는 로도 을 "
    "를 이 가 은 는 의 에 도 로 와 과 만 나 랑"
)
_JOSA: Final = tuple(_JOSA_LONGEST_FIRST.split())


def folded(text: str) -> str:
    """Compatibility forms unified, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def is_korean(text: str) -> bool:
    return _HANGUL.search(text) is not None


def tokens(text: str) -> list[str]:
    """Analysed tokens of a text, in order, with repetitions."""
    return [token for run in _RUN.findall(folded(text)) for token in run_tokens(run)]


@lru_cache(maxsize=200_000)
def run_tokens(run: str) -> tuple[str, ...]:
    """Tokens of one run of letters of one script."""
    if not _HANGUL.match(run):
        return (stem(run),)
    if len(run) == 1:
        return (run,)
    return tuple(run[i : i + 2] for i in range(len(run) - 1))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Snowball's English stem of a lower-case word."""
    return str(_STEMMER.stemWord(word)) if word.isascii() and word.isalpha() else word


def words(text: str) -> Iterator[tuple[str, int, int]]:
    """Runs of letters of one script with their place in the text: (folded run, from, to).

    Places are those of the text itself when folding keeps its length, else of the folded text.
    """
    for match in _RUN.finditer(folded(text)):
        yield match.group(), match.start(), match.end()


def without_josa(word: str) -> str:
    """A Hangul word without its particle, where at least two syllables stay."""
    for particle in _JOSA:
        if word.endswith(particle) and len(word) - len(particle) >= 2:
            return word[: -len(particle)]
    return word
