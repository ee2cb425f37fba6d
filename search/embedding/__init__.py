"""Texts to vectors. `load_embedder()` is all that the rest of the product needs."""

from search.embedding.model import Embedder, EmbeddingError, load_embedder

__all__ = ["Embedder", "EmbeddingError", "load_embedder"]
