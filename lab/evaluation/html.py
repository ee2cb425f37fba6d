"""The report of a run as one HTML page: per suite a table with a bar, its interval, and the change since then."""

from __future__ import annotations

from html import escape
from itertools import groupby

from lab.evaluation.suites import Figures

_STYLE = (
    "body{font:15px system-ui;margin:2em auto;width:70em;padding:0 1em}table{border-collapse:collapse;width:100%}"
    "td,th{padding:.25rem .5rem;text-align:left;border-bottom:1px solid #ddd}td.n{font-variant-numeric:tabular-nums}"
)
_WIDTH = 200


def page(now: Figures, before: Figures, snapshot: str) -> str:
    """`before` is what was accepted last; a figure that was not measured then has no change."""
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Evaluation of {escape(snapshot)}</title>"
        f"<style>{_STYLE}</style><h1>Evaluation of {escape(snapshot)}</h1>"
        "<p>Bars are values, lines their 95 % bootstrap intervals; changes are since the last accepted run.</p>"
    ]
    for suite, group in groupby(now.items(), key=lambda item: item[0].split(": ")[0]):
        rows = "".join(_row(name.removeprefix(f"{suite}: "), of, before.get(name)) for name, of in group)
        head = "<tr><th>what<th><th>value<th>95 % interval<th>change"
        parts.append(f"<h2>{escape(suite)}</h2><table>{head}{rows}</table>")
    return "\n".join(parts) + "</html>\n"


def _row(name: str, of: dict[str, float], then: dict[str, float] | None) -> str:
    change = f"{of['value'] - then['value']:+.3f}" if then else ""
    return (
        f"<tr><td>{escape(name)}<td>{_bar(of)}<td class=n>{of['value']:.3f}"
        f"<td class=n>{of['low']:.3f} to {of['high']:.3f}<td class=n>{change}"
    )


def _bar(of: dict[str, float]) -> str:
    value, low, high = (round(max(0.0, min(1.0, of[key])) * _WIDTH) for key in ("value", "low", "high"))
    return (
        f"<svg width={_WIDTH} height=14 role=img aria-label='{of['value']:.3f}'>"
        f"<rect width={value} height=14 fill=#8ab />"
        f"<line x1={low} x2={high} y1=7 y2=7 stroke=#123 stroke-width=2 />"
        "</svg>"
    )
