"""The steps of a night, in the order of the night. Each reads and writes the lake; they hand each other names."""

from flows.steps.collect import collect, is_unchanged
from flows.steps.describe import describe
from flows.steps.embed import embed
from flows.steps.index import index
from flows.steps.judge import judge
from flows.steps.publish import collect_garbage, commit
from flows.steps.refine import refine
from flows.steps.resolve import resolve

__all__ = [
    "collect",
    "collect_garbage",
    "commit",
    "describe",
    "embed",
    "index",
    "is_unchanged",
    "judge",
    "refine",
    "resolve",
]
