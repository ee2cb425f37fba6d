import polars as pl
from common import COLOUR, SECOND, THIRD, Question, field_name, run
from matplotlib.axes import Axes

BANDS = {"one firm": SECOND, "2 to 4 firms": THIRD, "5 or more": COLOUR}


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    firms = pl.col("firms")
    band = pl.when(firms == 1).then(pl.lit("one firm")).when(firms < 5).then(pl.lit("2 to 4 firms"))
    counts = frame.with_columns(band=band.otherwise(pl.lit("5 or more"))).group_by("field", "band").len()
    fields = counts.group_by("field").agg(pl.col("len").sum()).sort("len", "field")["field"].to_list()
    of = {(row["field"], row["band"]): row["len"] for row in counts.to_dicts()}
    left = [0] * len(fields)
    for name, colour in BANDS.items():
        width = [of.get((field, name), 0) for field in fields]
        axes.barh([field_name(field) for field in fields], width, left=left, color=colour, label=name)
        left = [a + b for a, b in zip(left, width, strict=True)]
    axes.set_xlabel("concepts that some firm names, by how many firms do")
    axes.legend(frameon=False)


QUESTION = Question(
    text="""Which capabilities of the seven strategic fields are offered by few firms?
Concepts of the knowledge base, by firms with a statement that names them.
""",
    query="""
SELECT concept, any_value(field) AS field, count(DISTINCT firm_id) AS firms
FROM (SELECT firm_id, unnest(concepts) AS concept, fields[1] AS field FROM capabilities WHERE len(fields) > 0)
WHERE field IN ('identification_machine_vision', 'network_equipment', 'control_controllers', 'production_management',
                'logistics_management', 'digital_twin', 'manufacturing_bigdata_ai')
GROUP BY concept ORDER BY firms, concept
""",
    plot=plot,
    sources=("venture", "krx_listed"),
    beware=(
        "Scarce in one-line product texts is not scarce in the market; concepts that nobody names are not listed.",
    ),
    size=(8, 3.5),
)

if __name__ == "__main__":
    run(QUESTION)
