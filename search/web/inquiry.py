"""The text of an inquiry, out of the need and what the registers leave open; the buyer copies and sends it."""

from __future__ import annotations

from collections.abc import Sequence

from search.answer.messages import say
from search.answer.profile import Profile
from search.query import Need
from search.service import BadNeed, SearchService
from search.snapshot.passing import open_questions
from search.web.names import Names
from search.web.texts import Texts


def understood_need(service: SearchService, need: str) -> Need | None:
    """What a need means; None for one that cannot be understood."""
    try:
        return service.understand(need)
    except BadNeed:
        return None


def open_points(service: SearchService, understood: Need | None, profile: Profile, language: str) -> list[str]:
    """What to ask one firm: constraints of the need that nothing in the lake decides, and its status."""
    asked = []
    if understood is not None:
        known = service.columns.certified.keys()
        asked = [say(f"unknown.{name}", language) for name in open_questions(understood.filters, profile.firm, known)]
    if profile.firm["status"] == "unknown":
        asked.append(say("unknown.status", language))
    return list(dict.fromkeys(asked))


def inquiry_text(service: SearchService, need: str, profiles: Sequence[Profile], language: str) -> str:
    """Plain text: greeting, the need as it was typed, its constraints, the questions."""
    text, names = Texts(language), Names(service, language)
    understood = understood_need(service, need)
    lines = [text("inquiry_greeting"), "", need.strip() or text("inquiry_your_need"), ""]
    if understood is not None and (filters := understood.filters.as_dict()):
        lines += [text("inquiry_conditions"), *(f"- {names.filter(*entry)}" for entry in filters.items()), ""]
    points = [point for profile in profiles for point in open_points(service, understood, profile, language)]
    questions = [*_field_questions(service, understood, profiles, language), say("question.general", language)]
    lines += [text("inquiry_questions"), *(f"- {question}" for question in questions)]
    lines += [f"- {text('inquiry_open', point=point)}" for point in dict.fromkeys(points)]
    return "\n".join([*lines, "", text("inquiry_closing")])


def _field_questions(
    service: SearchService, understood: Need | None, profiles: Sequence[Profile], language: str
) -> list[str]:
    """The question worth asking in each field that is meant, or without a need in those that all firms share."""
    if understood is not None and understood.answerable:
        meant = list(understood.meant[:2])
    else:
        meant = sorted(set.intersection(*(set(profile.firm["fields"]) for profile in profiles))) if profiles else []
    return [service.vocabulary.field[field].question.in_language(language) for field in meant[:2]]
