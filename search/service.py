"""The search itself: pin a snapshot, understand the need, ask the engine, rank, explain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from schemas import clock
from schemas.lake import Lake, Snapshot
from schemas.lake.reader import committed_snapshots
from schemas.vocabulary import Vocabulary, load_vocabulary
from search.answer.answer import Answer, Hit, Relaxation
from search.answer.explain import Explainer
from search.answer.facets import facets
from search.answer.messages import say
from search.answer.profile import Profiles
from search.answer.selection import Selection, listed
from search.embedding import Embedder, EmbeddingError, load_embedder
from search.engines.base import Engine
from search.engines.stores import open_store
from search.names.lookup import Lookup
from search.names.suggest import Suggester
from search.query import Band, Filters, LexicalQuery, Need, Roles, Scored
from search.ranking.rank import DEFAULT_WEIGHTS, Weights
from search.ranking.ranking import Ranking
from search.ranking.retrieval import DescriptionSearch, NeedSearch
from search.snapshot.columns import Mask, SnapshotColumns
from search.snapshot.passing import Passing
from search.understand import Understander
from search.understand.translation import load_words
from transforms.concepts import default_matcher

LONGEST_NEED: Final = 4_000
_RELATED: Final = 5
_CLOSEST: Final = 3
_LIKELY: Final = 0.35
"""Least score at which a concept is worth asking about that the need neither names nor surely means."""


class BadNeed(ValueError):
    """The question cannot be searched for; the message says what to write instead."""


class SearchService:
    """Answers needs from one pinned snapshot with one engine. Safe to use from several threads."""

    def __init__(
        self,
        snapshot: Snapshot,
        engine: str = "embedded",
        *,
        weights: Weights = DEFAULT_WEIGHTS,
        today: Callable[[], date] = clock.today,
    ) -> None:
        self.snapshot = snapshot
        self.engine_name = engine
        self._weights = weights
        self.today = today
        # The matrices of one search are small: handing them to a second thread takes longer than multiplying them.
        threadpool_limits(limits=1, user_api="blas")
        self.engine: Engine = open_store(engine, snapshot.lake).open(snapshot.name)

    @classmethod
    def current(cls, lake: Lake, engine: str = "embedded") -> SearchService:
        return cls(Snapshot.current(lake), engine)

    @cached_property
    def columns(self) -> SnapshotColumns:
        return SnapshotColumns(self.snapshot)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return load_vocabulary()

    @cached_property
    def understander(self) -> Understander:
        return Understander(self.vocabulary, default_matcher())

    @cached_property
    def embedder(self) -> Embedder:
        """The model of the snapshot. Raises EmbeddingError when the configured model is another one."""
        embedder = load_embedder()
        wanted = self.snapshot.manifest.model
        if embedder.model_id != wanted:
            raise EmbeddingError(
                f"snapshot {self.snapshot.name} was embedded with {wanted}, but {embedder.model_id} is configured. "
                "Run `caplake run` to embed it anew, or set CAPLAKE_MODEL back."
            )
        return embedder

    @cached_property
    def lookup(self) -> Lookup:
        return Lookup(self.columns, self.engine)

    @cached_property
    def profiles(self) -> Profiles:
        return Profiles(self.columns, self.engine, self.embedder)

    @cached_property
    def suggester(self) -> Suggester:
        return Suggester(self.columns, self.vocabulary)

    def changes_of(self, firm_ids: Sequence[str], since: str | None = None) -> pl.DataFrame:
        """What changed in the last night, or in every night after the snapshot `since`, oldest first.

        Of all firms where none is named. Raises KeyError for a snapshot that is no longer kept.
        """
        nights = [self.snapshot.name]
        if since is not None:
            kept = committed_snapshots(self.snapshot.lake)
            kept = kept[kept.index(self.snapshot.name) :] if self.snapshot.name in kept else nights
            if since not in kept:
                raise KeyError(since)
            nights = kept[: kept.index(since)][::-1]
        tables = [
            Snapshot(self.snapshot.lake, night).table("changes").with_columns(snapshot=pl.lit(night))
            for night in nights
        ] or [self.snapshot.table("changes").clear().with_columns(snapshot=pl.lit(""))]
        table = pl.concat(tables)
        return table.filter(pl.col("firm_id").is_in(list(firm_ids))) if firm_ids else table

    def snapshots(self) -> list[str]:
        """The snapshots that `changes_of` can count from, newest first."""
        return committed_snapshots(self.snapshot.lake)

    def warm_up(self) -> None:
        """Load all that a search needs, so that the first buyer does not wait for it."""
        self.search("warm up", limit=1)

    def warm_up_more(self) -> None:
        """Load what the first page does not need: suggestions, and firms as wholes, which of a million takes long."""
        _ = self.suggester
        self.descriptions.warm_up()

    def understand(self, need: str, roles: Roles | None = None) -> Need:
        """The reading of a need, with `roles` chosen for the concepts named at these places of the text.

        Raises BadNeed for a question that is empty, too long or has no words, ValueError for a role of nothing.
        """
        text = need.strip()
        language = "ko" if any("가" <= c <= "힣" for c in text) or not text.isascii() else "en"
        if not text:
            raise BadNeed(f"{say('empty', 'ko')} / {say('empty', 'en')}")
        if len(text) > LONGEST_NEED:
            raise BadNeed(say("too_long", language, limit=LONGEST_NEED, length=len(text)))
        if not any(character.isalnum() for character in text):
            raise BadNeed(f"{say('no_words', 'ko')} / {say('no_words', 'en')}")
        return self._read(self.understander.understand(text, roles))

    def _read(self, understood: Need) -> Need:
        """With the words of the other language; a description of a firm states facts, not constraints."""
        words = load_words()
        if not words.describes_a_firm(understood.text):
            return replace(understood, lexical=words.translated(understood.lexical))
        return replace(
            understood,
            describes=True,
            places=understood.filters.region,
            filters=Filters(),
            excluded=(),
            answerable=True,
            question=None,
            lexical=LexicalQuery(words.description(understood.text)),
        )

    def search(
        self,
        need: str,
        *,
        limit: int = 10,
        offset: int = 0,
        filters: Filters | None = None,
        dropped: Sequence[str] = (),
        roles: Roles | None = None,
        bands: Sequence[Band] = (),
        language: str | None = None,
    ) -> Answer:
        """Ranked firms with reasons, from the `offset`-th on, in the need's language where none is asked for.

        `filters` are added to those read from the sentence, of which `dropped` names those left out. Without a
        need but with filters, all firms with published capabilities that pass them. `roles` are those chosen for what
        the need names, `bands` those of the firms that are listed, all where none is named; totals are of every band.
        Raises BadNeed; an engine that cannot be reached raises EngineError.
        """
        chosen = self.select(need, filters=filters, dropped=dropped, roles=roles, bands=bands, language=language)
        mask, refused = chosen.listed, chosen.refused
        silent = int(self._silent(chosen.applied).sum())
        totals = {**chosen.totals, "silent": silent}
        nobody_states = chosen.seeks and not totals["states"]
        stuck = nobody_states or (not mask.any() and not refused and not chosen.understood.describes)
        counts = {} if refused else facets(self.columns, mask, self.today(), chosen.applied.region)
        return Answer(
            query=need.strip(),
            snapshot=self.snapshot.name,
            understood=chosen.understood,
            applied=chosen.applied,
            total=0 if refused else int(mask.sum()),
            no_good_match=refused or not mask.any(),
            hits=tuple(self.explained(chosen, offset, offset + limit)),
            related=() if refused else tuple(self._related(chosen)),
            facets={**chosen.band_facet, **counts},
            registered_without_evidence=silent,
            relaxations=self._relaxations(chosen) if stuck else (),
            totals=totals,
            closest=self._closest(chosen) if nobody_states else (),
            nobody_states=nobody_states,
            part_totals=tuple(int(part.sum()) for part in chosen.parts),
            all_parts=chosen.all_parts,
        )

    def _related(self, chosen: Selection) -> Iterator[Hit]:
        """Firms of no band that resemble the need and have a statement in a field or with a concept that is sought."""
        ranking = chosen.ranking
        rows = ranking.best(ranking.resembling & self.needs.tagged(ranking.scores), _RELATED)
        for rank, row in enumerate(rows, 1):
            yield chosen.explainer.hit(rank, int(row), float(ranking.firm_scores[row]))

    def _closest(self, chosen: Selection) -> tuple[str, ...]:
        """Concepts that some firm states, most firms first: those beside what is wanted or, where the need leaves open
        what that is, those that it resembles.
        """
        allowed = self.passing(chosen.applied).mask
        need = chosen.understood
        wanted = need.named or need.inferred
        near = {other for concept in wanted for other in self.vocabulary.beside(concept)}
        near = (near if wanted else {c.id for c in need.concepts if c.score >= _LIKELY}) - {*wanted, *need.excluded}
        firms = {concept: int((allowed & self.columns.stating(concept)).sum()) for concept in sorted(near)}
        ordered = sorted((c for c in firms if firms[c]), key=lambda c: (-firms[c], c))
        return tuple(ordered[:_CLOSEST])

    def select(
        self,
        need: str,
        *,
        filters: Filters | None = None,
        dropped: Sequence[str] = (),
        roles: Roles | None = None,
        bands: Sequence[Band] = (),
        language: str | None = None,
    ) -> Selection:
        """The firms that answer a need, ranked and not yet explained; parameters and errors as of `search`."""
        lookup = self.lookup
        given = filters or Filters()
        browses = not need.strip() and bool(given.as_dict())
        understood = _browsing(given, language) if browses else self.understand(need, roles)
        applied = understood.filters.without(*dropped).merged(given)
        ranking = self.rank(understood, applied)
        # A text that is a name as a whole has no constraints in it, whatever was read from 경인전자.
        looked_up = dict(lookup.find(understood, self.passing(given).mask))
        every_band = ranking.mask | self.columns.mask(list(looked_up))
        refused = not looked_up and not understood.answerable
        if bands:
            kept = listed(ranking, bands)
            ranking = replace(ranking, mask=ranking.mask & kept)
            looked_up = {row: how for row, how in looked_up.items() if kept[row]}
        explainer = Explainer(
            self.columns,
            self.vocabulary,
            default_matcher(),
            understood,
            applied,
            ranking,
            language or understood.language,
        )
        return Selection(
            understood,
            applied,
            ranking,
            looked_up,
            refused=refused,
            explainer=explainer,
            every_band=every_band,
        )

    @staticmethod
    def explained(chosen: Selection, start: int, stop: int) -> Iterator[Hit]:
        """Hits of the ranks from `start` on, counted from 0, up to but without `stop`, one by one."""
        for rank, row in enumerate(chosen.places(start, stop), start + 1):
            why = chosen.looked_up.get(row)
            # A firm that was looked up by name or number is certain, and that is told first.
            score = 1.0 if why else float(chosen.ranking.firm_scores[row])
            yield chosen.explainer.hit(rank, row, score, why)

    def rank(self, understood: Need, applied: Filters) -> Ranking:
        """Rank all firms that pass the filters: the hits first, then those that only resemble the need."""
        return self._strategy(understood).rank(understood, self.passing(applied))

    def _strategy(self, understood: Need) -> NeedSearch | DescriptionSearch:
        return self.descriptions if understood.describes else self.needs

    @cached_property
    def needs(self) -> NeedSearch:
        return NeedSearch(self.columns, self.engine, lambda: self.embedder, self.vocabulary, self._weights)

    @cached_property
    def descriptions(self) -> DescriptionSearch:
        return DescriptionSearch(self.columns, self.engine, lambda: self.embedder, self._weights)

    def passing(self, filters: Filters) -> Passing:
        """The firms that every filter leaves today."""
        return self._passing(filters, self.today())

    @cached_property
    def _passing(self) -> Callable[[Filters, date], Passing]:
        """A search asks several times for the same firms, and who looks through its results once more."""
        return lru_cache(maxsize=16)(lambda filters, today: Passing.of(self.columns, filters, today))

    def registered_without_evidence(self, applied: Filters) -> list[str]:
        """Ids of the registered suppliers that pass the filters and publish no capability, by name.

        Nothing is known of their fields or customers, so filters on these leave them in.
        """
        rows = np.flatnonzero(self._silent(applied))
        found = self.columns.firms[rows].select("firm_id", "name").sort("name", "firm_id")
        return found["firm_id"].to_list()

    def _silent(self, applied: Filters) -> Mask:
        allowed = self.passing(applied.without("field", "experience")).mask
        silent: Mask = allowed & (self.columns.statement_count == 0) & self.columns.flag("is_registered_supplier")
        return silent

    def _relaxations(self, chosen: Selection) -> tuple[Relaxation, ...]:
        """What is found when each filter in turn is dropped: firms of any band, and those that state what is needed."""
        need, banded = chosen.understood, chosen.ranking.banded
        hits = self.descriptions.hits(need) if banded is None else banded.firms > 0
        states = (banded or self.needs.bands(need)).mask("states")
        found = []
        for name in chosen.applied.as_dict():
            left = self.passing(chosen.applied.without(name)).mask
            total, stating = int((hits & left).sum()), int((states & left).sum())
            if total:
                found.append(Relaxation(name, total, stating))
        return tuple(found)


def _browsing(filters: Filters, language: str | None) -> Need:
    """What is meant by filters without a need: firms that sell in the fields chosen."""
    return Need(
        text="",
        language=language or "ko",
        fields=tuple(Scored(field, 1.0) for field in filters.field),
        concepts=(),
        filters=Filters(),
        excluded=(),
        industry=None,
        answerable=True,
        answer_score=1.0,
        lexical=LexicalQuery(),
    )
