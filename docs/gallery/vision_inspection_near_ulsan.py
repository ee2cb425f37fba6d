import polars as pl
from common import Question, bars, province_name, run
from matplotlib.axes import Axes


def plot(frame: pl.DataFrame, axes: Axes) -> None:
    counts = frame.group_by("province").len().sort(["len", "province"], descending=[True, False])
    labels = [province_name(code) for code in counts["province"]]
    bars(axes, labels, counts["len"].to_list(), unit="firms with a statement in machine vision and identification")


QUESTION = Question(
    text="""Who can do vision inspection within reach of Ulsan?
Within reach means the head office in Ulsan or a province that borders it, Daegu included. The search page ranks them
for a need in words; this is the plain list with its evidence.
""",
    query="""
SELECT f.name, f.region, left(f.region_code, 2) AS province, any_value(c.text) AS evidence,
       any_value(c.source) AS source, max(c.as_of) AS as_of
FROM firms f JOIN capabilities c USING (firm_id)
WHERE list_contains(c.fields, 'identification_machine_vision') AND c.tier = 'same' AND f.is_corporation
  AND left(f.region_code, 2) IN ('31', '26', '48', '47', '27')
GROUP BY f.firm_id, f.name, f.region, f.region_code
ORDER BY f.region_code = '31' DESC, f.region_code, f.name
""",
    plot=plot,
    sources=("venture", "krx_listed"),
    beware=("A head office says little of where a firm works.",),
    size=(7, 2.6),
)

if __name__ == "__main__":
    run(QUESTION)
