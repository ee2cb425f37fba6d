"""Which engines there are, by the name people choose them by."""

from __future__ import annotations

from schemas.lake import Lake
from search.engines.base import EngineError, IndexStore


def open_store(name: str, lake: Lake) -> IndexStore:
    """The index store of an engine. Raises EngineError for an unknown name."""
    if name == "embedded":
        if lake.local_root is None:
            from search.engines.embedded.remote import RemoteEmbeddedStore

            return RemoteEmbeddedStore(lake)
        from search.engines.embedded.store import EmbeddedStore

        return EmbeddedStore(lake.local_root / "index" / "embedded")
    if name == "opensearch":
        from search.engines.opensearch.store import OpenSearchStore

        return OpenSearchStore(lake=lake)
    raise EngineError(f"no engine {name!r}; there are embedded and opensearch.")
