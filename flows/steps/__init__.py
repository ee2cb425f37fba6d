"""The steps of a night, in the order of the night. Each reads and writes the lake; they hand each other names."""

from flows.steps.collect import collect, is_unchanged
from flows.steps.describe import describe
from flows.steps.embed import embed, encode, list_texts
from flows.steps.gates import check_gates
from flows.steps.index import index
from flows.steps.publish import collect_garbage, commit, publish
from flows.steps.resolve import resolve
from flows.steps.validate import validate

__all__ = [
    "check_gates",
    "collect",
    "collect_garbage",
    "commit",
    "describe",
    "embed",
    "encode",
    "index",
    "is_unchanged",
    "list_texts",
    "publish",
    "resolve",
    "validate",
]
