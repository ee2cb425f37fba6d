"""JSON, XML and HTML as registers and their services write them: rows wherever they stand, and the facts around them.

One tolerant reader for every envelope: header and body are looked for anywhere, rows may be a list, one object,
an empty text or nothing, and what is no row (codes, messages, totals) is kept as facts by its lower-case name.
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final
from xml.etree import ElementTree

Row = dict[str, str | None]

_ROW_NAMES: Final = frozenset({"item", "hit", "row", "list", "patentutilityinfo", "patent", "col"})
"""A single object under one of these is one row: bridges from XML to JSON write a list of one that way."""

_AROUND: Final = frozenset(
    {
        *("status", "message", "resultcode", "resultmsg", "code", "msg", "errmsg", "returnauthmsg", "error"),
        *("returnreasoncode", "responsetime", "successyn", "requestmsgid", "responsemsgid", "numofrows", "pageno"),
        *("totalcount", "page", "perpage", "currentcount", "matchcount", "request_cnt", "match_cnt", "valid_cnt"),
        *("status_code", "totalhits", "searchtime", "list_total_count"),
    }
)
"""Names of an envelope; a record that stands bare beside them does not have them as columns."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_STRAY_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_DECLARED: Final = re.compile(rb"^\s*<\?xml[^>]*encoding=[\"']([\w-]+)[\"']", re.IGNORECASE)


class NotADocument(ValueError):
    """The bytes are not a whole JSON, XML or HTML document; the message says where it breaks."""


@dataclass(frozen=True)
class Document:
    """`rows` in the order of the document, nested names joined by dots; `facts` by lower-case name."""

    rows: list[Row]
    facts: dict[str, str]


def read_json(content: bytes) -> Document:
    """Rows and facts of a JSON document. Raises NotADocument."""
    try:
        tree = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NotADocument(f"no whole JSON: {error}") from None
    return _document(tree)


def read_xml(content: bytes) -> Document:
    """Rows and facts of an XML document; stray ampersands and control characters are mended, a cut-off one is not.

    Raises NotADocument.
    """
    text = _decoded(content)
    if "<!DOCTYPE" in text[:2000] or "<!ENTITY" in text:
        raise NotADocument("XML that declares entities is not read")
    body = _STRAY_AMPERSAND.sub("&amp;", _CONTROL.sub(" ", re.sub(r"^\s*<\?xml[^>]*\?>", "", text))).strip()
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - entities are refused above
    except ElementTree.ParseError as error:
        raise NotADocument(f"no whole XML: {error}") from None
    return _document({root.tag: _tree(root)})


def read_html_table(content: bytes) -> list[list[str]]:
    """Cells of the largest table of a page, header first. Raises NotADocument when there is none."""
    parser = _Tables()
    parser.feed(_decoded(content))
    table = max(parser.tables, key=len, default=[])
    if len(table) < 2:
        raise NotADocument("a web page without a table of rows")
    if not parser.closed:
        raise NotADocument("a web page that breaks off inside its table")
    return table


def _decoded(content: bytes) -> str:
    declared = _DECLARED.match(content)
    named = [declared.group(1).decode()] if declared else []
    for encoding in (*named, "utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise NotADocument("text that is neither UTF-8 nor CP949")


def _tree(element: ElementTree.Element) -> Any:
    children = list(element)
    if not children:
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in children:
        name, value = child.get("name") if child.tag == "col" else child.tag, _tree(child)
        key = name or child.tag
        if key not in found:
            found[key] = value
        elif isinstance(found[key], list):
            found[key].append(value)
        else:
            found[key] = [found[key], value]
    return found


def _document(tree: Any) -> Document:
    rows, at = _rows(tree)
    facts: dict[str, str] = {}
    queue: deque[Any] = deque([tree])
    while queue:
        node = queue.popleft()
        if node is at:
            continue
        if isinstance(node, list):
            queue.extend(node)
        elif isinstance(node, dict):
            for key, value in node.items():
                if isinstance(value, (dict, list)):
                    queue.append(value)
                elif value is not None and value is not at:
                    facts.setdefault(key.lower(), str(value).strip())
    return Document([_flat(row) for row in rows], facts)


def _rows(tree: Any) -> tuple[list[dict[str, Any]], Any]:
    """The rows and the node that holds them: the outermost list of objects, else one object where a row belongs."""
    queue: deque[tuple[str, Any]] = deque([("", tree)])
    single: dict[str, Any] | None = None
    while queue:
        name, node = queue.popleft()
        if isinstance(node, list):
            objects = [item for item in node if isinstance(item, dict)]
            if objects and len(objects) == len(node) and not any(_holds_rows(item) for item in objects):
                return objects, node
            queue.extend(("", item) for item in node)
        elif isinstance(node, dict):
            if single is None and name.lower() in _ROW_NAMES:
                single = node
            queue.extend(node.items())
    if single is not None:
        return [single], single
    return _bare_row(tree)


def _holds_rows(item: dict[str, Any]) -> bool:
    return any(isinstance(v, list) and v and all(isinstance(x, dict) for x in v) for v in item.values())


def _bare_row(tree: Any) -> tuple[list[dict[str, Any]], Any]:
    """A document that is one record itself (OpenDART's company), beside its status."""
    node = tree
    if isinstance(node, dict) and len(node) == 1 and isinstance(inner := next(iter(node.values())), dict):
        node = inner
    if not isinstance(node, dict) or any(isinstance(v, (dict, list)) for v in node.values()):
        return [], None
    row = {key: value for key, value in node.items() if key.lower() not in _AROUND}
    return ([row], None) if row else ([], None)


def _flat(row: dict[str, Any], prefix: str = "") -> Row:
    flat: Row = {}
    for key, value in row.items():
        name = f"{prefix}{key.strip()}"
        if isinstance(value, dict):
            flat |= _flat(value, f"{name}.")
        elif isinstance(value, list):
            flat[name] = "|".join(_text(item) or "" for item in value)
        else:
            flat[name] = _text(value)
    return flat


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "Y" if value else "N"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class _Tables(HTMLParser):
    """Cells of every table; `closed` when the last one was."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.closed = False
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag == "table":
            self.tables.append([])
            self.closed = False
        elif tag == "tr" and self.tables:
            self._end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._end_cell()
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table":
            self.closed = True

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
