"""Answers as a person likes to read them in a terminal, in the words of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from schemas.vocabulary import load_vocabulary
from search.answer.answer import Answer, Evidence, Hit, grouped
from search.answer.messages import say
from search.query import RANKED, ROLES
from search.web.texts import Texts
from transforms.regions import short_region

_INDENT: Final = (0, 0, 0, 4)


def show_answer(answer: Answer, console: Console | None = None) -> None:
    """Print an answer in the language of the need."""
    console = console or Console(highlight=False)
    texts = Texts(answer.understood.language)
    console.print(f"[bold]{escape(answer.query)}[/bold]")
    console.print(f"[dim]{texts('understood')}: {escape(_fields(answer))}[/dim]")
    for line in _reading(answer, texts):
        console.print(f"[dim]  {escape(line)}[/dim]")
    for line in _outcome(answer, texts):
        console.print(escape(line))
    for heading, hits in grouped(answer.hits):
        if "band" in answer.facets:
            open_need = not (answer.understood.named or answer.understood.inferred)
            shown = "close" if heading == "field" and open_need else heading
            console.print(f"\n[bold]{texts(f'band_heading_{shown}')}[/bold]")
        for hit in hits:
            _show_hit(console, hit, answer, texts)
    if not answer.hits and answer.related:
        console.print(f"[dim]{texts('related')}[/dim]")
        for hit in answer.related:
            _show_hit(console, hit, answer, texts)
    if answer.registered_without_evidence and not answer.no_good_match:
        console.print(f"[dim]{texts('without', n=answer.registered_without_evidence)}[/dim]")


def _fields(answer: Answer) -> str:
    vocabulary, language = load_vocabulary(), answer.understood.language
    return " · ".join(vocabulary.field[name].short(language) for name in answer.understood.meant[:3]) or "-"


def _reading(answer: Answer, texts: Texts) -> Iterator[str]:
    """What the need names, by role; conditions as the regions and filters that they became."""
    need = answer.understood
    for role in ROLES:
        words = [span.text for span in need.of_role(role)]
        if words and role != "condition":
            yield f"{texts(f'chips_{role}')}: {' · '.join(dict.fromkeys(words))}"
    conditions = [_condition(name, value, texts) for name, value in answer.applied.as_dict().items()]
    if conditions:
        yield f"{texts('chips_condition')}: {' · '.join(conditions)}"
    for name, codes in need.soft.items():
        places = ", ".join(short_region(code, texts.language) or code for code in codes)
        yield f"{texts('chips_wish')}: {texts(f'wish_{name}', place=places)}"


def _condition(name: str, value: object, texts: Texts) -> str:
    if value is True:
        return texts.known(f"filter_{name}", name)
    values = value if isinstance(value, list) else [value]
    if name in ("region", "not_region", "service_area"):
        values = [short_region(str(code), texts.language) or code for code in values]
    elif name == "field":
        values = [load_vocabulary().field[str(field)].short(texts.language) for field in values]
    return f"{texts.known(f'filter_{name}', name)} {', '.join(texts.shown(item) for item in values)}"


def _outcome(answer: Answer, texts: Texts) -> Iterator[str]:
    """Whether somebody states the need, firms by band and part, and what could be done where nobody does."""
    need = answer.understood
    if answer.nobody_states:
        yield texts("nobody_states" if need.named or need.inferred else "need_open")
    elif answer.no_good_match:
        yield say("no_good_match", texts.language)
    if answer.total:
        bands = [texts(f"band_total_{band}", n=answer.totals[band]) for band in RANKED if answer.totals[band]]
        yield texts("total", n=answer.total) + (f": {' · '.join(bands)}" if "band" in answer.facets else "")
    if need.parts:
        counted = zip(need.parts, answer.part_totals, strict=True)
        parts = [texts("part_total", part=part.text, n=firms) for part, firms in counted]
        yield " · ".join([*parts, texts.all_parts(len(need.parts), answer.all_parts)])
    for relaxation in answer.relaxations:
        label = _condition(relaxation.filter, answer.applied.as_dict()[relaxation.filter], texts)
        if relaxation.states:
            yield f"  {texts('drop_states', name=label, n=relaxation.states)}"
        elif answer.no_good_match:
            yield f"  {texts('drop_gives', name=label, n=relaxation.total)}"
    if answer.closest:
        names = [load_vocabulary().concept[concept].name(texts.language) for concept in answer.closest]
        yield f"  {texts('closest' if need.named or need.inferred else 'closest_guess')} {' · '.join(names)}"


def _show_hit(console: Console, hit: Hit, answer: Answer, texts: Texts) -> None:
    vocabulary = load_vocabulary()
    fields = ", ".join(vocabulary.field[f].short(texts.language) for f in hit.fields[:3])
    console.print()
    console.print(
        f"{hit.rank:>2}. [bold]{escape(hit.name)}[/bold]  {escape(hit.region or '')}  [cyan]{escape(fields)}[/cyan]"
    )
    if parts := answer.understood.parts:
        marked = [f"{'✓' if number in hit.parts else '–'} {part.text}" for number, part in enumerate(parts)]
        console.print(Padding(escape("   ".join(marked)), _INDENT))
    for item in hit.evidence:
        console.print(Padding(_quote(item, texts("tier_probable")), _INDENT))
    if hit.reasons:
        console.print(Padding(f"{texts('why')}: {escape('; '.join(r.text for r in hit.reasons))}", _INDENT))
    if hit.rank == 1:
        console.print(Padding(f"[dim]{texts('ask')}: {escape(hit.question)}[/dim]", _INDENT))


def _quote(item: Evidence, probable: str) -> str:
    parts, last = [], 0
    for start, end in item.highlights:
        parts.append(escape(item.text[last:start]) + f"[bold yellow]{escape(item.text[start:end])}[/bold yellow]")
        last = end
    parts.append(escape(item.text[last:]))
    doubt = f", {probable}" if item.tier != "same" else ""
    return f"“{''.join(parts)}” [dim]({item.source}, {item.as_of or '-'}{doubt})[/dim]"
