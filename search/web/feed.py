"""What is new for a search: an Atom feed out of the last night's changes, with no account and no state."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from xml.etree import ElementTree

from search.answer import Answer
from search.api.parameters import SearchParameters
from search.service import SearchService
from search.web.texts import Texts

_ATOM: Final = "http://www.w3.org/2005/Atom"


def atom_feed(answer: Answer, service: SearchService, base: str, parameters: SearchParameters, language: str) -> bytes:
    """Entries are the firms among the hits that came or changed in the last night; RFC 4287."""
    changed = service.changes_of([hit.firm_id for hit in answer.hits])
    by_firm = dict(changed.group_by("firm_id").len().iter_rows()) if changed.height else {}
    text = Texts(language)
    updated = datetime.strptime(answer.snapshot, "%Y-%m-%dT%H%M%SZ").strftime("%Y-%m-%dT%H:%M:%SZ")
    address = f"{base}/search?{parameters.address(lang=language)}"
    feed = ElementTree.Element("feed", xmlns=_ATOM)
    _add(feed, "title", f"caplake: {answer.query}")
    _add(feed, "id", address)
    _add(feed, "updated", updated)
    ElementTree.SubElement(feed, "link", href=address)
    for hit in answer.hits:
        if hit.firm_id not in by_firm:
            continue
        entry = ElementTree.SubElement(feed, "entry")
        _add(entry, "title", hit.name)
        _add(entry, "id", f"{base}/firm/{hit.firm_id}#{answer.snapshot}")
        _add(entry, "updated", updated)
        ElementTree.SubElement(entry, "link", href=f"{base}/firm/{hit.firm_id}?lang={language}")
        _add(entry, "summary", "; ".join(hit.reasons) or text("firm_changes"))
        author = ElementTree.SubElement(entry, "author")
        _add(author, "name", "caplake")
    content: bytes = ElementTree.tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + content


def _add(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text
