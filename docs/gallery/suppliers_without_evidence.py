import polars as pl
from common import SECOND, THIRD, Question, province_name, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    names = [province_name(code) for code in frame["province"]]
    known = frame["suppliers"] - frame["without_evidence"]
    axes.bar(names, frame["without_evidence"], color=THIRD, label="nothing known of what they do")
    axes.bar(names, known, bottom=frame["without_evidence"], color=SECOND, label="with evidence")
    axes.tick_params(axis="x", rotation=60)
    axes.set_ylabel("registered suppliers")
    axes.legend(frameon=False)


QUESTION = Question(
    text="""Of how many registered suppliers is it known what they can do?
A supplier counts as known where some register has a statement of a product, a project or a patent of it.
""",
    query="""
SELECT left(region_code, 2) AS province, count(*) AS suppliers,
       count(*) FILTER (WHERE statement_count = 0) AS without_evidence,
       round(without_evidence / suppliers, 3) AS share_without
FROM firms WHERE is_registered_supplier
GROUP BY province ORDER BY suppliers DESC, province
""",
    plot=plot,
    sources=("smart_factory_suppliers",),
    beware=("No evidence here means none in these registers; it says nothing against the firm.",),
    size=(8, 4),
)

if __name__ == "__main__":
    run(QUESTION)
