import polars as pl
from common import Question, field_name, heatmap, province_name, run

QUESTION = Question(
    text="""Which provinces have firms in which field?
Firms count in every field that their own statements are tagged with, in the province of their head office.
""",
    query="""
SELECT left(region_code, 2) AS province, field, count(*) AS firms
FROM (SELECT region_code, unnest(fields) AS field FROM firms WHERE country = 'KR')
WHERE province IS NOT NULL AND field <> 'other'
GROUP BY ALL ORDER BY firms DESC, province, field
""",
    plot=lambda frame, axes: heatmap(
        axes,
        frame.with_columns(
            frame["province"].map_elements(province_name, return_dtype=pl.String),
            frame["field"].map_elements(field_name),
        ),
        "field",
        "province",
        "firms",
    ),
    sources=("venture", "krx_listed"),
    beware=("Firms without any statement are in no field; most registered suppliers are among them.",),
    size=(9, 5.5),
)

if __name__ == "__main__":
    run(QUESTION)
