"""What a statement offers: of the technologies that it names, those that its firm sells, and the fields they lie in.

A technology is offered unless the words around it say that it is where a part goes (반도체 장비 부품), a means
(클라우드 기반 인테리어), or something for people outside factories (의료용 로봇). The words are those of
`schemas/knowledge/statements.yaml`; the fields are those that each concept is `sold_in`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from schemas.vocabulary import Concept, Equipment, Vocabulary, load_vocabulary
from transforms.concepts import ConceptMatcher, Mention, default_matcher, is_spelled_out

Role = Literal["", "uses", "makes_object"]

_ITEMS: Final = re.compile(r"[,;，、|\n()\[\]<>]+|(?<![A-Za-z])/|/(?![A-Za-z])|\.\s+|\s{2,}|\s외\s")
_CONJUNCTION: Final = re.compile(r"\s?및\s?|\s와\s|(?<=[가-힣])[와과]\s|\s&\s|\sand\s")
_TAKEN_IN: Final = re.compile(r"\s*(?:을|를)?\s*(?:도입|운영|보유)\s*(?:기업|업체|공장|사업장|완료|예정|중|함|하고)")
_SUMMED: Final = re.compile(r"\s등\s+([^,;]+)$")
"""What a list is summed up as: its words hold for every item (VCU, 모터 제어기 등 전기차 부품)."""
_FORM_OF_MEANS: Final = re.compile(r"(?:\s*기반|형)$")
_USING: Final = re.compile(r"\b(?:using|powered by|made with|produced by|produced with|based on)\b", re.IGNORECASE)
_DATA_FIELDS: Final = ("manufacturing_bigdata_ai", "cloud")
_FIELDS_OF_MEANS: Final = (*_DATA_FIELDS, "digital_twin", "network_equipment")
"""Fields whose technologies go into goods and services of every kind; a machine built on a device is that device."""


@dataclass(frozen=True)
class Reading:
    """Concepts offered, fields they are sold in, both sorted, and what is the case where nothing named is offered."""

    concepts: tuple[str, ...]
    fields: tuple[str, ...]
    role: Role


class StatementReader:
    """Reads statements by the knowledge base; the same text is always read alike."""

    def __init__(self, vocabulary: Vocabulary, matcher: ConceptMatcher) -> None:
        words = vocabulary.statements
        self._matcher = matcher
        self._concepts = vocabulary.concept
        self._fillers = re.compile(rf"(?:(?:{_either(words.fillers)})\s*)+$", re.IGNORECASE)
        self._part = _last_word(word for group in words.parts for word in group)
        self._part_form = _last_word([*words.parts[0], "가공"])
        self._goes_into = re.compile(rf"\s*(?:{_either(words.parts[0])})")
        self._machine = _last_word(words.machines)
        self._equipment = [(entry.concept, *_equipment(entry)) for entry in words.equipment]
        self._medicine = _anywhere(words.elsewhere["medicine"])
        self._elsewhere = _anywhere(word for group in words.elsewhere.values() for word in group)
        self._factory = _anywhere(words.factory)
        self._factory_machine = _anywhere(words.factory_machines)
        self._other_data = _anywhere(words.other_data)
        self._means = re.compile(rf"^\s*(?:[가-힣A-Za-z]+\s*)?(?:{'|'.join(words.means)})", re.IGNORECASE)
        self._empty = {word.lower() for word in words.empty}

    def is_empty(self, text: str) -> bool:
        """Whether the text states nothing: no word at all, or one that stands for any business."""
        return not re.search(r"[가-힣]|[A-Za-z]{2}", text) or text.strip(" .()").lower() in self._empty

    def read(self, text: str) -> Reading:
        """What the statement offers."""
        items = _items(text)
        named = [*self._matcher.mentions(text), *self._called_by_goods(text, items)]
        mentions = [mention for mention in named if self._tells(mention, named)]
        verdicts = [(mention.concept, self._verdict(mention, _item(items, mention, text))) for mention in mentions]
        offered = {concept for concept, verdict in verdicts if verdict == ""}
        denied: list[Role] = [verdict for _, verdict in verdicts if verdict in ("uses", "makes_object")]
        if self.fields(offered):
            return self._reading(offered, "")
        heads = [head for start, end in items if (head := self._head(text[start:end]))]
        makes_parts = sum(self._part.search(head) is not None for head in heads) > len(heads) / 2
        return self._reading(offered, denied[0] if denied else "makes_object" if makes_parts else "")

    def is_only_means(self, text: str, concept: str) -> bool:
        """Whether the text names the concept, and each time as the means to something else."""
        after = [text[mention.end :] for mention in self._matcher.mentions(text) if mention.concept == concept]
        return bool(after) and all(self._means.match(rest) for rest in after)

    def is_told_by_name(self, text: str, concept: str) -> bool:
        """Whether a firm's name says so: general words and spelled-out letters (씨피에스) are in names of any kind."""
        forms = [mention.form for mention in self._matcher.mentions(text) if mention.concept == concept]
        return not self._concepts[concept].general and not (forms and all(map(is_spelled_out, forms)))

    def is_for_factories(self, text: str) -> bool:
        return self._factory.search(text) is not None

    def is_for_others(self, text: str) -> bool:
        """Whether the words speak of people and places outside factories, and of no factory."""
        if self._elsewhere.search(text) is None or self.is_for_factories(text):
            return False
        return self._medicine.search(text) is not None or self._factory_machine.search(text) is None

    def fields(self, concepts: Iterable[str]) -> tuple[str, ...]:
        """Fields that the concepts are sold in, sorted."""
        return tuple(sorted({field for concept in concepts for field in sold_in(self._concepts[concept])}))

    def _tells(self, mention: Mention, named: Sequence[Mention]) -> bool:
        """Whether the concept is strong enough, and no part of the name of another.

        It is one where it modifies a longer name ([전동기]제어반), a general concept also as its head (서비스[로봇],
        비파괴검사 [자동화장비]).
        """
        concept = self._concepts[mention.concept]
        longer = [
            other
            for other in named
            if other.start <= mention.start and mention.end <= other.end and not self._concepts[other.concept].weak
        ]
        modifies = any(mention.end < other.end for other in longer)
        heads = any(other.start < mention.start for other in longer) or any(
            other.start < mention.start <= other.end + 1 and self._is_special(self._concepts[other.concept])
            for other in named
        )
        return not (concept.weak or modifies or (concept.general and heads))

    @staticmethod
    def _is_special(concept: Concept) -> bool:
        return bool(sold_in(concept)) and not (concept.weak or concept.general)

    def _called_by_goods(self, text: str, items: Sequence[tuple[int, int]]) -> Iterable[Mention]:
        """Machines that are named by their goods or their step (반도체용 연마 장비)."""
        for start, end in items:
            breaks = [match.start() for match in _CONJUNCTION.finditer(text, start, end)]
            phrases = {self._head(text[start:at]) for at in (*breaks, end)}
            for concept, pattern, without in self._equipment:
                for phrase in phrases:
                    if (match := pattern.search(phrase)) and not without.search(phrase):
                        yield Mention(start + match.start(), start + match.end(), concept, match.group())

    def _reading(self, offered: set[str], role: Role) -> Reading:
        return Reading(tuple(sorted(offered)), self.fields(offered), role)

    def _verdict(self, mention: Mention, item: _Item) -> Role | Literal["elsewhere"]:
        """Empty where the technology is offered, else why it is not."""
        concept = self._concepts[mention.concept]
        after = item.after(mention)
        if self._is_means(concept, item.clause_after(mention)) or _is_used(mention, item):
            return "uses"
        if concept.fields[0] not in _DATA_FIELDS and self._is_of_a_part(mention, after):
            return "makes_object"
        if self.is_for_others(item.context) or self._is_other_data(concept, item):
            return "elsewhere"
        if concept.alone and re.search("[가-힣]", item.whole[item.start : mention.start]):
            return "elsewhere"
        return "" if not concept.needs_factory or self.is_for_factories(item.whole) else "elsewhere"

    def _is_means(self, concept: Concept, after: str) -> bool:
        if not self._means.match(after):
            return False
        if concept.fields[0] in _FIELDS_OF_MEANS:
            return not self.is_for_factories(after)
        return self._machine.search(self._head(after)) is None

    def _is_of_a_part(self, mention: Mention, after: str) -> bool:
        """Whether the last word of the phrase is a part, a material or a job, and not the technology itself."""
        rest = self._head(_CONJUNCTION.split(after)[0])
        if not rest and mention.form.isascii():
            rest = self._head(after)
        if not rest:
            return self._part_form.search(mention.form) is not None
        if rest.startswith(("용", "의 ")) or self._goes_into.match(rest):
            return True
        return self._part.search(rest) is not None and self._machine.search(rest) is None

    def _is_other_data(self, concept: Concept, item: _Item) -> bool:
        if concept.fields[0] not in _DATA_FIELDS or self.is_for_factories(item.whole):
            return False
        return self._other_data.search(item.whole if concept.fields[0] == _DATA_FIELDS[0] else item.context) is not None

    def _head(self, phrase: str) -> str:
        """The phrase without the words of making and selling at its end."""
        return self._fillers.sub("", phrase.rstrip(" .")).rstrip()


@dataclass(frozen=True)
class _Item:
    """One thing in a list, at [start, end) of the text; `context` is it with what stands before its bracket and what
    the list is summed up as."""

    start: int
    end: int
    whole: str
    context: str

    def clause_after(self, mention: Mention) -> str:
        """What follows up to the next comma, with the means that the form itself ends in (클라우드 [기반])."""
        means = _FORM_OF_MEANS.search(self.whole, mention.start, mention.end)
        return re.split(r"[,;，]", self.whole[means.start() if means else mention.end :])[0]

    def after(self, mention: Mention) -> str:
        return self.whole[mention.end : self.end]


def sold_in(concept: Concept) -> Sequence[str]:
    """Fields of a firm that sells it: those the knowledge base states, else the main one."""
    return concept.fields[:1] if concept.sold_in is None else concept.sold_in


def _is_used(mention: Mention, item: _Item) -> bool:
    """Whether the firm took the technology in, or an English text names it behind a word of using."""
    english = _USING.search(item.whole)
    return _TAKEN_IN.search(item.whole[mention.start : item.end]) is not None or (
        english is not None and mention.start >= english.end()
    )


@cache
def default_reader() -> StatementReader:
    return StatementReader(load_vocabulary(), default_matcher())


def _items(text: str) -> list[tuple[int, int]]:
    places = []
    last = 0
    for match in _ITEMS.finditer(text):
        places.append((last, match.start()))
        last = match.end()
    return [*places, (last, len(text))]


def _item(items: Sequence[tuple[int, int]], mention: Mention, text: str) -> _Item:
    """The item that holds the mention; one that spans several ends with the last."""
    start = max((s for s, _ in items if s <= mention.start), default=0)
    end = min((e for _, e in items if e >= mention.end), default=len(text))
    opened = text.rfind("(", 0, start + 1)
    before = text[:opened] if opened >= 0 and ")" not in text[opened:start] else ""
    outer = re.split(r"[,;/]", before)[-1]
    summed = _SUMMED.search(text, end)
    return _Item(start, end, text, f"{outer} {text[start:end]} {summed[1] if summed else ''}")


def _equipment(entry: Equipment) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The pattern of a phrase that names the machines, and of the words that may not be in it."""
    of = rf"(?:{'|'.join(_word(word) for word in entry.of)})(?:(?![의를을]\s).)*?" if entry.of else ""
    return (
        re.compile(rf"{of}(?:{_spread(entry.heads)})$", re.IGNORECASE),
        re.compile(_spread(entry.without) or "(?!)", re.IGNORECASE),
    )


def _spread(words: Iterable[str]) -> str:
    return "|".join(r"\s?".join(map(re.escape, word)) for word in words)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _anywhere(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words: Latin ones whole, Korean ones with blanks in them, those of two syllables at the start
    of a word."""
    return re.compile("|".join(_word(word) for word in words), re.IGNORECASE)


def _word(word: str) -> str:
    if word.isascii():
        return rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])"
    spread = r"\s?".join(map(re.escape, word))
    return spread if len(word) > 2 else rf"(?<![가-힣]){spread}"


def _last_word(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the words at the end: Latin ones whole, Korean ones as the end of a compound,
    those of one syllable by themselves."""
    listed = list(words)
    compounds = _either(word for word in listed if not word.isascii() and len(word) > 1)
    syllables = _either(word for word in listed if not word.isascii() and len(word) == 1) or "(?!)"
    latin = _either(word for word in listed if word.isascii()) or "(?!)"
    pattern = rf"(?:{compounds}|(?<![가-힣])(?:{syllables})|(?<![A-Za-z])(?:{latin}))$"
    return re.compile(pattern, re.IGNORECASE)
