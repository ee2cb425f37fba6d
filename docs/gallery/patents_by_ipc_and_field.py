import polars as pl
from common import Question, field_name, heatmap, run

QUESTION = Question(
    text="""Which IPC subclasses stand behind which fields?
Patents whose title is tagged with a field, by the subclass of each of their IPC symbols.
""",
    query="""
SELECT ipc, field, count(DISTINCT application_no) AS patents
FROM (SELECT p.application_no, left(trim(unnest(string_split(p.ipc, '|'))), 4) AS ipc, c.fields
      FROM patents p JOIN capabilities c USING (record_key)
      WHERE c.kind = 'patent' AND p.ipc IS NOT NULL), unnest(fields) AS t(field)
WHERE field <> 'other'
GROUP BY ALL HAVING patents >= 2 ORDER BY patents DESC, ipc, field
""",
    plot=lambda frame, axes: heatmap(
        axes,
        frame.with_columns(frame["field"].map_elements(field_name, return_dtype=pl.String)).head(60),
        "field",
        "ipc",
        "patents",
    ),
    sources=("kipris_patents",),
    beware=("Two universities hold most of these patents: read which pairs occur, not how often.",),
    size=(9, 4.5),
)

if __name__ == "__main__":
    run(QUESTION)
