"""What every question of the gallery shares: the lake it asks, and how its answer is shown."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
import polars as pl
from matplotlib import font_manager
from matplotlib.axes import Axes

from caplake.querying import query_tables
from schemas import clock
from schemas.lake import Lake, Snapshot
from schemas.lake.layout import moment_of
from schemas.lake.reader import committed_snapshots
from schemas.vocabulary import load_vocabulary
from transforms.regions import short_region

SHOWN_ROWS = 10
COLOUR, SECOND, THIRD = "#2f5d8a", "#d98032", "#8a8f98"
_FONTS = ("DejaVu Sans", "NanumGothic", "Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo")

mpl.rcParams.update(
    {
        # Text stays text in the SVG, and the same answer gives the same bytes.
        "svg.fonttype": "none",
        "svg.hashsalt": "caplake",
        # Labels are English; names out of the data need a Korean font, of which a machine may have one or none.
        "font.family": [name for name in _FONTS if name in {font.name for font in font_manager.fontManager.ttflist}],
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "figure.constrained_layout.use": True,
    }
)


@dataclass(frozen=True)
class Question:
    """A question with the way to its answer.

    `text` is the question and what to know of it, first line the question. `query` is SQL, in which {day} stands for
    the snapshot's day, or a function of the snapshot. `sources` are those whose cautions go with the answer, `beware`
    what else does. With `panel` the SQL sees all kept snapshots. A plot may be left out by `plot` being None.
    """

    text: str
    query: str | Callable[[Snapshot], pl.DataFrame]
    plot: Callable[[pl.DataFrame, Axes], None]
    sources: Sequence[str] = ()
    beware: Sequence[str] = ()
    size: tuple[float, float] = (7.0, 4.0)
    panel: bool = False

    @property
    def title(self) -> str:
        return self.text.strip().splitlines()[0]

    @property
    def about(self) -> str:
        return "\n".join(self.text.strip().splitlines()[1:]).strip()

    def answer(self, snapshot: Snapshot) -> pl.DataFrame:
        if callable(self.query):
            return self.query(snapshot)
        names = committed_snapshots(snapshot.lake) if self.panel else [snapshot.name]
        asked = [Snapshot(snapshot.lake, name) for name in names]
        return query_tables(asked, self.sql(snapshot), panel=self.panel)

    def sql(self, snapshot: Snapshot) -> str:
        assert isinstance(self.query, str)
        return self.query.strip().replace("{day}", day_of(snapshot).isoformat())

    def cautions(self, snapshot: Snapshot) -> list[str]:
        """What the sources say to beware of, then what the question itself says."""
        manifest = snapshot.manifest
        told = [
            f"`{name}` ({manifest.sources[name].as_of or 'no date'}): {caution.en}"
            for name in self.sources
            if name in manifest.sources
            for caution in manifest.sources[name].about.cautions
        ]
        return [*told, *self.beware]

    def draw(self, frame: pl.DataFrame, path: Path) -> None:
        """The plot as SVG; an answer without rows says so."""
        figure, axes = plt.subplots(figsize=self.size)
        if frame.is_empty():
            axes.text(0.5, 0.5, "no rows in this snapshot", ha="center")
            axes.set_axis_off()
        else:
            self.plot(frame, axes)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def run(question: Question) -> None:
    """Ask a lake and show the answer; the main program of every script."""
    parser = argparse.ArgumentParser(description=question.title)
    parser.add_argument("--lake", default="./lake")
    parser.add_argument("--plot", type=Path, default=None, help="where the SVG goes; none is drawn without")
    options = parser.parse_args()
    snapshot = Snapshot.current(Lake(options.lake))
    frame = question.answer(snapshot)
    with pl.Config(tbl_rows=30, tbl_cols=-1, fmt_str_lengths=50):
        print(question.title, frame, sep="\n")
    for caution in question.cautions(snapshot):
        print(f"beware: {caution}")
    if options.plot:
        question.draw(frame, options.plot)


def day_of(snapshot: Snapshot) -> date:
    """The night's date in Seoul: what "today" means in the gallery, so that an answer belongs to its snapshot."""
    return clock.day_in_seoul(moment_of(snapshot.name))


def field_name(field: str) -> str:
    return load_vocabulary().field[field].short("en")


def concept_name(concept: str) -> str:
    return load_vocabulary().concept[concept].name("en")


def province_name(code: str | None) -> str:
    return (short_region(code, "en") or code) if code else "unknown"


def bars(axes: Axes, labels: Sequence[str], values: Sequence[float], *, colour: str = COLOUR, unit: str = "") -> None:
    """Horizontal bars, the first on top, each with its number."""
    places = range(len(labels))
    axes.barh(places, values, color=colour)
    axes.set_yticks(places, labels)
    axes.invert_yaxis()
    axes.set_xlabel(unit)
    shares = any(value % 1 for value in values)
    for place, value in zip(places, values, strict=True):
        axes.text(value, place, f" {value:.0%}" if shares else f" {value:,}", va="center")
    axes.margins(x=0.12)


def heatmap(axes: Axes, table: pl.DataFrame, rows: str, columns: str, value: str) -> None:
    """Counts of two labels; both in order of their sums."""
    names = [
        table.group_by(label).agg(pl.col(value).sum()).sort([value, label], descending=[True, False])[label].to_list()
        for label in (rows, columns)
    ]
    counts = {(row[rows], row[columns]): row[value] for row in table.to_dicts()}
    grid = [[counts.get((row, column), 0) for column in names[1]] for row in names[0]]
    axes.imshow([[number**0.5 for number in line] for line in grid], cmap="Blues", aspect="auto")
    axes.set_xticks(range(len(names[1])), names[1], rotation=60, ha="right")
    axes.set_yticks(range(len(names[0])), names[0])
    most = max(max(line) for line in grid)
    for i, line in enumerate(grid):
        for j, number in enumerate(line):
            if number:
                axes.text(j, i, f"{number}", ha="center", va="center", size=7, color="w" if number > most / 3 else "k")
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
