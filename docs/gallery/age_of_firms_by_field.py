import polars as pl
from common import COLOUR, Question, field_name, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    rows = frame.sort("median")
    places = range(rows.height)
    axes.hlines(places, rows["lower_quarter"], rows["upper_quarter"], color=COLOUR, linewidth=5, alpha=0.5)
    axes.plot(rows["median"], places, "o", color=COLOUR)
    axes.set_yticks(places, [f"{field_name(r['field'])} ({r['firms']})" for r in rows.to_dicts()])
    axes.set_xlabel("year of establishment: middle half and median")


QUESTION = Question(
    text="""How old are the firms of each field?
Year of establishment of firms that have one: middle half and median.
""",
    query="""
SELECT field, count(*) AS firms, quantile_disc(year, 0.25) AS lower_quarter, quantile_disc(year, 0.5) AS median,
       quantile_disc(year, 0.75) AS upper_quarter
FROM (SELECT unnest(fields) AS field, year(established) AS year FROM firms WHERE established IS NOT NULL)
WHERE field <> 'other' GROUP BY field HAVING firms >= 5 ORDER BY median DESC, field
""",
    plot=plot,
    sources=("dart",),
    beware=("Only listed firms give the day: venture firms are younger than this.",),
)

if __name__ == "__main__":
    run(QUESTION)
