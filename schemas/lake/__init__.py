"""The lake: plain Parquet in immutable snapshot folders, and the one file that says which one counts."""

from schemas.lake.layout import Lake, LakeError
from schemas.lake.reader import Snapshot

__all__ = ["Lake", "LakeError", "Snapshot"]
