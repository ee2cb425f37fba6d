"""All proofs, each in a process of its own: `python -m tests.proofs [NAME ...] [--share 0.3]`, or `make proofs`.

Writes what each came to into its section of docs/proofs.md; exit code 1 when one found a problem.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lab.bench.report import Figure, write_section
from tests.proofs.faults import all_faults
from tests.proofs.proved import Proved

FILE: Final = Path("docs/proofs.md")
_HEAD: Final = """# Proofs

Made by `make proofs`; every section says on which machine and when. Do not edit by hand. A seeded sample of each runs
in `make test`. The register is that of listed firms (2,700 rows, edition by edition changed by seed): some firms come,
go, change products or their name every night.
"""


@dataclass(frozen=True)
class Proof:
    """`counted` is the option that says how often, with the full count; None for a proof that has no count."""

    title: str
    promise: str
    counted: tuple[str, int] | None = None


PROOFS: Final = {
    "kill": Proof(
        "A night killed at any moment",
        "SIGKILL at every step's start, then at random moments. Readers ask all the time and compare answers with the "
        "manifest; the next run ends with the same bytes as a lake that was never disturbed.",
        ("--count", 200),
    ),
    "faults": Proof(
        "What breaks around a night",
        "Every write fails in every way, tables and deliveries are cut or rot, files cannot grow, clocks and locks are "
        "wrong, nights start at once: the night commits or says in a line why not, and answers stay right. Up to four "
        "nights of an edition fail in a row; then the next run ends as an undisturbed one.",
        ("--count", len(all_faults())),
    ),
    "transports": Proof(
        "Services that fail",
        "All eight services answer a night as the contract says they can: errors in every envelope, quotas, resets, "
        "drips, cut bodies, firewall pages, pages that overlap or lack rows, totals that lie. It ends with the right "
        "tables, or says why and leaves the old snapshot live; the next night mends it; no key is written anywhere.",
        ("--count", 200),
    ),
    "soak": Proof(
        "Night after night",
        "Arrivals, changes, closures and renames every night, searches beside them: memory, files and indexes do not "
        "grow beyond what is kept, firm ids stay, the change tables add up to the differences of the snapshots.",
        ("--nights", 50),
    ),
    "reruns": Proof(
        "The same registers in any order",
        "All bundled registers with their rows shuffled, the sources in another order: every firm gets the same id, "
        "and every table and the ledger are the same bytes as in the order of the files.",
        ("--count", 10),
    ),
    "contract": Proof(
        "Every request that the API's document allows",
        "schemathesis asks every operation of the OpenAPI document what it allows and, as often, what it does not: no "
        "answer of 500 and more, none that the document does not describe in status, type, headers and content.",
        ("--count", 1_000),
    ),
    "clocks": Proof(
        "The tests on another day",
        "The fast part of the tests with the clock of the whole process moved: an hour before the newest snapshot, "
        "tomorrow, the first of a month, across the end of a year in Seoul and in UTC, a leap day, a year, three and "
        "ten years on.",
        ("--count", 10),
    ),
    "places": Proof(
        "The tests in another place",
        "The fast part of the tests in a folder with blanks and Hangul, in the locale C and three time zones, with "
        "umask 077, without root's capabilities and with a home folder that cannot be written.",
        ("--count", 3),
    ),
    "opensearch_faults": Proof(
        "A sick OpenSearch",
        "A proxy makes a real node slow, overloaded, read-only, refusing or gone: the night commits or names the "
        "address and the reason, and the committed snapshot still answers.",
    ),
    "cluster": Proof(
        "One of three OpenSearch nodes lost",
        "Three real nodes, three shards with a copy each; one node is killed while the next night loads its index and "
        "searches go on.",
    ),
    "workers": Proof(
        "A worker lost while it embeds",
        "One of two worker processes is killed at a point of the part that it embeds, while searches go on: the night "
        "ends with the bytes of an undisturbed one, or says why not and the next one does.",
    ),
    "fanout": Proof(
        "Embedding on two Dask workers",
        "The night under a Prefect server with its texts embedded by two worker processes gives the same bytes as one "
        "process.",
    ),
}


def prove(name: str, proof: Proof, share: float) -> bool:
    """Run one proof and write its section; was there no problem?"""
    command = [sys.executable, "-m", f"tests.proofs.{name}"]
    shown, notes = f"python -m tests.proofs {name}", proof.promise
    if proof.counted and share < 1:
        option, full = proof.counted
        command += [option, str(round(full * share))]
        shown += f" --share {share:g}"
        notes += f" This run took {round(full * share)} of {full}."
    print(f"{name} ...", flush=True)
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    seconds = time.perf_counter() - started
    try:
        proved = Proved.read(done.stdout)
    except (ValueError, TypeError):
        proved = Proved({}, [f"the proof itself broke off with exit code {done.returncode}"])
    figures = [
        Figure(what, f"{value:,}" if isinstance(value, int) else str(value)) for what, value in proved.figures.items()
    ]
    figures += [Figure("minutes", f"{seconds / 60:.1f}"), Figure("problems", str(len(proved.problems)), "0")]
    notes += "".join(f"\n* {problem}" for problem in proved.problems)
    print(write_section(proof.title, shown, figures, notes, FILE, _HEAD))
    return not proved.problems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(PROOFS)}; all by default")
    parser.add_argument("--share", type=float, default=1.0, help="of the full count of kills, faults and nights")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(PROOFS)):
        parser.error(f"no proof {', '.join(unknown)}; there are {', '.join(PROOFS)}")
    good = [prove(name, PROOFS[name], arguments.share) for name in arguments.names or PROOFS]
    raise SystemExit(not all(good))


if __name__ == "__main__":
    main()
