"""The OpenSearch engine: one index a snapshot, and an alias for outsiders that follows the committed one.

An index is loaded aside, counted, and only then takes its name, write-protected: what bears a snapshot's name
is whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from opensearchpy.exceptions import NotFoundError, RequestError, TransportError
from opensearchpy.helpers import streaming_bulk

from search.engines.base import Difference, Documents, Engine, EngineError
from search.engines.opensearch_client import Connection, in_words, reason
from search.engines.opensearch_engine import OpenSearchEngine
from search.engines.opensearch_index import index_body

_ASIDE: Final = "-loading"
_CHUNK_ROWS: Final = 1_000
_CHUNK_BYTES: Final = 20_000_000
_RETRIES: Final = 4
_SLOW_SECONDS: Final = 600
_SHARD_WAIT: Final = "10s"
"""So long a chunk waits for a shard whose node is lost; one that is loaded has no copy, so it will not come back."""


@dataclass(frozen=True)
class OpenSearchStore:
    """Indexes `<prefix>-<snapshot in lower case>` and the alias `<prefix>` of one cluster.

    Lakes that share a cluster need a prefix each: what is not in a lake is garbage to it.
    """

    connection: Connection = field(default_factory=Connection.from_environment)
    prefix: str = field(
        default_factory=lambda: _setting("PREFIX", "caplake", r"[a-z][a-z0-9_-]*", "lower-case letters")
    )
    shards: int = field(default_factory=lambda: int(_setting("SHARDS", "1", r"[1-9]\d*", "a number from 1")))
    replicas: int = field(default_factory=lambda: int(_setting("REPLICAS", "0", r"\d+", "a number from 0")))
    name: str = "opensearch"

    def build(self, snapshot: str, documents: Documents, difference: Difference | None = None) -> None:
        """Raises EngineError when OpenSearch refuses any statement; then nothing of the new index stays."""
        index = self.index_name(snapshot)
        aside = index + _ASIDE
        client = self.connection.client()
        with in_words(self.connection):
            client.indices.delete(index=aside, ignore_unavailable=True)
            with _once():
                client.indices.create(index=aside, body=self._body(snapshot, documents))
        try:
            self._load(aside, documents)
            self._finish(aside, index)
        finally:
            with in_words(self.connection):
                client.indices.delete(index=aside, ignore_unavailable=True)

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
        return sorted({match.group(1).upper() for name in names if (match := pattern.fullmatch(name))})

    def drop(self, snapshot: str) -> None:
        index = self.index_name(snapshot)
        with in_words(self.connection):
            for name in (index, index + _ASIDE):
                self.connection.client().indices.delete(index=name, ignore_unavailable=True)

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
        return OpenSearchEngine(self.connection, index, statements=meta["statements"], firms=meta["firms"])

    def index_name(self, snapshot: str) -> str:
        return f"{self.prefix}-{snapshot.lower()}"

    def _body(self, snapshot: str, documents: Documents) -> dict[str, Any]:
        firm_rows = documents.statements["firm_row"]
        highest = firm_rows.max()
        firms = int(highest) + 1 if isinstance(highest, int) else 0
        meta = {"made_by": "caplake", "snapshot": snapshot, "statements": len(documents), "firms": firms}
        columns = documents.statements.drop("firm_row")
        return index_body(columns, max(documents.vectors.shape[1], 1), shards=self.shards, meta=meta)

    def _refuse_index_named(self, alias: str) -> None:
        client = self.connection.client()
        if client.indices.exists(index=alias) and not client.indices.exists_alias(name=alias):
            raise EngineError(
                f"an index named {alias} stands in OpenSearch at {self.connection.address} where the alias "
                f"{alias} should be. Keep what you need of it under another name (`_reindex`), remove it "
                f"(`DELETE /{alias}`), then run `caplake run --engine opensearch` again."
            )

    def _load(self, index: str, documents: Documents) -> None:
        """Send all statements; every refusal is counted and the first is told."""
        refused: list[str] = []
        with in_words(self.connection):
            for ok, item in streaming_bulk(
                self.connection.client(), _lines(documents), index=index, chunk_size=_CHUNK_ROWS,
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
                f"OpenSearch at {self.connection.address} refused {len(refused)} of {len(documents)} "
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
            client.indices.delete(index=index, ignore_unavailable=True)
            settings = {"index.number_of_replicas": self.replicas, "index.blocks.write": True}
            with _once():
                client.indices.clone(
                    index=aside, target=index, body={"settings": settings}, wait_for_active_shards=1,
                    request_timeout=_SLOW_SECONDS,
                )  # fmt: skip
            # Where there is room for the copies they are waited for: one node may then be lost after the commit.
            nodes = client.cluster.health()["number_of_data_nodes"]
            client.cluster.health(
                index=index,
                wait_for_status="green" if 0 < self.replicas < nodes else "yellow",
                timeout=f"{_SLOW_SECONDS}s",
                request_timeout=_SLOW_SECONDS,
            )


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


def _lines(documents: Documents) -> Iterator[tuple[dict[str, Any], str]]:
    """Bulk action and document of every statement, in row order."""
    for row, statement in enumerate(documents.statements.iter_rows(named=True)):
        vector = documents.vectors[documents.vector_of[row]]
        document = {**statement, "row": row, "tokens": " ".join(documents.tokens[row]), "vector": vector}
        yield (
            {"index": {"_id": statement["statement_id"]}},
            orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        )


def _is_busy(error: TransportError) -> bool:
    return bool(error.status_code == 429)


def _refusal(result: dict[str, Any]) -> str:
    if isinstance(error := result.get("exception"), TransportError):
        return reason(error)
    error = result.get("error")
    return f"{error.get('type')}: {error.get('reason')}"[:300] if isinstance(error, dict) else str(error)[:300]
