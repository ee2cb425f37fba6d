"""Collect: raw bytes and a receipt from every source."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flows.fetch import Delivery, from_files, keep, kept_delivery
from flows.night import Night, code_version
from flows.review import decisions_fingerprint
from flows.sources import load_source
from flows.takedown import takedown_fingerprint
from schemas.lake import Lake
from schemas.lake.manifest import SCHEMA_VERSION
from schemas.vocabulary import load_vocabulary
from search.embedding import load_embedder
from search.engines.stores import open_store


def collect(night: Night, source: str) -> Delivery:
    """Take what the source delivers and keep it. Raises SourceError when there is nothing to take."""
    manifest = night.previous_manifest()
    if source in night.resting and manifest is not None:
        return kept_delivery(night.lake, manifest.sources[source].receipt)
    declared = load_source(source)
    files, transport = from_files(declared)
    return keep(night.lake, source, files, transport)


def fingerprint(delivery: Delivery, lake: Lake) -> str:
    """Of the bytes, of the source's declaration and of what is taken down: equal means the same rows."""
    told = (delivery.content_hash, load_source(delivery.source).fingerprint, takedown_fingerprint(lake))
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:32]


def inputs(deliveries: Sequence[Delivery], lake: Lake) -> str:
    """Of everything a snapshot is made from."""
    told = [f"{d.source}={fingerprint(d, lake)}" for d in sorted(deliveries, key=lambda d: d.source)]
    told += [
        decisions_fingerprint(lake),
        SCHEMA_VERSION,
        code_version(),
        load_vocabulary().fingerprint,
        load_embedder().model_id,
    ]
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:32]


def is_unchanged(night: Night, deliveries: Sequence[Delivery]) -> bool:
    """The committed snapshot was made from the same inputs, and every engine of the night has its index."""
    before = night.previous()
    if before is None or before.manifest.inputs != inputs(deliveries, night.lake):
        return False
    rows = before.manifest.tables["capabilities"].rows
    return all(open_store(engine, night.lake).count(before.name) == rows for engine in night.engines)
