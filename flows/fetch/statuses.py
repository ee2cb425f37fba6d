"""Business status from the tax office, a hundred numbers a request.

The numbers of sole traders are asked about in flight and not kept: what is kept is the answer, under the record
that the question was about, and the number only where it is a corporation's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flows.fetch.answers import ServiceAnswer, TransientError, read_answer
from flows.fetch.client import Client, Request, Response
from flows.fetch.delivery import RawFile
from flows.fetch.listing import rows_hash
from flows.fetch.partial import Partial
from flows.fetch.services import Service
from flows.sources.declaration import Call
from flows.sources.documents import read_json

_PER_REQUEST: Final = 100
_KEPT: Final = ("b_stt", "b_stt_cd", "tax_type", "tax_type_cd", "end_dt", "utcc_yn")


@dataclass(frozen=True)
class Asked:
    """A number and the record that it was taken from."""

    number: str
    about: str
    name: str
    is_corporation: bool


def fetch_statuses(
    client: Client, partial: Partial, service: Service, call: Call, asked: Sequence[Asked], today: date
) -> list[str]:
    """Names of the kept pages; finished ones are not asked for again."""
    before = _statuses_before(partial)
    names = []
    for place in range(0, len(asked), _PER_REQUEST):
        chunk = asked[place : place + _PER_REQUEST]
        name = f"status-p{place // _PER_REQUEST + 1:05d}.json"
        if name not in partial.finished:
            rows = _rows(_ask(client, service, call, chunk), chunk, before, today)
            content = json.dumps({"data": rows}, ensure_ascii=False, indent=0, sort_keys=True).encode()
            partial.put(RawFile(name, content, today, call.grain), rows=rows_hash(rows))
        names.append(name)
    return names


def _ask(client: Client, service: Service, call: Call, chunk: Sequence[Asked]) -> dict[str, dict[str, Any]]:
    """Answers by number; every number must be answered, in whatever order."""
    numbers = [item.number for item in chunk]

    def check(response: Response) -> ServiceAnswer:
        answer = read_answer(service, response.status, response.content)
        if {row.get("b_no") for row in answer.rows} != set(numbers) or len(answer.rows) != len(numbers):
            raise TransientError(f"{service.title} answered {len(answer.rows)} of {len(numbers)} numbers.")
        return answer

    request = Request(service, call.path, {"returnType": "JSON"}, body={"b_no": numbers})
    _, answer = client.ask(request, check)
    assert answer is not None
    return {str(row["b_no"]): dict(row) for row in answer.rows}


def _rows(
    answers: dict[str, dict[str, Any]], chunk: Sequence[Asked], before: dict[str, dict[str, Any]], today: date
) -> list[dict[str, Any]]:
    """What is kept of the answers; a status counts from the day on which it was first seen."""
    rows = []
    for item in chunk:
        answer = answers[item.number]
        row: dict[str, Any] = {name: answer.get(name) or "" for name in _KEPT}
        last = before.get(item.about, {})
        same = last.get("b_stt_cd") == row["b_stt_cd"]
        row |= {
            "about": item.about,
            "name": item.name,
            "b_no": item.number if item.is_corporation else "",
            "since": last["since"] if same and last.get("since") else today.strftime("%Y%m%d"),
        }
        rows.append(row)
    return rows


def _statuses_before(partial: Partial) -> dict[str, dict[str, Any]]:
    found = {}
    for file in partial.before.values():
        for row in read_json(partial.lake.read_bytes(f"{file.folder}/{file.name}")).rows:
            found[str(row["about"])] = dict(row)
    return found
