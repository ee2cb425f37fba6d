"""What understanding costs on one core: `python -m lab.understanding.cost`.

Milliseconds a sentence, resident memory and seconds from process start to the first answer, over the problem
sentences (as texts only). Set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1 for one core. On a machine that does
other work as well the seconds of the processor (`cpu`) are the ones to compare.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from typing import Any, Final

_SENTENCES: Final = 400
_STARTS: Final = 5
_FIRST: Final = (
    "from search.understand import Understander\n"
    "Understander.default().understand('설비가 갑자기 섭니다')\n"
    "print(open('/proc/self/status').read().split('VmRSS:')[1].split()[0])"
)
_ONE_CORE: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def measure() -> dict[str, Any]:
    """Milliseconds (p50, p95), megabytes, seconds to ready (the median of several starts)."""
    import numpy as np

    from lab.understanding.examples import load_problems
    from search.understand import Understander

    problems = load_problems()
    texts = [p.text for p in problems[:: max(len(problems) // _SENTENCES, 1)]]
    del problems
    understander = Understander.default()
    understander.understand(texts[0])
    times = []
    for text in texts:
        start, busy = time.perf_counter(), time.process_time()
        understander.understand(text)
        times.append((time.perf_counter() - start, time.process_time() - busy))
    (p50, cpu50), (p95, cpu95) = 1_000 * np.percentile(times, [50, 95], axis=0)
    figures = {"ms_p50": p50, "ms_p95": p95, "ms_cpu_p50": cpu50, "ms_cpu_p95": cpu95}
    return {"sentences": len(times)} | {name: round(float(value), 2) for name, value in figures.items()}


def fresh_process() -> dict[str, Any]:
    """Seconds from process start to the first answer and memory after it, in processes of their own."""
    ready, memory = [], []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(_STARTS):
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _FIRST], capture_output=True, text=True, check=True, env=os.environ | _ONE_CORE
        )
        ready.append(time.perf_counter() - start)
        memory.append(int(done.stdout) / 1_024)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / _STARTS
    return {
        "ready_s": round(sorted(ready)[_STARTS // 2], 2),
        "ready_cpu_s": round(busy, 2),
        "resident_mb": round(max(memory)),
    }


if __name__ == "__main__":
    print(json.dumps(measure() | fresh_process()))
