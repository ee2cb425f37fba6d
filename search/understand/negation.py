"""What a need says it does not want: `MES 말고`, `not cloud`, `로봇은 필요 없고`.

A lack that is complained of (`MES가 없어서`, `we have no barcode`) is no negation: it is the need.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from transforms.concepts import Mention

_JOSA: Final = (
    r"(?:\s*(?:시스템|솔루션|프로그램|방식|제품|도입|쪽|같은\s*(?:거|것)|이런\s*(?:거|것)|업체|회사))?\s*(?:은|는|이|가|을|를|"
    r"까지는|까지|도|의|이나|나|만|으로는|로는|으로|로)?\s*"
)
_AFTER: Final = re.compile(
    rf"^{_JOSA}(?:말고|말구|빼고|빼구|제외(?!\s*품)|아닌|아니고|아니라|아니구|대신(?!\s*(?:해|할))|필요\s*(?:는|가|도|까지는)?\s*(?:없(?!을까|"
    rf"나요)|엄서|치\s*않)|필요없(?!을까|나요)|불필요|"
    r"됐고|됐어|됐습|관심\s*(?:은|이)?\s*없|안\s*(?:합니다|해요|할\s*(?:거|겁|것)|원|쓸|씁|써요|쓰고\s*싶|하고\s*싶|들어가|넣)|싫|원(?:하지|치)\s*않|사양|사절|"
    r"하지\s*(?:말|않)|쓰지\s*(?:말|않)|생각(?:은|이)?\s*(?:없|안)|고려(?:하지|는|은)?\s*(?:않|안)|배제|별로|부담|X(?![A-Za-z])|이미[^,.?!]{0,10}?(?:빼고|제외|필요\s*없|됐고))"
)
# Without is a wish (`로봇 없이 자동화`) or a complaint (`MES 없이 수기로 하다 보니`).
_WITHOUT_AFTER: Final = re.compile(
    r"^\s*(?:은|는|이|가|을|를|도)?\s*없이(?!\s*(?:수기|엑셀|종이|손|사람(?!이\s*(?:편|쉽|안전))|작업|운영|관리하다|일하|하다|쓰다|지내|돌리|그냥|지금|감))"
)
_LIST_BETWEEN: Final = re.compile(
    r"^\s*(?:이나|나|랑|이랑|하고|와|과|,|/|·|및|or|nor|and|또는|혹은)\s*(?:an? |the )?$", re.I
)
_BEFORE: Final = re.compile(
    r"(?:\b(?:not|instead of|rather than|other than|except(?: for)?|excluding|exclude|anything but|"
    r"aside from|skip(?: the)?|avoid(?:ing)?|neither|nor)"
    r"(?:\s+(?!only|just|sure|enough|to|have|having)(?:an?|the|any|another|more|yet another|about|"
    r"looking for|interested in|for|want|wanting|need|needing|using))*"
    r"|\b(?:do not|don'?t|does not|doesn'?t|won'?t|will not|no)\s+(?:really\s+)?(?:need|want|wish for|"
    r"require|care for|care about|interest in|need for)(?:\s+(?:an?|the|any|more|to (?:buy|use|install|get)))*"
    r"|\b(?:please\s*,?\s*no|(?:,|;|\.|-|–|\()\s*no|^no)(?:\s+(?:more|new))?)\s+(?:(?!only|just|sure|"
    r"enough|to|have|having)[\w-]+\s+){0,1}?$",
    re.I,
)
_NO_NEED_AFTER: Final = re.compile(
    r"^s?\s*(?:system|software|solution|project|stuff|platform)?s?,?\s*(?:is |are |'s )?(?:not (?:needed|"
    r"required|necessary|wanted|an option|what we|our|for us|interested|in scope)|unnecessary|"
    r"out of scope|out of the question|excluded|isn'?t (?:needed|required|what we|an option)|"
    r"aren'?t (?:needed|required))",
    re.I,
)
_WITHOUT_BEFORE: Final = re.compile(
    r"\bwithout\s+(?:(?:an?|the|any|using|buying|installing|adding|moving to|going to|a full|another|new)\s+)*$",
    re.I,
)
_COMPLAINT_BEFORE_WITHOUT: Final = re.compile(
    r"\b(?:run|running|ran|work|working|operate|operating|manage|managing|live|still|are|is|been|now|"
    r"today|plant|factory|line|doing|struggling|blind)\s+(?:\w+\s+){0,3}$",
    re.I,
)


def negated(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Those of the mentions that the text does not want, with those listed beside them (`MES나 ERP 말고`)."""
    ordered = sorted(set(mentions))
    found = {m for m in ordered if is_negated(text, m.start, m.end)}
    spread = True
    while spread:
        more = {m for m in ordered if m not in found and any(_listed_with(text, m, n) for n in found)}
        found |= more
        spread = bool(more)
    return [m for m in ordered if m in found]


def is_negated(text: str, start: int, end: int) -> bool:
    """Whether the words at [start, end) are named as not wanted."""
    return negated_place(text, start, end) is not None


def negated_place(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The place of words that are not wanted together with what says so; None where they are not declined."""
    first = max(start - 60, 0)
    before, after = text[first:start], text[end : end + 40]
    for pattern in (_AFTER, _WITHOUT_AFTER, _NO_NEED_AFTER):
        if said := pattern.search(after):
            return start, end + said.end()
    if without := _WITHOUT_BEFORE.search(before):
        complains = _COMPLAINT_BEFORE_WITHOUT.search(before[: without.start()])
        return None if complains else (first + without.start(), end)
    said = _BEFORE.search(before)
    return (first + said.start(), end) if said else None


def _listed_with(text: str, mention: Mention, other: Mention) -> bool:
    """Whether `mention` stands in one list with `other`, on the side that the negation reaches.

    A Korean negation follows its list, an English one comes before it.
    """
    if mention.end <= other.start:
        korean = re.search("[가-힣]", text[other.end : other.end + 12])
        return korean is not None and _LIST_BETWEEN.search(text[mention.end : other.start]) is not None
    if other.end <= mention.start:
        gap = text[other.end : mention.start]
        return re.fullmatch(r"\s*(?:or|nor|/)\s*(?:an? |the )?", gap, re.I) is not None and not re.search(
            "[가-힣]", gap
        )
    return other.start <= mention.start and mention.end <= other.end
