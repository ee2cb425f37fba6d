"""Proof: thousands of generated requests over the whole OpenAPI document, none of which gets an undocumented answer.

python -m tests.proofs.contract [--count 1000]
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys

from tests.proofs.proved import Proved, tell

_TEST = "tests/search/api/test_contract.py"


def contract(count: int) -> Proved:
    """Ask every operation `count` times with what it allows and `count` times with what it does not."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", _TEST, "--tb=line"],
        env={**os.environ, "CAPLAKE_TEST_EXAMPLES": str(count)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    problems = re.findall(r"^(?:FAILED|ERROR) .*", done.stdout, re.MULTILINE)
    if done.returncode and not problems:
        problems = [f"pytest ended with exit code {done.returncode}"]
    passed = re.search(r"(\d+) passed", done.stdout)
    return Proved({"requests of each kind": count, "kinds that hold": int(passed[1]) if passed else 0}, problems)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    tell(contract(parser.parse_args().count))


if __name__ == "__main__":
    main()
