from common import Question, bars, run

QUESTION = Question(
    text="""Where do the sources disagree about a firm?
Firms with values from two sources or more for an attribute, and how many of them have more than one distinct value.
Homepages are compared without http and www, places by province: registers give them as finely as they like.
""",
    query=r"""
SELECT attribute, count(*) AS firms_with_several_sources,
       count(*) FILTER (WHERE n_values > 1) AS disagree, round(disagree / count(*), 3) AS share
FROM (SELECT firm_id, attribute, count(DISTINCT source) AS n_sources, count(DISTINCT word) AS n_values
      FROM (SELECT *, CASE attribute
                WHEN 'region_code' THEN left(value, 2)
                WHEN 'homepage' THEN rtrim(regexp_replace(lower(value), '^(https?://)?(www\.)?', ''), '/')
                ELSE value END AS word
            FROM attributes)
      GROUP BY ALL HAVING n_sources > 1)
WHERE attribute NOT IN ('country', 'name', 'address') GROUP BY attribute ORDER BY share DESC, attribute
""",
    plot=lambda frame, axes: bars(
        axes, frame["attribute"].to_list(), frame["share"].to_list(), unit="share of firms whose sources disagree"
    ),
    sources=("dart", "krx_listed"),
    beware=(
        "The sources speak of different days, and write the same thing differently (an address, a market): not every "
        "disagreement is an error. `attributes.rule` says why a value was chosen.",
    ),
    size=(7, 2.8),
)

if __name__ == "__main__":
    run(QUESTION)
