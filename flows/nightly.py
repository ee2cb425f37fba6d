"""The night, top to bottom."""

from __future__ import annotations

from flows.night import Night, NightReport
from flows.seam import Runner
from flows.steps import collect, collect_garbage, commit, describe, embed, index, is_unchanged, judge, refine, resolve
from flows.steps.collect import inputs
from flows.steps.publish import manifest_of
from schemas.lake.lock import locked


def run_night(night: Night, runner: Runner) -> NightReport:
    """Run one night. Raises NightError, with nothing committed, when a source or a gate fails."""
    report = NightReport(night.snapshot, seconds=runner.seconds)
    with locked(night.lake):
        deliveries = runner.each(collect, night.sources, night)
        if runner.step(is_unchanged, night, deliveries):
            report.unchanged = True
            return report
        names = [delivery.source for delivery in deliveries]
        entries = runner.each(refine, deliveries, night)
        report.sources = dict(zip(names, entries, strict=True))
        runner.step(resolve, night, names)
        runner.step(describe, night, names)
        model = runner.step(embed, night)
        counts = dict(zip(night.engines, runner.each(index, night.engines, night), strict=True))
        report.gates = runner.step(judge, night, report.sources, counts)
        runner.step(commit, night, manifest_of(night, report.sources, model, inputs(deliveries)))
        report.committed = True
        runner.step(collect_garbage, night)
    return report
