"""What changed between two snapshots, from those columns alone that are compared."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.changes import changes_table, compared

FIRMS = ["F1", "F2", "F3"]
_TEXTS = st.sampled_from(["가", "나", "다"])
_STATEMENTS = st.sets(st.tuples(st.sampled_from(FIRMS), _TEXTS), max_size=6)
_TABLES = st.tuples(st.dictionaries(st.sampled_from(FIRMS), _TEXTS), _STATEMENTS)


def tables(told: tuple[dict[str, str], set[tuple[str, str]]]) -> dict[str, pl.DataFrame]:
    named, said = told
    text = pl.String
    firms = pl.DataFrame(list(named.items()), schema={"firm_id": text, "name": text}, orient="row")
    statements = pl.DataFrame(sorted(said), schema={"firm_id": text, "text": text}, orient="row")
    return {"firms": firms, "capabilities": statements.with_columns(concepts=pl.lit([], pl.List(text)))}


@given(_TABLES, _TABLES, st.booleans())
def test_columns_that_are_not_compared_are_not_needed(
    before: tuple[dict[str, str], set[tuple[str, str]]],
    now: tuple[dict[str, str], set[tuple[str, str]]],
    merged: bool,
) -> None:
    redirects = pl.DataFrame({"old_firm_id": ["F1"], "firm_id": ["F2"]}).head(int(merged))
    then, later = tables(before), tables(now)
    chosen = [{name: table[compared(name, table.columns)] for name, table in side.items()} for side in (then, later)]
    assert "concepts" not in chosen[0]["capabilities"].columns
    pairs = ((then, later), (chosen[0], chosen[1]))
    whole, found = (changes_table(old, new, redirects).sort(pl.all()) for old, new in pairs)
    assert found.equals(whole)
    if not merged:
        came = found.filter(table="capabilities", change="added").select("firm_id", "new").rows()
        assert set(came) == now[1] - before[1]
