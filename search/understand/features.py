"""Features of a need: what the classifiers see of it. Tolerant of typos, spacing, josa and script.

Every feature is present or not. Prefixes: `w` word without particle, `b` pair of words, `s` two and three
syllables of a Hangul run, `j` three to six letters (jamo) of it, `l` three to five letters of a Latin word.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final

from transforms.text import stem, without_josa, words

_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS: Final = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_LONGEST_RUN: Final = 60


def features(text: str) -> list[str]:
    """Distinct features of a text, sorted."""
    found: set[str] = set()
    runs = [run[:_LONGEST_RUN] for run, _, _ in words(text)]
    stems = []
    for run in runs:
        name, parts = _run_features(run)
        stems.append(name)
        found.update(parts)
    found.update(f"b{a} {b}" for a, b in pairwise(stems))
    return sorted(found)


@lru_cache(maxsize=50_000)
def _run_features(run: str) -> tuple[str, tuple[str, ...]]:
    """Stem of a run of one script, and its features."""
    if not "가" <= run[0] <= "힣":
        name = stem(run)
        marked = f"^{run}$"
        letters = (
            (f"l{marked[i : i + n]}" for n in (3, 4, 5) for i in range(len(marked) - n + 1)) if run.isalpha() else ()
        )
        return name, (f"w{name}", *letters)
    name = without_josa(run)
    syllables = (f"s{run[i : i + n]}" for n in (1, 2, 3) for i in range(len(run) - n + 1))
    spelt = jamo(run)
    letters = (f"j{spelt[i : i + n]}" for n in (3, 4, 5, 6) for i in range(len(spelt) - n + 1))
    return name, (f"w{name}", *syllables, *letters)


def jamo(run: str) -> str:
    """The letters of Hangul syllables in writing order; a syllable without a final has none."""
    return "".join(map(_letters, run))


def _letters(syllable: str) -> str:
    code = ord(syllable) - 0xAC00
    return "".join((_INITIALS[code // 588], _VOWELS[code % 588 // 28], _FINALS[code % 28]))
