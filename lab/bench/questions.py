"""A question of analysts, asked of the Parquet files in several ways: how many firms of each province say what."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from lab.bench.report import Figure
from schemas.lake import Lake, Snapshot

Paths = Mapping[str, str]
Way = Callable[[Paths], int]
"""From the tables' files to the rows of the answer."""

_QUESTION: Final = """
SELECT region_code[1:2] AS province, field, count(DISTINCT firm_id) AS firms
FROM (SELECT firm_id, unnest(fields) AS field FROM read_parquet('{capabilities}'))
JOIN read_parquet('{firms}') USING (firm_id) GROUP BY ALL
"""


def questions(lake: str, ways: Mapping[str, Way]) -> list[Figure]:
    """Seconds of each way, best of three. Raises ValueError where they do not agree."""
    snapshot = Snapshot.current(Lake(lake))
    paths = {name: str(Path(lake) / f"snapshots/{snapshot.name}/{name}.parquet") for name in ("capabilities", "firms")}
    if len({way(paths) for way in ways.values()}) != 1:
        raise ValueError(f"{', '.join(ways)} do not agree on the answer")
    return [
        Figure(
            f"firms by province and field, {name}",
            f"{min(_seconds(way, paths) for _ in range(3)):.2f} s",
            "at most 1 s" if name in PROMISED else "",
        )
        for name, way in ways.items()
    ]


def _by_duckdb(paths: Paths) -> int:
    return len(duckdb.execute(_QUESTION.format(**paths)).fetchall())


def _by_polars(paths: Paths) -> int:
    stated = pl.scan_parquet(paths["capabilities"]).select("firm_id", field="fields").explode("field").unique()
    firms = pl.scan_parquet(paths["firms"]).select("firm_id", province=pl.col("region_code").str.head(2))
    answer = stated.drop_nulls("field").join(firms, on="firm_id").group_by("province", "field").len()
    return answer.collect().height


def _by_pandas(paths: Paths) -> int:
    import pandas as pd  # of the extra `bench`

    stated = pd.read_parquet(paths["capabilities"], columns=["firm_id", "fields"]).explode("fields")
    firms = pd.read_parquet(paths["firms"], columns=["firm_id", "region_code"])
    joined = stated.dropna(subset=["fields"]).drop_duplicates().merge(firms, on="firm_id")
    joined["province"] = joined["region_code"].str[:2]
    return int(joined.groupby(["province", "fields"], dropna=False).ngroups)


def _seconds(way: Way, paths: Paths) -> float:
    started = time.perf_counter()
    way(paths)
    return time.perf_counter() - started


WAYS: Final[Mapping[str, Way]] = {"DuckDB": _by_duckdb, "Polars": _by_polars, "pandas": _by_pandas}
PROMISED: Final = ("DuckDB", "Polars")
