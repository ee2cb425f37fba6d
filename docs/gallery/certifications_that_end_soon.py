import polars as pl
from common import Question, bars, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    weeks = frame.group_by(pl.col("valid_to").dt.truncate("1w")).len().sort("valid_to")
    bars(axes, [f"week of {day}" for day in weeks["valid_to"]], weeks["len"].to_list(), unit="certifications that end")


QUESTION = Question(
    text="""Whose certification ends within 90 days?
Counted from the day of the snapshot; a firm that holds a later one of the same scheme is left out.
""",
    query="""
SELECT f.name, f.region, c.scheme, arg_max(c.number, c.valid_to) AS number, max(c.valid_to) AS valid_to
FROM certifications c JOIN firms f USING (firm_id)
WHERE f.is_corporation
GROUP BY f.firm_id, f.name, f.region, c.scheme
HAVING max(c.valid_to) BETWEEN DATE '{day}' AND DATE '{day}' + INTERVAL 90 DAY
ORDER BY valid_to, f.name
""",
    plot=plot,
    sources=("venture",),
    beware=("The list may be older than a renewal: ask the firm before you act on it.",),
)

if __name__ == "__main__":
    run(QUESTION)
