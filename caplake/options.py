"""Options that several commands share."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

LakeOption = Annotated[str, typer.Option("--lake", help="Folder or URL of the lake.", envvar="CAPLAKE_LAKE")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many firms at most.")]

DEFAULT_LAKE = "./lake"


class EngineName(StrEnum):
    embedded = "embedded"
    opensearch = "opensearch"


EngineOption = Annotated[EngineName, typer.Option(help="Which engine answers.", envvar="CAPLAKE_ENGINE")]


def print_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=1, default=str))
