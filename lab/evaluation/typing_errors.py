"""Changes that people make to a text without meaning anything else: typing errors, particles, spaces, other words.

All are seeded: the same text and seed give the same change.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from typing import Final

from schemas.vocabulary import Vocabulary
from transforms.concepts import ConceptMatcher
from transforms.text import is_korean, without_josa

_KEYBOARD_KO: Final = ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ")
_KEYBOARD_EN: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS: Final = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_JOSA: Final = (("을", "를"), ("이", "가"), ("은", "는"), ("과", "와"), ("으로", "로"))
_WORD: Final = re.compile(r"[가-힣]{3,}|[A-Za-z]{4,}")
_HANGUL_WORD: Final = re.compile(r"[가-힣]{2,}")
_LEAST_WORDS: Final = 2

Change = Callable[[str, random.Random], str]


def typing_error(text: str, dice: random.Random) -> str:
    """One wrong key: a letter or syllable missing, doubled, swapped with the next, or the key beside it."""
    places = [i for i, character in enumerate(text) if character.isalpha()]
    for _ in range(20):
        place = dice.choice(places) if places else 0
        changed = dice.choice((_beside, _beside, _missing, _swapped, _doubled))(text, place, dice)
        if changed != text and changed.strip():
            return changed
    return text


def misspelt(text: str, dice: random.Random) -> str:
    """One typing error in one of the longer words of a sentence."""
    found = list(_WORD.finditer(text))
    if not found:
        return text
    word = dice.choice(found)
    return text[: word.start()] + typing_error(word.group(), dice) + text[word.end() :]


def other_josa(text: str, dice: random.Random) -> str:
    """Particles of a Korean sentence left out, or put after words that have none; other texts stay."""
    if not is_korean(text):
        return text
    parts = re.split(r"(\s+)", text)
    return "".join(_with_other_josa(part, dice) if _HANGUL_WORD.fullmatch(part) else part for part in parts)


def other_spacing(text: str, dice: random.Random) -> str:
    """Two neighbouring Korean words written together; of English ones, two blanks between them."""
    blanks = list(re.finditer(r"(?<=\w) (?=\w)", text))
    if not blanks:
        return text
    together = [b for b in blanks if is_korean(text[b.start() - 1]) and is_korean(text[b.end()])]
    blank = dice.choice(together or blanks)
    return text[: blank.start()] + ("" if together else "  ") + text[blank.end() :]


def code_switch(vocabulary: Vocabulary, matcher: ConceptMatcher) -> Change:
    """A change that writes one named technology in the other language; a text that names none stays."""

    def change(text: str, dice: random.Random) -> str:
        mentions = [m for m in matcher.mentions(text, capitals_matter=False) if m.end - m.start >= 2]
        dice.shuffle(mentions)
        for mention in mentions:
            concept = vocabulary.concept[mention.concept]
            forms = concept.en if is_korean(text[mention.start : mention.end]) else concept.ko
            if forms:
                return text[: mention.start] + forms[0] + text[mention.end :]
        return text

    return change


def _with_other_josa(word: str, dice: random.Random) -> str:
    bare = without_josa(word)
    if bare != word:
        return bare
    if len(word) < _LEAST_WORDS or dice.random() < 0.5:
        return word
    after_consonant, after_vowel = dice.choice(_JOSA[:3])
    return word + (after_vowel if _has_no_final(word[-1]) else after_consonant)


def _has_no_final(syllable: str) -> bool:
    return (ord(syllable) - ord("가")) % 28 == 0


def _missing(text: str, place: int, _: random.Random) -> str:
    return text[:place] + text[place + 1 :]


def _doubled(text: str, place: int, _: random.Random) -> str:
    return text[: place + 1] + text[place:]


def _swapped(text: str, place: int, _: random.Random) -> str:
    if place + 1 >= len(text) or text[place + 1].isspace():
        return text
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _beside(text: str, place: int, dice: random.Random) -> str:
    """The key beside the right one; in a Hangul syllable one of its letters."""
    character = text[place]
    if not "가" <= character <= "힣":
        return text[:place] + _neighbour(character, _KEYBOARD_EN, dice) + text[place + 1 :]
    code = ord(character) - ord("가")
    parts = [_INITIALS[code // 588], _VOWELS[code % 588 // 28], _FINALS[code % 28]]
    which = dice.randrange(3 if parts[2] != " " else 2)
    parts[which] = _neighbour(parts[which], _KEYBOARD_KO, dice)
    initial, vowel, final = _INITIALS.find(parts[0]), _VOWELS.find(parts[1]), _FINALS.find(parts[2])
    if min(initial, vowel, final) < 0:
        return text
    return text[:place] + chr(ord("가") + initial * 588 + vowel * 28 + final) + text[place + 1 :]


def _neighbour(key: str, rows: tuple[str, ...], dice: random.Random) -> str:
    for row in rows:
        if (at := row.find(unicodedata.normalize("NFC", key.lower()))) >= 0:
            return dice.choice(row[max(at - 1, 0) : at] + row[at + 1 : at + 2])
    return key
