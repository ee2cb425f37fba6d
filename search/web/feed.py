"""What is new for a search: an Atom feed out of the last nights' changes, with no account and no state."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree

from schemas.lake.layout import moment_of
from search.answer.answer import Answer, Hit
from search.service import SearchService
from search.web.links import Links
from search.web.names import Names
from search.web.texts import Texts

_ATOM: Final = "http://www.w3.org/2005/Atom"
_NIGHTS: Final = 7
"""A reader that asks once a week misses nothing."""


def atom_feed(answer: Answer, service: SearchService, base: str, here: Links) -> bytes:
    """Entries are firms among the hits, one for each night in which something about them changed; RFC 4287."""
    text, names = Texts(here.language), Names(service, here.language)
    hits = {hit.firm_id: hit for hit in answer.hits}
    changed = _changed(service, list(hits))
    address = base + here.to("/search")
    feed = ElementTree.Element("feed", xmlns=_ATOM)
    _add(feed, "title", f"caplake: {answer.query or text('nav_search')}")
    _add(feed, "id", address)
    _add(feed, "updated", _time(answer.snapshot))
    ElementTree.SubElement(feed, "link", href=address)
    ElementTree.SubElement(feed, "link", rel="self", href=base + here.to("/feed.atom"))
    author = ElementTree.SubElement(feed, "author")
    _add(author, "name", "caplake")
    if subtitle := _subtitle(answer, text):
        _add(feed, "subtitle", subtitle)
    for (snapshot, firm_id), kinds in changed.items():
        what = ", ".join(f"{names.column(table, None)} {text(f'change_{change}')}" for table, change in kinds)
        parts = [answer.understood.parts[number].text for number in hits[firm_id].parts]
        worth = text(f"band_{hits[firm_id].band}") if "band" in answer.facets else ""
        about = [what, worth, text("parts_stated", parts=", ".join(parts)) if parts else ""]
        _entry(feed, hits[firm_id], base, snapshot, here.language, [item for item in about if item])
    content: bytes = ElementTree.tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + content


def _subtitle(answer: Answer, text: Texts) -> str:
    """Firms by band, and that nobody states the need where it is so."""
    counts = [text(f"band_total_{band}", n=count) for band, count in answer.facets.get("band", {}).items()]
    return " · ".join([*([text("nobody_states")] if answer.nobody_states else []), *counts])


def _changed(service: SearchService, firm_ids: list[str]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """By snapshot, newest first, and firm: the tables in which something changed, and how."""
    kept = service.snapshots()
    changes = service.changes_of(firm_ids, kept[min(_NIGHTS, len(kept) - 1)]) if firm_ids and kept else None
    if changes is None or not changes.height:
        return {}
    kinds = changes.select("snapshot", "firm_id", "table", "change").unique().sort("table", "change")
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for snapshot, firm_id, table, change in kinds.sort("snapshot", descending=True, maintain_order=True).iter_rows():
        found.setdefault((snapshot, firm_id), []).append((table, change))
    return found


def _entry(feed: ElementTree.Element, hit: Hit, base: str, snapshot: str, language: str, about: list[str]) -> None:
    entry = ElementTree.SubElement(feed, "entry")
    _add(entry, "title", hit.name)
    _add(entry, "id", f"{base}/firm/{hit.firm_id}#{snapshot}")
    _add(entry, "updated", _time(snapshot))
    ElementTree.SubElement(entry, "link", href=f"{base}/firm/{hit.firm_id}?lang={language}")
    _add(entry, "summary", "; ".join([*about, *(reason.text for reason in hit.reasons)]))


def _time(snapshot: str) -> str:
    return moment_of(snapshot).strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text
