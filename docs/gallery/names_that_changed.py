import polars as pl
from common import Question, bars, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    kinds = frame.group_by(pl.col("kinds").list.join(" + ")).len().sort(["len", "kinds"], descending=[True, False])
    bars(axes, kinds["kinds"].to_list(), kinds["len"].to_list(), unit="firms by the kinds of their names")


QUESTION = Question(
    text="""Which firms go by more than one name?
Names of one firm that differ in more than blanks, legal form and case: a former name, a second one, or a change that
one register has and the other not yet. These are what a search by name has to know.
""",
    query="""
WITH plain AS (
  SELECT firm_id, name, kind, source,
         lower(regexp_replace(name, '\\(주\\)|㈜|주식회사|유한회사|\\(유\\)|[[:space:][:punct:]]', '', 'g')) AS word
  FROM names WHERE kind <> 'english'
)
SELECT f.name, list_sort(list(DISTINCT p.name)) AS names, list_sort(list(DISTINCT p.kind)) AS kinds,
       list_sort(list(DISTINCT p.source)) AS sources
FROM plain p JOIN firms f USING (firm_id) WHERE f.is_corporation
GROUP BY f.firm_id, f.name HAVING count(DISTINCT p.word) > 1
ORDER BY list_contains(kinds, 'former') DESC, count(DISTINCT p.word) DESC, f.name
""",
    plot=plot,
    sources=("krx_listed", "dart"),
    beware=("An English name beside a Korean one in the same register counts as another name.",),
    size=(7, 2.4),
)

if __name__ == "__main__":
    run(QUESTION)
