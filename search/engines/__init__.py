"""Engines: the embedded default and OpenSearch, behind one interface."""

from search.engines.base import Candidates, Difference, Documents, Engine, EngineError, IndexStore

__all__ = ["Candidates", "Difference", "Documents", "Engine", "EngineError", "IndexStore"]
