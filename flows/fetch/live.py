"""A source's delivery from its services: which requests, in which order, into which files."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Final

from flows.fetch.answers import Refused, ServiceError, TransientError, problem_of, read_answer
from flows.fetch.attempts import calls_in_month, last_whole_answer
from flows.fetch.client import Client, Request, Response
from flows.fetch.delivery import Delivery, RawFile
from flows.fetch.files import from_files, has_files
from flows.fetch.listing import Listing, fetch_listing, only_if_changed
from flows.fetch.lookups import gather
from flows.fetch.partial import Partial, open_partial
from flows.fetch.services import SERVICES, Service, is_offline
from flows.fetch.statuses import fetch_statuses
from flows.fetch.wanted import applicants, business_numbers, companies_of
from flows.sources.declaration import Call, Source
from flows.sources.documents import NotADocument, read_html_table
from schemas.lake import Lake

_SETTLED_AFTER: Final = 2
"""A month's listing settles when a later month than this many after it has begun, and was then had once more."""


@dataclass
class Live:
    """One source's fetch: `note` tells what an operator should know although it worked."""

    lake: Lake
    source: Source
    client: Client
    today: date
    note: str | None = None
    resumed: bool = False

    def deliver(self) -> Delivery:
        """Ask every call of the source. Raises ServiceError when the register cannot be had whole."""
        asked = business_numbers(self.lake) if any(c.per == "business_no" for c in self.source.api) else []
        partial = open_partial(
            self.lake, self.source.name, self.source.api[0].service, _fingerprint(self.source, asked)
        )
        self.resumed = partial.resumed
        names = self._editions(partial)
        for call in self.source.api:
            service = SERVICES[call.service]
            if call.per == "business_no":
                names += fetch_statuses(self.client, partial, service, call, asked, self.today)
            elif call.per is not None:
                names += self._gathered(partial, service, call)
            elif call.file is not None:
                names.append(self._download(partial, service, call))
            else:
                for listing in self._listings(partial, service, call):
                    names += listing if isinstance(listing, list) else fetch_listing(self.client, partial, listing)
        if not names:
            raise ServiceError(f"{self.source.name}: there is nothing to ask about yet.")
        return partial.finish(names)

    def _editions(self, partial: Partial) -> list[str]:
        """Answers about one item each are added to the register's edition, where there is one."""
        if not any(call.per in ("corp_code", "applicant_no") for call in self.source.api) or not has_files(self.source):
            return []
        files, _ = from_files(self.source)
        for file in files:
            known = partial.before.get(file.name)
            if known is not None and known.sha256 == hashlib.sha256(file.content).hexdigest():
                partial.take_over(file.name)
            else:
                partial.put(file)
        return [file.name for file in files]

    def _gathered(self, partial: Partial, service: Service, call: Call) -> list[str]:
        most = call.per_night
        if call.per_month is not None:
            most = min(most, call.per_month - calls_in_month(self.lake, self.source.name, self.today))
        items = applicants(self.lake) if call.per == "applicant_no" else companies_of(partial.read("corpCode.zip"))
        found = gather(self.client, partial, service, call, items, self.today, max(most, 0))
        self.note = f"{len(found.names):,} answers; stopped: {found.stopped}" if found.stopped else None
        return found.names

    def _download(self, partial: Partial, service: Service, call: Call) -> str:
        name = call.file or ""
        if name in partial.finished:
            return name
        known = partial.before.get(name)
        request = only_if_changed(Request(service, call.path, call.params, key_name=call.key_name), known)
        response, _ = self.client.ask(request, lambda r: _whole_file(service, name, r))
        if response.unchanged:
            partial.take_over(name)
        else:
            partial.put(
                RawFile(name, response.content, self.today, call.grain),
                url=request.public_url,
                etag=response.headers.get("etag"),
                modified=response.headers.get("last-modified"),
            )
        return name

    def _listings(self, partial: Partial, service: Service, call: Call) -> Iterator[Listing | list[str]]:
        """Listings to ask for; a settled month that is known already comes as its files."""
        path, as_of = call.path, self.today
        if call.dataset is not None:
            path, as_of = self._newest_edition(call.dataset)
        params = {**call.params, **({"returnType": "JSON"} if service.name == "odcloud" else {})}
        start = f"{call.grain}-" if call.grain else ""
        whole = last_whole_answer(self.lake, self.source.name, service.name) if call.months else None
        for number, one in enumerate(_each(call.each), 1):
            prefix = f"{start}{number}-" if call.each else start
            if call.months is None:
                yield Listing(service, call, path, {**params, **one}, prefix, as_of, {})
                continue
            for month in _months(call.months.since, self.today):
                named = f"{prefix}{month:%Y%m}-"
                settled = whole is not None and is_settled(month, whole)
                known = sorted(name for name in partial.before if name.startswith(named)) if settled else []
                if known:
                    yield [partial.take_over(name).name for name in known]
                    continue
                window = {call.months.begin: f"{month:%Y%m}010000", call.months.end: _last_minute(month)}
                yield Listing(service, call, path, {**params, **one, **window}, named, as_of, {})

    def _newest_edition(self, dataset: str) -> tuple[str, date]:
        """Address of a data set's newest edition and the date in its title: every edition has its own."""
        service = SERVICES["odcloud_editions"]

        def check(response: Response) -> dict[str, Any]:
            read_answer(service, response.status, response.content)
            paths: dict[str, Any] = {}
            for path, operations in _swagger(response.content).items():
                summary = str(operations.get("get", {}).get("summary", ""))
                dated = re.findall(r"20\d{6}", summary) or re.findall(r"20\d{6}", path)
                paths[path] = dated[-1] if dated else "00000000"
            return paths

        _, editions = self.client.ask(Request(service, "docs", {"namespace": f"{dataset}/v1"}), check)
        if not editions:
            raise Refused(f"data set {dataset} has no editions any more; look at {self.source.landing_page}.")
        path = max(sorted(editions), key=lambda p: editions[p])
        day = editions[path]
        return path.lstrip("/"), date.fromisoformat(day) if day > "2" else self.today


def is_live(source: Source) -> bool:
    """Whether the source has an API, its key is set, and the operator does not keep it offline."""
    if not source.api or is_offline(source.name):
        return False
    return all(SERVICES[call.service].key for call in source.api)


def asks_about_the_lake(source: Source) -> bool:
    """Whether every request is about something in the committed snapshot, so that an empty lake has nothing to ask."""
    return all(call.per in ("applicant_no", "business_no") for call in source.api)


def _fingerprint(source: Source, asked: list[Any]) -> str:
    inputs = [call.model_dump_json() for call in source.api] + [item.about for item in asked]
    return hashlib.sha256("|".join(inputs).encode()).hexdigest()[:32]


def _swagger(content: bytes) -> dict[str, Any]:
    paths = json.loads(content.decode("utf-8")).get("paths", {})
    return paths if isinstance(paths, dict) else {}


def _each(each: dict[str, list[str]]) -> list[dict[str, str]]:
    return [{name: value} for name, values in each.items() for value in values] or [{}]


def _months(since: date, today: date) -> Iterator[date]:
    month = since.replace(day=1)
    while month <= today:
        yield month
        month = (
            (month.replace(year=month.year + 1, month=1)) if month.month == 12 else month.replace(month=month.month + 1)
        )


def is_settled(month: date, asked: date) -> bool:
    """Whether a month's listing, had whole on the day `asked`, is final and is kept from then on without asking.

    A month that was last had before it settled is asked for again, however long ago that is: the nights in between
    may have failed while its listing was still growing.
    """
    return (asked.year - month.year) * 12 + asked.month - month.month > _SETTLED_AFTER


def _last_minute(month: date) -> str:
    following = list(_months(month, month.replace(year=month.year + 1)))[1]
    return f"{date.fromordinal(following.toordinal() - 1):%Y%m%d}2359"


def _whole_file(service: Service, name: str, response: Response) -> bytes:
    """The bytes of a download that is what its name says. Raises ServiceError for anything else."""
    content = response.content
    if name.endswith(".zip"):
        if content[:2] != b"PK":
            raise problem_of(service, response.status, content) or TransientError(f"{service.title} sent no ZIP file.")
        try:
            broken = zipfile.ZipFile(BytesIO(content)).testzip()
        except zipfile.BadZipFile as error:
            raise TransientError(f"{service.title} sent a ZIP file that breaks off: {error}") from None
        if broken:
            raise TransientError(f"{service.title} sent a ZIP file whose {broken} is damaged.")
        return content
    if response.status >= 400:
        raise problem_of(service, response.status, content) or TransientError(
            f"{service.title}: HTTP {response.status}"
        )
    try:
        read_html_table(content)
    except NotADocument as error:
        raise TransientError(f"{service.title} sent {error}.") from None
    return content
