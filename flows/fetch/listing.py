"""A whole register page by page, and the proof that it is whole.

A page is asked for once; finished ones are never asked for again. A listing counts as whole when the pages hold as
many rows as the service says there are, no row stands on two pages, the total stayed the same and nothing comes
after the last page. Otherwise the register moved while it was read, or the service lies: it is read again from
the start, and given up with a clear message when that does not help. Two readings that agree on repeated rows
are believed: some registers do repeat rows.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from flows.fetch.answers import Refused, ServiceAnswer, ServiceError, read_answer
from flows.fetch.client import Client, Request
from flows.fetch.delivery import RawFile, ReceivedFile
from flows.fetch.partial import Partial
from flows.fetch.services import Service
from flows.sources.declaration import Call
from flows.sources.documents import Row

_READINGS: Final = 3
_MOST_PAGES: Final = 20_000


@dataclass(frozen=True)
class Listing:
    """One listing: `prefix` names its files, `asked` becomes columns of its rows."""

    service: Service
    call: Call
    path: str
    params: dict[str, str]
    prefix: str
    as_of: date
    asked: dict[str, str]


@dataclass(frozen=True)
class _Page:
    name: str
    answer: ServiceAnswer


def fetch_listing(client: Client, partial: Partial, listing: Listing) -> list[str]:
    """Names of the pages, all kept. Raises ServiceError when the register cannot be had whole."""
    repeated: Counter[str] | None = None
    problem = ""
    for _ in range(_READINGS):
        pages = list(_pages(client, partial, listing))
        problem, now = _what_is_wrong(pages)
        if not problem or (now and now == repeated):
            return [page.name for page in pages]
        repeated = now
        partial.forget(f"{listing.prefix}p")
    raise ServiceError(
        f"{listing.service.title}, {listing.path}: {problem}, in {_READINGS} readings. Nothing of it was taken; "
        "the last good snapshot stays in use. Run again later, or drop the register's file instead."
    )


def _pages(client: Client, partial: Partial, listing: Listing) -> Iterator[_Page]:
    """Page after page, until a short one or, after a full one, an empty one. Services cap the size of pages."""
    size, seen, total = listing.call.page_size, 0, None
    for number in range(1, _MOST_PAGES):
        try:
            page = _page(client, partial, listing, number, seen)
        except Refused:
            if total is not None and seen >= total > 0:
                return  # some refuse to look behind the last page
            raise
        count = len(page.answer.rows)
        if count or number == 1:
            yield page
        seen += count
        if number == 1:
            total = page.answer.total
        if count == 0 or (count < size and (total is None or seen >= total)):
            return
        if number == 1:
            size = count


def _page(client: Client, partial: Partial, listing: Listing, number: int, seen: int) -> _Page:
    service, stem = listing.service, f"{listing.prefix}p{number:05d}"
    # A service may answer XML when asked for JSON; the name tells what is inside.
    names = [f"{stem}.{ending}" for ending in ("json", "xml")]
    for name in names:
        if name in partial.finished:
            return _Page(name, read_answer(service, 200, partial.read(name)))
    at = seen + 1 if service.counts_rows else number
    paging = {service.page: str(at), service.size: str(listing.call.page_size)} if service.page else {}
    request = Request(service, listing.path, {**listing.params, **paging}, key_name=listing.call.key_name)
    known = next((partial.before[name] for name in names if name in partial.before), None)
    request = only_if_changed(request, known)
    response, answer = client.ask(request, lambda r: read_answer(service, r.status, r.content))
    if answer is None:
        assert known is not None
        # What is asked for again only when it is old would stay old, and be asked for every night.
        partial.take_over(known.name, listing.as_of if listing.asked else None)
        return _Page(known.name, read_answer(service, 200, partial.read(known.name)))
    name = f"{stem}.xml" if response.content.lstrip()[:1] == b"<" else f"{stem}.json"
    partial.put(
        RawFile(name, response.content, listing.as_of, listing.call.grain),
        rows=rows_hash(answer.rows),
        asked=listing.asked,
        url=request.public_url,
        etag=response.headers.get("etag"),
        modified=response.headers.get("last-modified"),
    )
    return _Page(name, answer)


def only_if_changed(request: Request, known: ReceivedFile | None) -> Request:
    """The request, conditional on what is known of the same address."""
    if known is None or known.url != request.public_url:
        return request
    given = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    return replace(request, since={name: value for name, value in given.items() if value})


def rows_hash(rows: list[Row]) -> str:
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _what_is_wrong(pages: list[_Page]) -> tuple[str, Counter[str]]:
    """Why the pages are not the whole register (empty: they are), and the rows that stand on two pages."""
    totals = [page.answer.total for page in pages if page.answer.total is not None and page.answer.rows]
    rows = sum(len(page.answer.rows) for page in pages)
    on_pages: Counter[str] = Counter()
    for page in pages:
        on_pages.update({json.dumps(row, ensure_ascii=False, sort_keys=True) for row in page.answer.rows})
    repeated = Counter({row: count for row, count in on_pages.items() if count > 1})
    if len(set(totals)) > 1:
        return f"its total changed from {totals[0]:,} to {totals[-1]:,} while it was read", Counter()
    if totals and rows != totals[0]:
        return f"it says it has {totals[0]:,} rows and gave {rows:,}", Counter()
    if repeated:
        return f"{len(repeated):,} rows stand on two pages, so others are missing", repeated
    return "", repeated
