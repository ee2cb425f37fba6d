"""Every register we take, one folder each; a folder is all a source needs."""

from flows.sources.declaration import Source, SourceError, load_source, load_sources

__all__ = ["Source", "SourceError", "load_source", "load_sources"]
