"""Corpora, training and evaluation of the bundled embedding model and the word table."""
