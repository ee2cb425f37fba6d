"""Answers as a person likes to read them in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from schemas.vocabulary import load_vocabulary
from search.answer.answer import Answer, Evidence, Hit
from search.answer.messages import say
from transforms.regions import short_region

_LABELS = {
    "ko": {
        "understood": "이렇게 이해했습니다",
        "filters": "조건",
        "total": "기업 {n:,}곳",
        "states": "정확히 말한 기업 {n:,}곳",
        "field": "같은 분야 {n:,}곳",
        "name": "이름·업종만 {n:,}곳",
        "nobody": "필요하신 것을 문구에 밝힌 기업이 없습니다",
        "heading_states": "필요하신 것을 문구에 밝힌 기업",
        "heading_field": "같은 분야에서 다른 일을 하는 기업",
        "heading_name": "이름이나 업종만 이 분야인 기업",
        "heading_found": "이름이나 번호로 찾은 기업",
        "closest": "가까운 기술",
        "no_firm_all": "모두 밝힌 기업은 없습니다",
        "firms_all": "모두 밝힌 기업 {n:,}곳",
        "drop_states": "‘{f}’ 조건을 빼면 밝힌 기업 {n:,}곳",
        "want": "찾는 것",
        "hurts": "문제·대상",
        "have": "이미 있는 것",
        "not_wanted": "제외",
        "about_asker": "우리 회사",
        "condition": "조건",
        "unread": "반영 못 함",
        "why": "이유",
        "ask": "물어보세요",
        "unknown": "확인 안 됨",
        "related": "비슷하지만 딱 맞지는 않는 기업",
        "without": "역량이 공개되지 않은 등록 공급기업 {n:,}곳은 따로 있습니다",
        "drop": "‘{f}’ 조건을 빼면 {n:,}곳",
        "probable": "같은 기업으로 추정",
    },
    "en": {
        "understood": "understood as",
        "filters": "filters",
        "total": "{n:,} firms",
        "states": "{n:,} state it",
        "field": "{n:,} in the same field",
        "name": "{n:,} by name or industry only",
        "nobody": "No firm states what you need",
        "heading_states": "They state what you need",
        "heading_field": "Same field, other work",
        "heading_name": "Only their name or industry fits",
        "heading_found": "Found by name or number",
        "closest": "something close",
        "no_firm_all": "no firm states all of them",
        "firms_all": "{n:,} state all of them",
        "drop_states": "{n:,} state it without the filter “{f}”",
        "want": "wanted",
        "hurts": "problem or object",
        "have": "already there",
        "not_wanted": "left out",
        "about_asker": "about you",
        "condition": "conditions",
        "unread": "not used",
        "why": "why",
        "ask": "ask them",
        "unknown": "not known",
        "related": "similar, but no match",
        "without": "{n:,} registered suppliers without published capability are kept apart",
        "drop": "{n:,} without the filter “{f}”",
        "probable": "probably the same firm",
    },
}


def show_answer(answer: Answer, console: Console | None = None) -> None:
    """Print an answer in the language of the need."""
    console = console or Console(highlight=False)
    language = answer.understood.language
    label = _LABELS[language]
    console.print(f"[bold]{escape(answer.query)}[/bold]")
    console.print(f"[dim]{label['understood']}: {escape(_understood(answer))}[/dim]")
    if answer.no_good_match:
        console.print(say("no_good_match", language))
        for relaxation in answer.relaxations:
            console.print("  " + label["drop"].format(f=relaxation.filter, n=relaxation.total))
    else:
        console.print(label["total"].format(n=answer.total))
    for hit in answer.hits:
        _show_hit(console, hit, language)
    if not answer.hits and answer.related:
        console.print(f"[dim]{label['related']}[/dim]")
        for hit in answer.related:
            _show_hit(console, hit, language)
    if answer.registered_without_evidence and not answer.no_good_match:
        console.print(f"[dim]{label['without'].format(n=answer.registered_without_evidence)}[/dim]")


def _understood(answer: Answer) -> str:
    vocabulary, language = load_vocabulary(), answer.understood.language
    fields = [vocabulary.field[f.id].short(language) for f in answer.understood.fields[:2] if f.score >= 0.15]
    concepts = [vocabulary.concept[c.id].name(language) for c in answer.understood.concepts[:3]]
    places = [short_region(code, language) or code for code in answer.understood.filters.region]
    return " · ".join(dict.fromkeys([*fields, *concepts, *places])) or "-"


def _show_hit(console: Console, hit: Hit, language: str) -> None:
    label = _LABELS[language]
    vocabulary = load_vocabulary()
    fields = ", ".join(vocabulary.field[f].short(language) for f in hit.fields[:3])
    console.print()
    console.print(
        f"{hit.rank:>2}. [bold]{escape(hit.name)}[/bold]  {escape(hit.region or '')}  [cyan]{escape(fields)}[/cyan]"
    )
    for item in hit.evidence:
        console.print(Padding(_quote(item, label["probable"]), (0, 0, 0, 4)))
    if hit.reasons:
        console.print(Padding(f"{label['why']}: {escape('; '.join(r.text for r in hit.reasons))}", (0, 0, 0, 4)))
    if hit.rank == 1:
        console.print(Padding(f"[dim]{label['ask']}: {escape(hit.question)}[/dim]", (0, 0, 0, 4)))


def _quote(item: Evidence, probable: str) -> str:
    parts, last = [], 0
    for start, end in item.highlights:
        parts.append(escape(item.text[last:start]) + f"[bold yellow]{escape(item.text[start:end])}[/bold yellow]")
        last = end
    parts.append(escape(item.text[last:]))
    doubt = f", {probable}" if item.tier != "same" else ""
    return f"“{''.join(parts)}” [dim]({item.source}, {item.as_of or '-'}{doubt})[/dim]"
