import polars as pl
from common import Question, field_name, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    names = [field_name(field) for field in frame["field"]]
    axes.scatter(frame["capital_share"], frame["hhi"], s=frame["firms"] / 2, alpha=0.6)
    for name, x, y in zip(names, frame["capital_share"], frame["hhi"], strict=True):
        axes.annotate(name, (x, y), size=7)
    axes.set_xlabel("share of firms in Seoul, Incheon and Gyeonggi")
    axes.set_ylabel("Herfindahl index over provinces")


QUESTION = Question(
    text="""How concentrated is each field in few provinces?
The Herfindahl index is the sum of squared shares of the provinces: 1 where all firms are in one, 0.06 where 17 share
evenly.
""",
    query="""
WITH placed AS (
  SELECT unnest(fields) AS field, left(region_code, 2) AS province FROM firms WHERE region_code IS NOT NULL
), counted AS (SELECT field, province, count(*) AS n FROM placed WHERE field <> 'other' GROUP BY ALL)
SELECT field, CAST(sum(n) AS BIGINT) AS firms, round(sum((n / total) ** 2), 3) AS hhi,
       round(sum(n / total) FILTER (WHERE province IN ('11', '28', '41')), 3) AS capital_share
FROM (SELECT *, sum(n) OVER (PARTITION BY field) AS total FROM counted)
GROUP BY field HAVING firms >= 10 ORDER BY hhi DESC, field
""",
    plot=plot,
    sources=("venture", "krx_listed"),
    beware=("Head offices are more concentrated than plants and service staff.",),
    size=(8, 5),
)

if __name__ == "__main__":
    run(QUESTION)
