"""Draws the statements on which tags are judged: `python -m lab.evaluation.tag_sample --lake ./lake --out FOLDER`.

Distinct statements of a lake, stratified by kind and, as the tagger of that day saw them, by field or as untagged.
Half are for development, half are held out. Written are `data/tag_sample.jsonl` with the strata and, for blind
judges, `FOLDER/tags_dev.jsonl` and `FOLDER/tags_heldout.jsonl`, shuffled and without a word of what we think of them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from lab.evaluation.needs import DATA
from schemas.lake import Lake, Snapshot
from transforms.trades import is_technical

SAMPLE_FILE: Final = DATA / "tag_sample.jsonl"
SEED: Final = 20261201
PER_FIELD: Final = 17
UNTAGGED: Final = {
    ("product", True): 126,
    ("product", False): 45,
    ("patent", True): 55,
    ("patent", False): 25,
    ("industry", True): 34,
    ("industry", False): 15,
}
"""Untagged statements per kind, and whether their words are those of a technical trade."""


def statements(snapshot: Snapshot) -> pl.DataFrame:
    """Distinct statements: text, kind, source, `stratum` (field or `untagged`), `technical`."""
    said = snapshot.table("capabilities", ["text", "kind", "source", "fields"])
    rarity = dict(said.explode("fields").drop_nulls("fields").group_by("fields").len().iter_rows())
    rarest = pl.col("fields").map_elements(
        lambda fields: min(fields, key=lambda field: (rarity[field], field), default="untagged"), return_dtype=pl.String
    )
    distinct = said.sort("text", "kind", "source").unique(["text", "kind"], keep="first", maintain_order=True)
    return distinct.with_columns(stratum=rarest, technical=is_technical("text")).drop("fields")


def draw(rows: Sequence[Mapping[str, Any]], seed: int = SEED) -> list[dict[str, Any]]:
    """Seeded sample with `id`, `side` and `weight`: how many statements of the lake a drawn one stands for."""
    chance = random.Random(seed)  # noqa: S311
    cells: dict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        cells[(row["stratum"], row["kind"], str(row["technical"]) if row["stratum"] == "untagged" else "")].append(row)
    drawn: list[dict[str, Any]] = []
    for (stratum, kind, technical), size in sorted(_sizes(cells).items()):
        cell = cells[(stratum, kind, technical)]
        chosen = chance.sample(cell, size)
        drawn += [{**row, "weight": round(len(cell) / size, 3)} for row in chosen]
    chance.shuffle(drawn)
    # Sides are dealt within strata, so that both halves hold each of them.
    drawn.sort(key=lambda row: (row["stratum"], row["kind"], row["technical"]))
    sided = [{**row, "side": ("dev", "heldout")[number % 2]} for number, row in enumerate(drawn)]
    chance.shuffle(sided)
    return [{"id": f"T{number:03}", **row} for number, row in enumerate(sided, 1)]


def _sizes(cells: Mapping[tuple[str, ...], Sequence[Any]]) -> dict[tuple[str, ...], int]:
    """Statements to draw per cell: those of a field are taken from its kinds in turn while they last."""
    sizes: dict[tuple[str, ...], int] = {}
    for (kind, technical), size in UNTAGGED.items():
        untagged = ("untagged", kind, str(technical))
        sizes[untagged] = min(size, len(cells.get(untagged, ())))
    for stratum in sorted({cell[0] for cell in cells} - {"untagged"}):
        own = sorted(cell for cell in cells if cell[0] == stratum)
        wanted = min(PER_FIELD, sum(len(cells[cell]) for cell in own))
        while wanted:
            for cell in own:
                if wanted and sizes.get(cell, 0) < len(cells[cell]):
                    sizes[cell] = sizes.get(cell, 0) + 1
                    wanted -= 1
    return {cell: size for cell, size in sizes.items() if size}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation.tag_sample", description=__doc__)
    parser.add_argument("--lake", default="./lake")
    parser.add_argument("--out", type=Path, required=True, help="folder for the judges' files")
    options = parser.parse_args(arguments)
    sample = draw(statements(Snapshot.current(Lake(options.lake))).to_dicts())
    SAMPLE_FILE.write_text(_lines(sample), encoding="utf-8")
    options.out.mkdir(parents=True, exist_ok=True)
    for side in ("dev", "heldout"):
        blind = [{k: row[k] for k in ("id", "text", "kind", "source")} for row in sample if row["side"] == side]
        (options.out / f"tags_{side}.jsonl").write_text(_lines(blind), encoding="utf-8")
        print(f"{side}: {len(blind)} statements")
    return 0


def _lines(rows: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
