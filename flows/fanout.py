"""The night with its texts embedded on many machines: the same steps, on Dask's task runner.

Needs the extra `dask`. Deploy it as `flows.fanout.nightly` (docs/scaling.md). Workers need the package, the model
and the lake at the same address; they are handed names, and write the vectors of their part into the lake, so the
table is the same bytes as that of one machine.

A part whose worker is lost is given to another one. When no worker is left, a night must not wait for ever with the
lake in its hold: the cluster made here gives up after `WORKERLESS`; tell the same to a scheduler of your own
(`DASK_DISTRIBUTED__SCHEDULER__NO_WORKERS_TIMEOUT`).
"""

from __future__ import annotations

import os
from typing import Any, Final, cast

import dask
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner
from prefect_dask.task_runners import DaskTaskRunner

from flows import scheduled

SCHEDULER_VARIABLE: Final = "CAPLAKE_DASK"
WORKERS_VARIABLE: Final = "CAPLAKE_DASK_WORKERS"
WORKERLESS: Final = "10 minutes"


def dask_runner() -> DaskTaskRunner:
    """The cluster whose scheduler `CAPLAKE_DASK` names, else one of `CAPLAKE_DASK_WORKERS` (2) processes here."""
    if address := os.environ.get(SCHEDULER_VARIABLE):
        return DaskTaskRunner(address=address)
    dask.config.set({"distributed.scheduler.no-workers-timeout": WORKERLESS})
    workers = int(os.environ.get(WORKERS_VARIABLE, "2"))
    cluster = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    return DaskTaskRunner(cluster_kwargs=cluster)


nightly = scheduled.nightly.with_options(
    name="nightly-fanout",
    task_runner=cast(TaskRunner[PrefectFuture[Any]], dask_runner()),  # its futures are Prefect's, typed as its own
)
