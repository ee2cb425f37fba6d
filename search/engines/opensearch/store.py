"""The OpenSearch engine: one index a snapshot, and an alias for outsiders that follows the committed one.

An index is loaded aside, counted, and only then takes its name, write-protected: what bears a snapshot's name
is whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final

import numpy as np
import orjson
from opensearchpy.exceptions import NotFoundError, RequestError, TransportError
from opensearchpy.helpers import streaming_bulk

from schemas.lake import Lake
from search.engines.base import Difference, Documents, Engine, EngineError, Rows
from search.engines.opensearch.client import Connection, in_words, reason
from search.engines.opensearch.engine import OpenSearchEngine
from search.engines.opensearch.index_body import index_body
from search.engines.opensearch.numbering import NumberedEngine, Numbering, end

_ASIDE: Final = "-loading"
_FOLDER: Final = "index/opensearch"
_CHUNK_ROWS: Final = 1_000
_CHUNK_BYTES: Final = 20_000_000
_RETRIES: Final = 4
_SLOW_SECONDS: Final = 600
_MOST_WORN: Final = 2
"""An index that has given so many times more numbers than it has statements is built whole again."""

_SHARD_WAIT: Final = "10s"
"""So long a chunk waits for a shard whose node is lost; one that is loaded has no copy, so it will not come back."""


Line = tuple[dict[str, Any], str | None]
"""A bulk action, with its document where it has one."""


@dataclass(frozen=True)
class OpenSearchStore:
    """Indexes `<prefix>-<snapshot in lower case>` and the alias `<prefix>` of one cluster.

    Lakes that share a cluster need a prefix each: what is not in a lake is garbage to it. With a `lake` an index is
    built by difference where it can be; what numbers its statements have lies in `index/opensearch/<snapshot>/` there.
    """

    connection: Connection = field(default_factory=Connection.from_environment)
    prefix: str = field(
        default_factory=lambda: _setting("PREFIX", "caplake", r"[a-z][a-z0-9_-]*", "lower-case letters")
    )
    shards: int = field(default_factory=lambda: int(_setting("SHARDS", "1", r"[1-9]\d*", "a number from 1")))
    replicas: int = field(default_factory=lambda: int(_setting("REPLICAS", "0", r"\d+", "a number from 0")))
    lake: Lake | None = None
    name: str = "opensearch"

    def build(self, snapshot: str, documents: Documents, difference: Difference | None = None) -> None:
        """Raises EngineError when OpenSearch refuses any statement; then nothing of the new index stays."""
        index = self.index_name(snapshot)
        aside = index + _ASIDE
        self._remove(aside)
        try:
            numbering = self._renew(aside, snapshot, documents, difference) or self._fill(aside, snapshot, documents)
            if self.lake is not None:
                numbering.write(self.lake, _folder(snapshot))
            self._finish(aside, index)
        finally:
            self._remove(aside)

    def _fill(self, aside: str, snapshot: str, documents: Documents) -> Numbering:
        """Load all statements into a new index; that of a snapshot that had one keeps its numbers, as readers that have
        opened the other go on with them.
        """
        numbering = Numbering.by_row(documents.vector_of, documents.firms)
        if self.lake is not None and (kept := Numbering.read(self.lake, _folder(snapshot))):
            numbering = replace(kept, first=numbering.first) if kept.fits(numbering) else numbering
        with in_words(self.connection), _once():
            self.connection.client().indices.create(index=aside, body=self._body(documents, _meta(snapshot, numbering)))
        self._load(aside, _lines(documents, numbering, np.arange(len(documents), dtype=np.int32)), len(documents))
        return numbering

    def _renew(
        self, aside: str, snapshot: str, documents: Documents, difference: Difference | None
    ) -> Numbering | None:
        """Load what changed into a copy of the index before; None where that one cannot be built on."""
        before = self._before(documents, difference)
        if difference is None or before is None:
            return None
        numbering = before.renewed(difference, documents.vector_of)
        changed = numbering.changed(difference, before)
        changes = chain(
            (({"delete": {"_id": gone}}, None) for gone in difference.gone),
            _lines(documents, numbering, changed),
        )
        try:
            self._copy(self.index_name(difference.before), aside, {"index.blocks.write": False})
            with in_words(self.connection):
                self.connection.client().indices.put_mapping(index=aside, body={"_meta": _meta(snapshot, numbering)})
            self._load(aside, changes, len(difference.gone) + len(changed))
        except EngineError:
            # Whatever stands in the way of the difference, a whole build either does it or tells what is wrong.
            self._remove(aside)
            return None
        return numbering

    def _before(self, documents: Documents, difference: Difference | None) -> Numbering | None:
        """Numbers in the index that the difference is to; None where a whole build is due."""
        if self.lake is None or difference is None:
            return None
        numbering = Numbering.read(self.lake, _folder(difference.before))
        if numbering is None or self.count(difference.before) != len(numbering.statements):
            return None
        worn = end(numbering.statements) + len(difference.fresh) > _MOST_WORN * max(len(documents), 1)
        return None if worn or self._shards_of(difference.before) != self.shards else numbering

    def count(self, snapshot: str) -> int:
        with in_words(self.connection):
            try:
                return int(self.connection.client().count(index=self.index_name(snapshot))["count"])
            except NotFoundError:
                return 0

    def snapshots(self) -> list[str]:
        """Those that have an index, also one that a run left half-loaded, so that it is collected."""
        with in_words(self.connection):
            names = self.connection.client().indices.get(index=f"{self.prefix}-*", filter_path="*.aliases")
        pattern = re.compile(rf"{re.escape(self.prefix)}-(\d{{4}}-\d{{2}}-\d{{2}}t\d{{6}}z)(?:{_ASIDE})?")
        numbered = self.lake.names(_FOLDER) if self.lake is not None else []
        return sorted({match.group(1).upper() for name in names if (match := pattern.fullmatch(name))} | {*numbered})

    def drop(self, snapshot: str) -> None:
        index = self.index_name(snapshot)
        self._remove(index)
        self._remove(index + _ASIDE)
        if self.lake is not None:
            self.lake.remove(_folder(snapshot))

    def publish(self, snapshot: str) -> None:
        """Move the alias in one step. Raises EngineError when an index stands where the alias should be."""
        index, alias = self.index_name(snapshot), self.prefix
        client = self.connection.client()
        with in_words(self.connection):
            self._refuse_index_named(alias)
            if not client.indices.exists(index=index):
                raise EngineError(
                    f"OpenSearch at {self.connection.address} has no index {index}: build it with "
                    "`caplake run --engine opensearch`."
                )
            before = client.indices.get_alias(name=alias, ignore=[404])
            # By exact names: a pattern would also take the alias from another lake's indexes.
            held = [
                name for name, entry in before.items() if isinstance(entry, dict) and alias in entry.get("aliases", {})
            ]
            moves: list[dict[str, Any]] = [
                {"remove": {"index": name, "alias": alias}} for name in sorted(held) if name != index
            ]
            client.indices.update_aliases(body={"actions": [*moves, {"add": {"index": index, "alias": alias}}]})

    def open(self, snapshot: str) -> Engine:
        index = self.index_name(snapshot)
        with in_words(self.connection):
            try:
                meta = self.connection.client().indices.get_mapping(index=index)[index]["mappings"]["_meta"]
            except NotFoundError:
                raise EngineError(
                    f"OpenSearch at {self.connection.address} has no index of snapshot {snapshot}: "
                    "build it with `caplake run --engine opensearch`."
                ) from None
        numbering = Numbering.read(self.lake, _folder(snapshot)) if self.lake is not None else None
        numbering = numbering or Numbering.by_row(np.arange(meta["statements"], dtype=np.int32), meta["firms"])
        if numbering.digest != meta.get("numbering"):
            raise EngineError(
                f"the lake does not have the numbers of {index} in OpenSearch at {self.connection.address} "
                f"({_folder(snapshot)}): build it anew with `caplake run --engine opensearch`."
            )
        numbers = {"statements": end(numbering.statements), "firms": end(numbering.firms)}
        return NumberedEngine(OpenSearchEngine(self.connection, index, **numbers), numbering)

    def index_name(self, snapshot: str) -> str:
        return f"{self.prefix}-{snapshot.lower()}"

    def _body(self, documents: Documents, meta: dict[str, Any]) -> dict[str, Any]:
        columns = documents.statements.drop("firm_row")
        dimensions = max(documents.vectors.shape[1], 1)
        return index_body(columns, dimensions, shards=self.shards, meta=meta)

    def _shards_of(self, snapshot: str) -> int:
        index = self.index_name(snapshot)
        with in_words(self.connection):
            settings = self.connection.client().indices.get_settings(index=index)[index]["settings"]
        return int(settings["index"]["number_of_shards"])

    def _refuse_index_named(self, alias: str) -> None:
        client = self.connection.client()
        if client.indices.exists(index=alias) and not client.indices.exists_alias(name=alias):
            raise EngineError(
                f"an index named {alias} stands in OpenSearch at {self.connection.address} where the alias "
                f"{alias} should be. Keep what you need of it under another name (`_reindex`), remove it "
                f"(`DELETE /{alias}`), then run `caplake run --engine opensearch` again."
            )

    def _load(self, index: str, lines: Iterable[Line], size: int) -> None:
        """Send what is to be in an index or not any more; every refusal is counted and the first is told."""
        refused: list[str] = []
        with in_words(self.connection):
            for ok, item in streaming_bulk(
                self.connection.client(), lines, index=index, chunk_size=_CHUNK_ROWS,
                max_chunk_bytes=_CHUNK_BYTES, max_retries=_RETRIES, initial_backoff=1,
                raise_on_error=False, raise_on_exception=False, expand_action_callback=lambda line: line,
                request_timeout=_SLOW_SECONDS, timeout=_SHARD_WAIT,
            ):  # fmt: skip
                if not ok:
                    (result,) = item.values()
                    if isinstance(error := result.get("exception"), TransportError) and not _is_busy(error):
                        raise error
                    refused.append(f"{result.get('_id')}: {_refusal(result)}")
        if refused:
            raise EngineError(
                f"OpenSearch at {self.connection.address} refused {len(refused)} of {size} "
                f"statements, first {refused[0].rstrip('.')}. The index was removed, the one in use stays. "
                "Run it again when the cause is gone."
            )

    def _finish(self, aside: str, index: str) -> None:
        """Count, then give the index its name: a copy by hard links, in whole or not at all."""
        client = self.connection.client()
        with in_words(self.connection):
            client.indices.refresh(index=aside)
            client.indices.put_settings(index=aside, body={"index.blocks.write": True})
            expected = client.indices.get_mapping(index=aside)[aside]["mappings"]["_meta"]["statements"]
            if (counted := client.count(index=aside)["count"]) != expected:
                raise EngineError(
                    f"{index} holds {counted} statements instead of {expected}; it was removed. Run it again."
                )
        self._remove(index)
        self._copy(aside, index, {"index.number_of_replicas": self.replicas, "index.blocks.write": True})
        with in_words(self.connection):
            # Where there is room for the copies they are waited for: one node may then be lost after the commit.
            nodes = client.cluster.health()["number_of_data_nodes"]
            client.cluster.health(
                index=index,
                wait_for_status="green" if 0 < self.replicas < nodes else "yellow",
                timeout=f"{_SLOW_SECONDS}s",
                request_timeout=_SLOW_SECONDS,
            )

    def _remove(self, index: str) -> None:
        """Remove an index where there is one."""
        with in_words(self.connection):
            self.connection.client().indices.delete(index=index, ignore_unavailable=True)

    def _copy(self, index: str, target: str, settings: dict[str, Any]) -> None:
        """A copy by hard links, in whole or not at all, of an index that is write-protected."""
        with in_words(self.connection), _once():
            self.connection.client().indices.clone(
                index=index, target=target, body={"settings": settings}, wait_for_active_shards=1,
                request_timeout=_SLOW_SECONDS,
            )  # fmt: skip


@contextmanager
def _once() -> Iterator[None]:
    """For making an index that was removed just before: a node that dies after it made one leaves no answer, the client
    asks the next node, and that finds it made. What is in it is counted later.
    """
    try:
        yield
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise


def _setting(name: str, default: str, pattern: str, rule: str) -> str:
    """CAPLAKE_OPENSEARCH_<name>. Raises EngineError when its value breaks the rule."""
    value = os.environ.get(f"CAPLAKE_OPENSEARCH_{name}") or default
    if re.fullmatch(pattern, value) is None:
        raise EngineError(f"CAPLAKE_OPENSEARCH_{name} must be {rule}, not {value!r}.")
    return value


def _lines(documents: Documents, numbering: Numbering, rows: Rows) -> Iterator[Line]:
    """Bulk action and document of the statements of these rows."""
    for row, statement in zip(rows.tolist(), documents.statements[rows].iter_rows(named=True), strict=True):
        vector = documents.vectors[documents.vector_of[row]]
        document = {
            **statement,
            "row": int(numbering.statements[row]),
            "firm_row": int(numbering.firms[statement["firm_row"]]),
            "tokens": " ".join(documents.tokens[row]),
            "vector": vector,
            **({"text_vector": vector} if numbering.first[row] else {}),
        }
        yield (
            {"index": {"_id": statement["statement_id"]}},
            orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        )


def _meta(snapshot: str, numbering: Numbering) -> dict[str, Any]:
    return {
        "made_by": "caplake",
        "snapshot": snapshot,
        "statements": len(numbering.statements),
        "firms": len(numbering.firms),
        "numbering": numbering.digest,
    }


def _folder(snapshot: str) -> str:
    return f"{_FOLDER}/{snapshot}"


def _is_busy(error: TransportError) -> bool:
    return bool(error.status_code == 429)


def _refusal(result: dict[str, Any]) -> str:
    if isinstance(error := result.get("exception"), TransportError):
        return reason(error)
    error = result.get("error")
    return f"{error.get('type')}: {error.get('reason')}"[:300] if isinstance(error, dict) else str(error)[:300]
