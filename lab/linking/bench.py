"""A million records linked, and splink beside on the same records and the same blocks.

    python -m lab.linking.bench [--records 1000000] [--without-splink] [--json]

Each runs in a process of its own: seconds from the table of strings to clusters (of the processor too, for machines
that others use), most memory it held, and precision and recall of
its clusters against the truth the records were generated from.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import polars as pl

from flows.standalone import resolve_records, standalone_records
from lab.linking.evaluate import pairs_of, registers, share
from lab.linking.generated import generated_records
from transforms.linking.prepare import prepared

_SEED: Final = 1
_DRAWN_FROM: Final = ("kipris_applicants", "smart_factory_suppliers", "venture", "dart")
_SPLINK_THRESHOLDS: Final = (0.95, 0.99, 0.999)
_BLOCKS: Final = {
    "by_name": (["sound"], 40),
    "by_key": (["match_key"], 40),
    "by_site": (["site"], 12),
    "by_start": (["city", "start"], 20),
    "by_end": (["city", "end"], 20),
    "by_longer": (["province", "longer"], 20),
    "by_day": (["established", "city"], 12),
    "by_street": (["city", "street", "first"], 20),
}


def bench(count: int, with_splink: bool) -> dict[str, Any]:
    """Figures of both, over the same records."""
    tables = registers()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.parquet"
        generated_records(count, [tables[name] for name in _DRAWN_FROM], _SEED).write_parquet(path)
        runs: dict[str, Callable[[Path], dict[str, Any]]] = {"caplake": _ours}
        if with_splink:
            runs["splink"] = _splink
        return {"records": count, **{name: _alone(run, path) for name, run in runs.items()}}


def _alone(run: Callable[[Path], dict[str, Any]], path: Path) -> dict[str, Any]:
    """Run in a fresh process, so that memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(run, (path,))


def _ours(path: Path) -> dict[str, Any]:
    raw = pl.read_parquet(path)
    started = _now()
    links = resolve_records(raw.drop("truth"))
    seconds = _since(started)
    frame = raw.select("record_id", "truth").join(links, on="record_id")
    return {
        **seconds,
        **{
            tier: _exactness(frame, column)
            for tier, column in (("same", "firm_same"), ("same + probable", "firm_probable"))
        },
    }


def _splink(path: Path) -> dict[str, Any]:
    """splink after its guide: estimated u and m, term frequencies, clusters at three thresholds; normalised by us."""
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    raw = pl.read_parquet(path)
    started = _now()
    table = _for_splink(raw.drop("truth"))
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(name) for name in _BLOCKS],
        comparisons=[
            cl.JaroWinklerAtThresholds("sound", [0.95, 0.88]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("province").configure(term_frequency_adjustments=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.ExactMatch("street"),
            cl.ExactMatch("site").configure(term_frequency_adjustments=True),
            cl.ExactMatch("established"),
            cl.ExactMatch("product"),
        ],
    )
    linker = Linker(api.register(table.to_arrow()), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("by_name", "city"), block_on("by_site")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for rule in (block_on("by_name"), block_on("by_site")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predictions = linker.inference.predict(threshold_match_probability=min(_SPLINK_THRESHOLDS))
    clusters = {
        threshold: linker.clustering.cluster_pairwise_predictions_at_threshold(
            predictions, threshold_match_probability=threshold
        )
        for threshold in _SPLINK_THRESHOLDS[:1]
    }
    seconds = _since(started)
    for threshold in _SPLINK_THRESHOLDS[1:]:
        clusters[threshold] = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predictions, threshold_match_probability=threshold
        )
    told = dict(seconds)
    for threshold, found in clusters.items():
        labels = pl.DataFrame(found.as_pandas_dataframe()).select(  # type: ignore[no-untyped-call]
            record_id="unique_id", firm="cluster_id"
        )
        told[f"at {threshold}"] = _exactness(raw.select("record_id", "truth").join(labels, on="record_id"), "firm")
    return told


def _for_splink(raw: pl.DataFrame) -> pl.DataFrame:
    """Our normalised columns and one key column per block, empty where the block is over our limit."""
    table = prepared(standalone_records(raw)).with_columns(
        first=pl.col("sound").str.slice(0, 1),
        start=pl.col("sound").str.slice(0, 2),
        end=pl.col("sound").str.slice(-3),
        longer=pl.when(pl.col("sound").str.len_chars() >= 4).then(pl.col("sound").str.slice(0, 4)),
        established=pl.col("established").cast(pl.String),
    )
    keys = [
        pl.when(pl.len().over(columns) <= limit).then(pl.concat_str(columns, separator="|")).alias(name)
        for name, (columns, limit) in _BLOCKS.items()
    ]
    return table.select(
        "sound", "province", "city", "street", "site", "established", "product", *keys, unique_id="record_key"
    )


def _now() -> tuple[float, float]:
    """Time on the wall and of the processor, all threads."""
    return time.perf_counter(), time.process_time()


def _since(started: tuple[float, float]) -> dict[str, Any]:
    wall, processor = _now()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {
        "seconds": round(wall - started[0], 1),
        "processor seconds": round(processor - started[1], 1),
        "most memory, GiB": round(peak, 2),
    }


def _exactness(frame: pl.DataFrame, column: str) -> dict[str, Any]:
    proposed = pairs_of(frame, column)
    right = int((frame["truth"].gather(proposed["row"]) == frame["truth"].gather(proposed["row_right"])).sum())
    found, kept = share(right, proposed.height), share(right, pairs_of(frame, "truth").height)
    return {"precision": round(found.value, 5), "recall": round(kept.value, 4), "pairs": proposed.height}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--without-splink", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = bench(arguments.records, not arguments.without_splink)
    if arguments.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, part in figures.items():
            print(
                f"{name}: {part}"
                if not isinstance(part, dict)
                else f"{name}\n" + "\n".join(f"  {k}: {v}" for k, v in part.items())
            )
