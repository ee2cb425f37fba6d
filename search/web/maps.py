"""The map of provinces as SVG paths, out of the bundled TopoJSON (통계청 SGIS 2018, KOGL type 1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import cos, radians
from pathlib import Path
from typing import Any, Final

Point = tuple[float, float]

_FILE: Final = Path(__file__).parent / "provinces-2018-topo.json"
_WIDTH: Final = 400
_MIDDLE_LATITUDE: Final = radians(36)
_LEAST_STEP: Final = 3
"""Pixels between two points of an outline; finer is not seen and costs every reader bytes."""

# Middle tones, so that the picture can be seen on light and on dark.
_MARKED: Final = "#b3541e"
_UNMARKED: Final = "#8ea4b2"

# Codes of the map are Statistics Korea's; ours are legal-district codes (source-contracts, 10.5).
LEGAL_CODES: Final = {
    "11": "11",
    "21": "26",
    "22": "27",
    "23": "28",
    "24": "29",
    "25": "30",
    "26": "31",
    "29": "36",
    "31": "41",
    "32": "51",
    "33": "43",
    "34": "44",
    "35": "52",
    "36": "46",
    "37": "47",
    "38": "48",
    "39": "50",
}


@dataclass(frozen=True)
class Province:
    """`code` is the two-digit legal-district code, `path` an SVG path in the map's box."""

    code: str
    path: str


@dataclass(frozen=True)
class ProvinceMap:
    width: int
    height: int
    provinces: tuple[Province, ...]


@cache
def province_map() -> ProvinceMap:
    """All 17 provinces, scaled to a box of width 400, near points merged."""
    topology = json.loads(_FILE.read_text(encoding="utf-8"))
    arcs = [_absolute(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes = next(iter(topology["objects"].values()))["geometries"]
    rings = {LEGAL_CODES[shape["properties"]["code"]]: list(_rings(shape, arcs)) for shape in shapes}
    project, height = _projection(point for found in rings.values() for ring in found for point in ring)
    drawn = (
        Province(code, "".join(_path([project(p) for p in ring]) for ring in found))
        for code, found in sorted(rings.items())
    )
    return ProvinceMap(_WIDTH, height, tuple(drawn))


def province_svg(marked: str) -> str:
    """The map as a picture of its own, one province marked by its code; none where the code is not known."""
    drawn = province_map()
    shapes = "".join(
        f'<path d="{p.path}" fill="{_MARKED if p.code == marked else _UNMARKED}" stroke="#fff"/>'
        for p in drawn.provinces
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.width} {drawn.height}">{shapes}</svg>'


def _absolute(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    xs, ys = accumulate(p[0] for p in arc), accumulate(p[1] for p in arc)
    return [(x * sx + tx, y * sy + ty) for x, y in zip(xs, ys, strict=True)]


def _rings(shape: dict[str, Any], arcs: list[list[Point]]) -> Iterable[list[Point]]:
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    for polygon in polygons:
        for ring in polygon:
            # A negative arc runs backwards and counts from -1 (~i).
            yield [point for i in ring for point in (arcs[i] if i >= 0 else arcs[~i][::-1])]


def _projection(points: Iterable[Point]) -> tuple[Any, int]:
    """Equirectangular around 36° N, into the box; returns the function and the box's height."""
    listed = [(x * cos(_MIDDLE_LATITUDE), y) for x, y in points]
    left, top = min(x for x, _ in listed), max(y for _, y in listed)
    scale = _WIDTH / (max(x for x, _ in listed) - left)
    height = round((top - min(y for _, y in listed)) * scale)
    return (lambda p: (round((p[0] * cos(_MIDDLE_LATITUDE) - left) * scale), round((top - p[1]) * scale))), height


def _path(points: list[Point]) -> str:
    kept: list[Point] = []
    for x, y in points:
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= _LEAST_STEP:
            kept.append((x, y))
    if len(kept) < 4:  # an islet of a few pixels
        return ""
    return "M" + "L".join(f"{x} {y}" for x, y in kept) + "Z"
