import polars as pl
from common import Question, run
from matplotlib.axes import Axes

from schemas.lake import Snapshot

ASKED = (
    "region_code",
    "products",
    "business_no",
    "established",
    "homepage",
    "industry",
    "certification",
    "applicant_no",
)


def coverage(snapshot: Snapshot) -> pl.DataFrame:
    """Share of a register's records that fill each column, in Polars; a column that it lacks is filled in none."""
    rows = []
    for source in sorted(snapshot.manifest.sources):
        table = snapshot.table(f"sources/{source}")
        filled = {
            name: 1 - table[name].null_count() / max(table.height, 1) if name in table.columns else 0.0
            for name in ASKED
        }
        rows.append({"source": source, "records": table.height, **filled})
    return pl.DataFrame(rows)


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    shares = frame.select(ASKED).rows()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(ASKED)), ASKED, rotation=40, ha="right")
    axes.set_yticks(range(frame.height), frame["source"].to_list())
    for i, row in enumerate(shares):
        for j, share in enumerate(row):
            axes.text(
                j, i, f"{share:.0%}" if share else "-", ha="center", va="center", color="w" if share > 0.6 else "k"
            )


QUESTION = Question(
    text="""What does each register tell, and where is it blind?
Share of the records of each register that fill a column.
""",
    query=coverage,
    plot=plot,
    sources=("smart_factory_suppliers", "venture", "krx_listed", "dart", "kipris_applicants", "kipris_patents"),
    size=(8, 3.6),
)

if __name__ == "__main__":
    run(QUESTION)
