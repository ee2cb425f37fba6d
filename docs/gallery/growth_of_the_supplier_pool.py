import polars as pl
from common import Question, field_name, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    most = frame.group_by("field").agg(pl.col("confirmed").max()).sort(["confirmed", "field"], descending=[True, False])
    for field in most["field"][:7]:
        line = frame.filter(pl.col("field") == field)
        axes.plot(line["month"], line["confirmed"], label=field_name(field))
    axes.set_ylabel("venture firms confirmed so far")
    axes.legend(frameon=False, fontsize=7)


QUESTION = Question(
    text="""How did the pool of venture firms in the fields grow?
Confirmations in force, added up by the month their validity began, for each field that the firm's products are tagged
with.
""",
    query="""
SELECT month, field, CAST(sum(firms) OVER (PARTITION BY field ORDER BY month) AS BIGINT) AS confirmed
FROM (SELECT month, field, count(DISTINCT firm_id) AS firms
      FROM (SELECT date_trunc('month', valid_from)::DATE AS month, unnest(f.fields) AS field, firm_id
            FROM certifications c JOIN firms f USING (firm_id)
            WHERE c.scheme = 'venture' AND valid_from IS NOT NULL)
      GROUP BY ALL)
WHERE field <> 'other' ORDER BY field, month
""",
    plot=plot,
    sources=("venture",),
    beware=(
        "Only confirmations still in force are listed, and from 2025-04 the list of new ones comes in: a bend there "
        "is the lists', not the market's.",
    ),
)

if __name__ == "__main__":
    run(QUESTION)
