import polars as pl
from common import Question, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    for name in ("firms", "registered_suppliers", "with_evidence"):
        axes.plot(frame["snapshot"], frame[name], "o-", label=name.replace("_", " "))
    axes.set_ylim(bottom=0)
    axes.tick_params(axis="x", rotation=20)
    axes.legend(frameon=False)


QUESTION = Question(
    text="""How did the lake itself change from snapshot to snapshot?
A panel over all snapshots that are kept (`caplake run --keep N` keeps more).
""",
    query="""
SELECT snapshot, count(*) AS firms, count(*) FILTER (WHERE is_registered_supplier) AS registered_suppliers,
       count(*) FILTER (WHERE statement_count > 0) AS with_evidence, count(*) FILTER (WHERE is_designated) AS designated
FROM firms GROUP BY snapshot ORDER BY snapshot
""",
    plot=plot,
    panel=True,
    beware=("A register that came in or a better link changes these numbers as much as the firms do.",),
    size=(7, 3),
)

if __name__ == "__main__":
    run(QUESTION)
