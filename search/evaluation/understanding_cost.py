"""What understanding costs on one core: `python -m search.evaluation.understanding_cost`.

Milliseconds a sentence, resident memory and seconds from process start to the first answer, over the problem
sentences (as texts only). Set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1 for one core.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any, Final

_SENTENCES: Final = 400
_STARTS: Final = 5
_FIRST: Final = (
    "import time; s = time.perf_counter()\n"
    "from search.understand import Understander\n"
    "Understander.default().understand('설비가 갑자기 섭니다')\n"
    "print(time.perf_counter() - s)"
)
_ONE_CORE: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def measure() -> dict[str, Any]:
    """Milliseconds (p50, p95), megabytes, seconds to ready (the median of several starts)."""
    import numpy as np

    from search.understand import Understander
    from search.understand.examples import load_problems

    problems = load_problems()
    texts = [p.text for p in problems[:: max(len(problems) // _SENTENCES, 1)]]
    del problems
    understander = Understander.default()
    understander.understand(texts[0])
    times = []
    for text in texts:
        start = time.perf_counter()
        understander.understand(text)
        times.append(1_000 * (time.perf_counter() - start))
    p50, p95 = np.percentile(times, [50, 95])
    return {"sentences": len(times), "ms_p50": round(float(p50), 2), "ms_p95": round(float(p95), 2)}


def fresh_process() -> dict[str, Any]:
    """Seconds from process start to the first answer and memory after it, in processes of their own."""
    ready, memory = [], []
    for _ in range(_STARTS):
        code = f"{_FIRST}\nprint(open('/proc/self/status').read().split('VmRSS:')[1].split()[0])"
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | _ONE_CORE
        )
        ready.append(time.perf_counter() - start)
        memory.append(int(done.stdout.split()[1]) / 1_024)
    return {"ready_s": round(sorted(ready)[_STARTS // 2], 2), "resident_mb": round(max(memory))}


if __name__ == "__main__":
    print(json.dumps(measure() | fresh_process()))
