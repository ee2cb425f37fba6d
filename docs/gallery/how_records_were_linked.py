import polars as pl
from common import Question, bars, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    labels = [f"{row['rule']} ({row['tier']})" for row in frame.to_dicts()]
    bars(axes, labels, frame["records"].to_list(), unit="records")
    axes.set_xscale("symlog")


QUESTION = Question(
    text="""How were records of different registers found to be one firm?
Links by rule and tier: identifiers are certain, the others have a probability.
""",
    query="""
SELECT rule, tier, count(*) AS records, round(avg(score), 4) AS mean_probability
FROM links WHERE rule <> 'alone' GROUP BY ALL ORDER BY records DESC, rule, tier
""",
    plot=plot,
    beware=("Filter `links.tier = 'same'` where a wrong firm would do harm.",),
)

if __name__ == "__main__":
    run(QUESTION)
