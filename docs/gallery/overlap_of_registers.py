import polars as pl
from common import Question, bars, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    most = frame.head(12)
    labels = most["registers"].str.replace_all("smart_factory_suppliers", "suppliers").str.replace_all("kipris_", "")
    bars(axes, labels.to_list(), most["firms"].to_list(), unit="firms")


QUESTION = Question(
    text="""How far do the registers overlap?
Each firm counts once, under the set of registers that it has a record in: suppliers that are venture firms, listed
firms that apply for patents, and so on.
""",
    query="""
SELECT registers, count(*) AS firms
FROM (SELECT firm_id, string_agg(DISTINCT split_part(record_key, ':', 1), ' + ' ORDER BY split_part(record_key, ':', 1))
             AS registers
      FROM links WHERE tier <> 'review' GROUP BY firm_id)
GROUP BY registers ORDER BY firms DESC, registers
""",
    plot=plot,
    sources=("smart_factory_suppliers", "venture", "kipris_applicants"),
    beware=(
        "Registers without numbers are linked by name and place: an overlap that is not found is counted as none.",
    ),
    size=(8, 4),
)

if __name__ == "__main__":
    run(QUESTION)
