"""Benchmarks, evaluation, training and corpora: may import every other package, and none imports it."""
