"""The steps of a night, in the order of the night. Each reads and writes the lake; they hand each other names."""

from flows.steps.collect import collect, is_unchanged
from flows.steps.describe import describe
from flows.steps.embed import embed, encode, list_texts
from flows.steps.index import index
from flows.steps.judge import judge
from flows.steps.publish import collect_garbage, commit, publish
from flows.steps.refine import refine
from flows.steps.resolve import resolve

__all__ = [
    "collect",
    "collect_garbage",
    "commit",
    "describe",
    "embed",
    "encode",
    "index",
    "is_unchanged",
    "judge",
    "list_texts",
    "publish",
    "refine",
    "resolve",
]
