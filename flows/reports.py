"""Reports of nights: kept in the lake whatever happened, for the morning after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

from flows.night import Night, NightReport
from schemas.lake import Lake
from schemas.lake.reports import keep_report


@contextmanager
def reported(night: Night, seconds: dict[str, float]) -> Iterator[NightReport]:
    """A report that is kept when the night ends, also when it fails; `seconds` fills while steps run."""
    report = NightReport(night.snapshot, seconds=seconds)
    try:
        yield report
    except Exception as error:
        report.problem = f"{type(error).__name__}: {error}"
        raise
    finally:
        # Where the disk is full the report cannot be kept either; what stopped the night is what matters then.
        with suppress(OSError) if report.problem else nullcontext():
            keep_report(Lake(night.lake_url), night.snapshot, report.as_dict())
