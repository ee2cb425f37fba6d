"""`python -m caplake.bench [NAME ...]`: run benchmarks and write their sections of docs/benchmarks.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from caplake.bench import bundled
from caplake.bench.report import Figure, write_section
from caplake.bench.scale import scale

Benchmark = Callable[[argparse.Namespace], list[Figure]]

BENCHMARKS: Mapping[str, tuple[str, Benchmark]] = {
    "night": ("The night on the bundled registers", lambda _: bundled.night()),
    "answers": ("Answers on the bundled registers", lambda a: bundled.answers(a.lake, "embedded")),
    "opensearch": ("Answers on the bundled registers, OpenSearch", lambda a: bundled.answers(a.lake, "opensearch")),
    "scale": ("Scale, generated registers", lambda a: scale(a.firms)),
    "embedding": ("Embedding", lambda a: bundled.embedding(a.lake)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", help=f"which: {', '.join(BENCHMARKS)}; all but opensearch and scale by default"
    )
    parser.add_argument("--lake", default="./lake")
    parser.add_argument("--firms", type=int, nargs="+", default=[10_000, 100_000], help="sizes for `scale`")
    arguments = parser.parse_args()
    for name in arguments.names or [name for name in BENCHMARKS if name not in ("opensearch", "scale")]:
        title, benchmark = BENCHMARKS[name]
        print(write_section(title, f"python -m caplake.bench {name}", benchmark(arguments)))


if __name__ == "__main__":
    main()
