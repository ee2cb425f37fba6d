"""The night, top to bottom."""

from __future__ import annotations

from flows.night import Night, NightReport
from flows.reports import reported
from flows.runner import Runner
from flows.steps import (
    check_gates,
    collect,
    collect_garbage,
    commit,
    describe,
    embed,
    encode,
    index,
    is_unchanged,
    list_texts,
    publish,
    resolve,
    validate,
)
from flows.steps.collect import inputs
from flows.steps.publish import manifest_of
from schemas.lake.lock import locked


def run_night(night: Night, runner: Runner) -> NightReport:
    """Run one night. Raises NightError, with nothing committed, when a source or a gate fails."""
    with locked(night.lake), reported(night, runner.seconds) as report:
        deliveries = runner.each(collect, night.sources, night)
        if runner.step(is_unchanged, night, deliveries):
            report.unchanged = True
            report.warnings = runner.step(publish, night)
            runner.step(collect_garbage, night)
            return report
        names = [delivery.source for delivery in deliveries]
        report.sources = dict(zip(names, runner.each(validate, deliveries, night), strict=True))
        runner.step(resolve, night, names)
        runner.step(describe, night, names)
        runner.each(encode, runner.step(list_texts, night), night)
        model = runner.step(embed, night)
        report.index_counts = dict(zip(night.engines, runner.each(index, night.engines, night), strict=True))
        report.gates = runner.step(check_gates, night, report.sources, report.index_counts)
        made_from = inputs(deliveries, night.lake)
        runner.step(commit, night, manifest_of(night, report.sources, model, made_from, report.gates))
        report.committed = True
        report.warnings = runner.step(publish, night)
        runner.step(collect_garbage, night)
    return report
