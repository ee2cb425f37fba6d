"""Engines: the embedded default and OpenSearch, behind one interface."""

from search.engines.base import Candidates, Documents, Engine, EngineError, IndexStore, LexicalQuery, TermGroup

__all__ = ["Candidates", "Documents", "Engine", "EngineError", "IndexStore", "LexicalQuery", "TermGroup"]
