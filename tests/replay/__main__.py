"""`make replay`: the server by hand. Prints what points a night at it; with --seed it also fails as a seed says."""

from __future__ import annotations

import argparse

from tests.replay.faults import Faults, seeded
from tests.replay.server import Replay

_REQUESTS = {
    "odcloud": 8,
    "data_go_kr": 1,
    "koneps": 40,
    "opendart": 100,
    "kipris": 30,
    "ntis": 8,
    "kind": 1,
    "nts": 50,
}
"""Among how many requests of a service the faults of a seed come."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.replay", description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--seed", type=int, help="let faults happen; the same seed, the same faults")
    parser.add_argument("--cap", type=int, default=1000, help="most rows of a page")
    given = parser.parse_args()
    faults = seeded(given.seed, _REQUESTS) if given.seed is not None else Faults()
    server = Replay(given.port, faults, given.cap)
    for fault in faults.plan:
        print(f"# {fault}")
    print("# In another shell, for a whole night over HTTP without a key of your own:")
    for name, value in server.environment.items():
        print(f"export {name}='{value}'")
    print("# .venv/bin/caplake run        (stop this server with Ctrl-C)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
