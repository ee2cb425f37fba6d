"""Probes: does an index hold every statement, and find statements by their own words and by their own vector?

A register says some things hundreds of times, and others in nearly the same words; an engine may then return any of
those that score alike. So a probe is not looked for among the hits: what the engine returns over all firms must score
as well as the probe does over its own firm alone, and nothing is nearer to a text than its own vector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from flows.night import Gate, Night
from schemas.lake.writer import SnapshotWriter
from search.embedding import load_embedder
from search.engines import Candidates, Engine
from search.engines.base import Floats, Rows
from search.engines.stores import open_store
from search.query import LexicalQuery, TermGroup
from transforms.text import tokens

_PROBES: Final = 20
_DEPTH: Final = 400
"""As deep as a search asks."""
_ALIKE: Final = 1e-3
"""Scores whose difference is at most so much of the better one are of statements that read alike."""


@dataclass(frozen=True)
class Probe:
    """A text, the row of a firm that has it, the rows of that firm's statements that read so, and how many it has."""

    text: str
    firm: Rows
    rows: Rows
    statements: int


def index_gates(night: Night, writer: SnapshotWriter, counts: Mapping[str, int]) -> Iterable[Gate]:
    """Each engine holds every statement, and finds the probes."""
    statements = writer.table("capabilities", ["firm_id", "text"])
    probes = choose_probes(statements, writer.table("firms", ["firm_id"]))
    vectors = load_embedder().encode_passages([probe.text for probe in probes])
    for name, count in counts.items():
        whole = count == statements.height
        yield Gate(name=f"statements in the {name} index", value=count, bound=str(statements.height), ok=whole)
        engine = open_store(name, night.lake).open(night.snapshot)
        found = [by_words(engine, probe) for probe in probes]
        found += [by_vector(engine, probe, vector) for probe, vector in zip(probes, vectors, strict=True)]
        lost = found.count(False)
        yield Gate(name=f"probes the {name} index does not find", value=lost, bound="0", ok=lost == 0)


def choose_probes(statements: pl.DataFrame, firms: pl.DataFrame) -> list[Probe]:
    """Statements (firm_id, text, in the order of the index) of texts spread evenly over all distinct ones."""
    distinct = statements["text"].is_first_distinct().arg_true()
    if distinct.is_empty():
        return []
    spread = np.unique(np.linspace(0, len(distinct) - 1, _PROBES, dtype=np.int64))
    return [_probe(statements, firms["firm_id"], row) for row in distinct.gather(spread)]


def _probe(statements: pl.DataFrame, firms: pl.Series, row: int) -> Probe:
    firm_id, text = statements["firm_id"][row], statements["text"][row]
    own = (statements["firm_id"] == firm_id).arg_true()
    rows = own.filter(statements["text"].gather(own) == text)
    firm = np.array([firms.index_of(firm_id)], np.int32)
    return Probe(text, firm, rows.to_numpy().astype(np.int32), len(own))


def by_words(engine: Engine, probe: Probe) -> bool:
    """Does the firm match all words of its statement, and do the best hits of all firms score as well as it?"""
    words = tuple(dict.fromkeys(tokens(probe.text)))
    if not words:
        return True
    groups = tuple(TermGroup(((word,),)) for word in words)
    query = LexicalQuery(dict.fromkeys(words, 1.0), groups, minimum=len(groups))
    own = _own_score(engine.lexical(query, probe.statements, probe.firm), probe)
    found = engine.lexical(query, _DEPTH)
    return own is not None and _reaches(found, own) and bool(np.isin(probe.firm, engine.matching_firms(query)).all())


def by_vector(engine: Engine, probe: Probe, vector: Floats) -> bool:
    """Does the statement score best for its own vector, alone or with others like it?"""
    if not vector.any():
        return True
    own = _own_score(engine.dense(vector, probe.statements, probe.firm), probe)
    found = engine.dense(vector, _DEPTH)
    return own is not None and _reaches(found, own) and own >= (1 - _ALIKE) * float(found.scores[0])


def _own_score(of_firm: Candidates, probe: Probe) -> float | None:
    """The probe's score among the statements of its firm; None where it is not there."""
    own = of_firm.scores[np.isin(of_firm.rows, probe.rows)]
    return float(own.max()) if len(own) else None


def _reaches(found: Candidates, own: float) -> bool:
    return bool(len(found.rows)) and float(found.scores[0]) >= (1 - _ALIKE) * own
