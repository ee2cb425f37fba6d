"""Collect: raw bytes and a receipt from every source."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flows.fetch.answers import QuotaSpent, TransientError
from flows.fetch.attempts import record_attempt
from flows.fetch.client import Client
from flows.fetch.delivery import Delivery, keep, kept_delivery
from flows.fetch.files import from_files, has_files
from flows.fetch.live import Live, is_live
from flows.night import Night, code_version
from flows.review import decisions_fingerprint
from flows.sources import Source, SourceError, load_source
from flows.sources.parsing import reading_version
from flows.sources.renaming import entry_of
from flows.takedown import takedown_fingerprint
from schemas import clock
from schemas.lake import Lake
from schemas.versions import SCHEMA_VERSION
from schemas.vocabulary import load_vocabulary
from search.embedding import load_embedder
from search.engines.stores import open_store


def collect(night: Night, source: str) -> Delivery:
    """Take what the source delivers and keep it: from its service, else from a file, else the last that came.

    Raises SourceError when there is nothing to take or its service refuses.
    """
    if receipt := night.receipts.get(source):
        return kept_delivery(night.lake, receipt).model_copy(update={"source": source})
    declared = load_source(source)
    last = _committed(night, declared)
    if source in night.resting and last is not None:
        return last
    if is_live(declared):
        return _from_service(night, declared, last)
    if not has_files(declared) and last is not None:
        record_attempt(night.lake, source, transport=last.transport, outcome="unchanged", note="nothing new is there")
        return last
    files, transport = from_files(declared)
    delivery = keep(night.lake, source, files, transport)
    record_attempt(night.lake, source, transport=transport, outcome=_outcome(delivery, last))
    return delivery


def _from_service(night: Night, source: Source, last: Delivery | None) -> Delivery:
    """A live delivery. When a day's quota is spent the last delivery stays in use and the next night goes on."""
    live = Live(night.lake, source, Client(), clock.today())
    facts = {"transport": source.api[0].service}
    try:
        delivery = live.deliver()
    except QuotaSpent as error:
        note = f"{error} Finished pages are kept; the next night goes on from there."
        record_attempt(
            night.lake,
            source.name,
            outcome="stopped",
            calls=live.client.calls,
            resumed=live.resumed,
            note=note,
            **facts,
        )
        if last is not None:
            return last
        raise SourceError(f"{source.name}: {note}") from None
    except SourceError as error:
        record_attempt(
            night.lake,
            source.name,
            outcome="failed",
            calls=live.client.calls,
            resumed=live.resumed,
            note=str(error),
            **facts,
        )
        # What may pass keeps its own error class: whoever runs the step may run it again later.
        kind = TransientError if isinstance(error, TransientError) else SourceError
        raise kind(f"{source.name}: {error} To go on without it, set CAPLAKE_OFFLINE={source.name}.") from None
    finally:
        live.client.close()
    record_attempt(
        night.lake,
        source.name,
        outcome=_outcome(delivery, last),
        calls=live.client.calls,
        resumed=live.resumed,
        note=live.note,
        **facts,
    )
    return delivery


def _committed(night: Night, source: Source) -> Delivery | None:
    """The delivery that the committed snapshot's rows of the source were made from."""
    manifest = night.previous_manifest()
    entry = entry_of(source, manifest.sources) if manifest else None
    if entry is None:
        return None
    return kept_delivery(night.lake, entry.receipt).model_copy(update={"source": source.name})


def _outcome(delivery: Delivery, last: Delivery | None) -> str:
    return "unchanged" if last is not None and delivery.content_hash == last.content_hash else "delivered"


def fingerprint(delivery: Delivery, lake: Lake) -> str:
    """Of the bytes, the source's declaration, the code that reads them and what is taken down: equal means the same
    rows."""
    declared = load_source(delivery.source)
    inputs = (
        delivery.content_hash,
        declared.fingerprint,
        reading_version(),
        takedown_fingerprint(lake),
        SCHEMA_VERSION,
    )
    return hashlib.sha256("|".join(inputs).encode()).hexdigest()[:32]


def inputs(deliveries: Sequence[Delivery], lake: Lake) -> str:
    """Of everything a snapshot is made from."""
    inputs = [f"{d.source}={fingerprint(d, lake)}" for d in sorted(deliveries, key=lambda d: d.source)]
    inputs += [
        decisions_fingerprint(lake),
        SCHEMA_VERSION,
        code_version(),
        load_vocabulary().fingerprint,
        load_embedder().model_id,
    ]
    return hashlib.sha256("|".join(inputs).encode()).hexdigest()[:32]


def is_unchanged(night: Night, deliveries: Sequence[Delivery]) -> bool:
    """The committed snapshot was made from the same inputs, and every engine of the night has its index."""
    before = night.previous()
    if before is None or before.manifest.inputs != inputs(deliveries, night.lake):
        return False
    rows = before.manifest.tables["capabilities"].rows
    return all(open_store(engine, night.lake).count(before.name) == rows for engine in night.engines)
