"""Addresses of the pages: every state is in them, so all can be shared, bookmarked and opened without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from search.http.parameters import SEARCH_FILTERS, SearchParameters
from search.query import Filters


@dataclass(frozen=True)
class Links:
    """Addresses that keep a search, the reader's language and the firms put aside to compare."""

    parameters: SearchParameters
    language: str
    shortlist: Sequence[str] = ()

    def search(self, add: tuple[str, str] | None = None, remove: tuple[str, str] | None = None, **more: Any) -> str:
        """This search with a pair added or removed, from its first page on unless `more` says otherwise."""
        return self.to("/search", add, remove, **more)

    def unfiltered(self, read: Iterable[str]) -> str:
        """This need without any filter: those chosen are gone, those read from the sentence are dropped."""
        bare = SearchParameters(q=self.parameters.q, drop=list(read))
        return Links(bare, self.language, self.shortlist).search()

    def turned(self, start: int, end: int, role: str) -> str:
        """This search with another role for the concept named at a place of the need."""
        return Links(self.parameters.turned(start, end, role), self.language, self.shortlist).search()

    def unturned(self, start: int, end: int) -> str:
        """This search with the role that was read for the concept named at a place of the need."""
        return Links(self.parameters.turned(start, end, None), self.language, self.shortlist).search()

    def every_band(self) -> str:
        """This search with the firms of every band."""
        return Links(replace(self.parameters, band=[]), self.language, self.shortlist).search()

    def instead(self, need: str, applied: Filters) -> str:
        """A search for something else under the same filters, as far as an address can hold them."""
        held = {name: value for name, value in applied.as_dict().items() if name in SEARCH_FILTERS}
        return Links(SearchParameters(q=need, **held), self.language, self.shortlist).search()

    def to(
        self, path: str, add: tuple[str, str] | None = None, remove: tuple[str, str] | None = None, **more: Any
    ) -> str:
        """Another page about this search."""
        query = self.parameters.address(add=add, remove=remove, **more, lang=self.language)
        kept = urlencode([("firm", firm_id) for firm_id in self.shortlist])
        return f"{path}?{query}{'&' if kept else ''}{kept}"

    def shortlisted(self, path: str, without: str | None = None, **more: Any) -> str:
        """A page about the firms put aside, less one."""
        firms = [("firm", firm_id) for firm_id in self.shortlist if firm_id != without]
        need = [("q", self.parameters.q)] if self.parameters.q else []
        return f"{path}?{urlencode([*firms, *need, *more.items(), ('lang', self.language)])}"
