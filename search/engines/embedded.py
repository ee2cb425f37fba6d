"""The embedded engine: tantivy over our tokens and exact vectors, in a folder beside the snapshots."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import tantivy

from schemas.lake.layout import SNAPSHOT_PATTERN
from search.engines.base import Candidates, Documents, Engine, EngineError, Floats, LexicalQuery, Rows, TermGroup
from search.engines.quantised import QUANTISED_FILES, QuantisedVectors

_WRITER_HEAP_BYTES: Final = 256_000_000
_FEW_FIRMS: Final = 4_000
"""Up to so many allowed firms are named to tantivy; more are filtered from a longer list."""

_SAMPLED: Final = 64
"""One of so many values tells from where on the largest are looked for."""

_SHORTLIST: Final = 2
"""So many times the candidates asked for are compared exactly after the scan of bytes."""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("row", fast=True, stored=False)
    builder.add_unsigned_field("firm", fast=True, indexed=True, stored=False)
    return builder.build()


_PARTS: Final = ("words", "firm_of.npy", "vector_of.npy", "vectors.npy", *QUANTISED_FILES)
"""What an index consists of; one of an older version of the code lacks some."""


@dataclass(frozen=True)
class EmbeddedStore:
    """Indexes under `<lake>/index/embedded/<snapshot>/`."""

    folder: Path
    name: str = "embedded"

    def build(self, snapshot: str, documents: Documents) -> None:
        aside = self.folder / f".{snapshot}.tmp"
        shutil.rmtree(aside, ignore_errors=True)
        (aside / "words").mkdir(parents=True)
        index = tantivy.Index(_schema(), path=str(aside / "words"))
        firm_rows = documents.statements["firm_row"].to_numpy().astype(np.int32)
        # One thread and one segment: row order, scores and bytes then do not depend on the machine's load.
        writer = index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)
        for row, tokens in enumerate(documents.tokens):
            document = tantivy.Document(tokens=" ".join(tokens))
            document.add_unsigned("row", row)
            document.add_unsigned("firm", int(firm_rows[row]))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        np.save(aside / "firm_of.npy", firm_rows)
        np.save(aside / "vector_of.npy", documents.vector_of.astype(np.int32))
        np.save(aside / "vectors.npy", documents.vectors.astype(np.float32, copy=False))
        QuantisedVectors.of(documents.vectors).save(aside)
        shutil.rmtree(self.folder / snapshot, ignore_errors=True)
        aside.rename(self.folder / snapshot)

    def count(self, snapshot: str) -> int:
        if not self._is_whole(snapshot):
            return 0
        return int(tantivy.Index.open(str(self.folder / snapshot / "words")).searcher().num_docs)

    def _is_whole(self, snapshot: str) -> bool:
        return all((self.folder / snapshot / name).exists() for name in _PARTS)

    def snapshots(self) -> list[str]:
        if not self.folder.exists():
            return []
        return sorted(path.name for path in self.folder.iterdir() if SNAPSHOT_PATTERN.match(path.name))

    def drop(self, snapshot: str) -> None:
        shutil.rmtree(self.folder / snapshot, ignore_errors=True)

    def publish(self, snapshot: str) -> None:
        """Nothing to move: a reader opens the index of the snapshot it pinned."""

    def open(self, snapshot: str) -> Engine:
        path = self.folder / snapshot
        if not self._is_whole(snapshot):
            raise EngineError(
                f"no embedded index of snapshot {snapshot} as this version makes it. "
                "`caplake run --engine embedded` builds it."
            )
        return EmbeddedEngine(
            tantivy.Index.open(str(path / "words")),
            firm_of=np.load(path / "firm_of.npy", mmap_mode="r"),
            vector_of=np.load(path / "vector_of.npy", mmap_mode="r"),
            vectors=np.load(path / "vectors.npy", mmap_mode="r"),
            quantised=QuantisedVectors.open(path),
        )


class EmbeddedEngine:
    """One opened index, memory-mapped: words through tantivy; all vectors are scanned as bytes, and those that come
    near are compared exactly, so that no filter or size costs recall.
    """

    def __init__(
        self, index: tantivy.Index, *, firm_of: Rows, vector_of: Rows, vectors: Floats, quantised: QuantisedVectors
    ) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()
        self._firm_of = firm_of
        self._firms = int(firm_of.max(initial=-1)) + 1
        self._vector_of = vector_of
        self._vectors = vectors
        self._quantised = quantised

    def lexical(self, query: LexicalQuery, limit: int, allowed: Rows | None = None) -> Candidates:
        if not query.weights or not len(self._firm_of):
            return Candidates.none()
        scored = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(token), weight))
                for token, weight in query.weights.items()
            ]
        )
        if allowed is None:
            return self._search(scored, limit)
        if len(allowed) <= _FEW_FIRMS:
            firms = tantivy.Query.term_set_query(self._schema, "firm", allowed.tolist())
            silent = tantivy.Query.const_score_query(firms, 0.0)
            both = [(tantivy.Occur.Must, scored), (tantivy.Occur.Must, silent)]
            return self._search(tantivy.Query.boolean_query(both), limit)
        return self._filtered(scored, limit, allowed)

    def dense(self, vector: Floats, limit: int, allowed: Rows | None = None) -> Candidates:
        if not len(self._vector_of):
            return Candidates.none()
        similarity = self._quantised.similarities(vector)[self._vector_of]
        rows = np.arange(len(similarity)) if allowed is None else np.flatnonzero(self._mask(allowed)[self._firm_of])
        near = rows[_largest(similarity[rows], _SHORTLIST * limit)]
        exact = self._vectors[self._vector_of[near]] @ vector
        top = _largest(exact, limit)
        return Candidates.ranked(near[top].astype(np.int32), exact[top])

    def matching_firms(self, query: LexicalQuery) -> Rows:
        if not query.groups or not len(self._firm_of):
            return np.empty(0, np.int32)
        words = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._group(group)) for group in query.groups],
            minimum_number_should_match=query.minimum,
        )
        found = self._search(tantivy.Query.const_score_query(words, 1.0), len(self._firm_of))
        return np.unique(self._firm_of[found.rows])

    def _mask(self, allowed: Rows) -> npt.NDArray[np.bool_]:
        """By firm row, up to the last firm that has a statement: may it be returned?"""
        mask = np.zeros(self._firms, np.bool_)
        mask[allowed[: np.searchsorted(allowed, self._firms)]] = True
        return mask

    def _term(self, token: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, "tokens", token, index_option="freq")

    def _group(self, group: TermGroup) -> tantivy.Query:
        alternatives = [
            tantivy.Query.boolean_query([(tantivy.Occur.Must, self._term(token)) for token in tokens])
            for tokens in group.alternatives
        ]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in alternatives])

    def _search(self, query: tantivy.Query, limit: int) -> Candidates:
        hits = self._searcher.search(query, limit=max(limit, 1), count=False).hits
        if not hits:
            return Candidates.none()
        scores = np.array([score for score, _ in hits], np.float32)
        rows = np.array(self._searcher.fast_field_values("row", [address for _, address in hits]), np.int32)
        return Candidates.ranked(rows, scores)

    def _filtered(self, query: tantivy.Query, limit: int, allowed: Rows) -> Candidates:
        """Ask for longer lists until enough of them is allowed."""
        ask, mask = limit * 4, self._mask(allowed)
        while True:
            found = self._search(query, ask)
            keep = mask[self._firm_of[found.rows]]
            if keep.sum() >= limit or len(found.rows) < ask:
                return Candidates(found.rows[keep][:limit], found.scores[keep][:limit])
            ask *= 4


def _largest(values: Floats, count: int) -> npt.NDArray[np.int64]:
    """Positions of the largest values, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    # A value that a sample holds for low enough leaves few to order, of a million or two.
    sample = values[::_SAMPLED]
    some = min(len(sample) - 1, 2 * count // _SAMPLED + 8)
    high = np.flatnonzero(values >= np.partition(sample, len(sample) - 1 - some)[len(sample) - 1 - some])
    if len(high) < count:
        high = np.arange(len(values))
    return high[np.argpartition(values[high], len(high) - count)[len(high) - count :]]
