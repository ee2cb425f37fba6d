"""Work on many texts in several processes, for what is pure Python and worth the start of a process."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final, TypeVar

T = TypeVar("T")

_WORTH_PROCESSES: Final = 60_000
_CHUNK: Final = 10_000


def in_chunks(work: Callable[[list[str]], list[T]], texts: Sequence[str]) -> list[T]:
    """`work` on chunks of the texts, results in order. `work` must be a module's function.

    Processes are spawned, not forked: a fork of a process whose threads hold locks can stand still for ever.
    """
    chunks = [list(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
    if len(texts) < _WORTH_PROCESSES:
        return [result for chunk in chunks for result in work(chunk)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return [result for results in pool.map(work, chunks) for result in results]
