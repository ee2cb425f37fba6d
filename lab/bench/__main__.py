"""`python -m lab.bench [NAME ...]`: run benchmarks and write their sections of docs/benchmarks.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from lab.bench import bundled
from lab.bench.limits import limits
from lab.bench.load import load
from lab.bench.reading import reading
from lab.bench.report import Figure, write_section
from lab.bench.scale import scale

_SLOW: Final = ("limits", "load", "opensearch", "reading", "scale", "peers")
_SIZED: Final = ("scale", "peers")
Benchmark = Callable[[argparse.Namespace], list[Figure]]


def _beside_peers(arguments: argparse.Namespace) -> list[Figure]:
    from lab.bench.peers import beside_peers

    return beside_peers(max(arguments.firms))


BENCHMARKS: Mapping[str, tuple[str, Benchmark]] = {
    "night": ("The night on the bundled registers", lambda _: bundled.night()),
    "answers": ("Answers on the bundled registers", lambda a: bundled.answers(a.lake, "embedded")),
    "opensearch": ("Answers on the bundled registers, OpenSearch", lambda a: bundled.answers(a.lake, "opensearch")),
    "load": ("The API under load", lambda a: load(a.lake, a.seconds, a.callers)),
    "limits": ("Limits of the machine", lambda _: limits()),
    "reading": ("Reading big registers", lambda _: reading()),
    "scale": ("Scale, generated registers", lambda a: scale(a.firms)),
    "peers": ("Beside peers, generated registers", _beside_peers),
    "embedding": ("Embedding", lambda a: bundled.embedding(a.lake)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(BENCHMARKS)}; the quick ones by default")
    parser.add_argument("--lake", default="./lake")
    parser.add_argument(
        "--firms", type=int, nargs="+", default=[10_000, 100_000], help="sizes for `scale`; the largest for `peers`"
    )
    parser.add_argument("--seconds", type=float, default=600, help="of `load`, by each engine")
    parser.add_argument("--callers", type=int, default=2, help="of `load`, at the same time")
    arguments = parser.parse_args()
    for name in arguments.names or [name for name in BENCHMARKS if name not in _SLOW]:
        title, benchmark = BENCHMARKS[name]
        sizes = f" --firms {' '.join(map(str, arguments.firms))}" if name in _SIZED else ""
        print(write_section(title, f"python -m lab.bench {name}{sizes}", benchmark(arguments)))


if __name__ == "__main__":
    main()
