"""`caplake search`, `batch`, `understand` and `evaluate`: questions and how well they are answered."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caplake.options import DEFAULT_LAKE, EngineName, EngineOption, JsonOption, LakeOption, LimitOption, print_json

if TYPE_CHECKING:
    from search.service import SearchService


def _service(lake: str, engine: EngineName) -> SearchService:
    from schemas.lake import Lake
    from search.service import SearchService

    return SearchService.current(Lake(lake), engine.value)


def search(
    need: Annotated[str, typer.Argument(help="What you need, in your own words.")],
    limit: LimitOption = 10,
    field: Annotated[list[str] | None, typer.Option(help="Only firms of these fields.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only firms there: a code or a name (대구, Ulsan).")] = None,
    engine: EngineOption = EngineName.embedded,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Find the firms that can do what you need, each with its reasons."""
    from caplake.show import show_answer
    from search.parameters import field_ids, region_codes
    from search.query import Filters

    filters = Filters(field=field_ids(field or []), region=region_codes(region or []))
    answer = _service(lake, engine).search(need, limit=limit, filters=filters)
    if as_json:
        print_json(answer.as_dict())
    else:
        show_answer(answer)


def batch(
    queries: Annotated[Path, typer.Argument(help='Lines {"id","text","lang"}.')],
    out: Annotated[Path, typer.Option(help="TREC run to write.")],
    limit: LimitOption = 100,
    engine: EngineOption = EngineName.embedded,
    has_source: Annotated[
        list[str] | None, typer.Option(help="Only firms with a record in any of these sources.")
    ] = None,
    docid: Annotated[str, typer.Option(help="firm, or record:SOURCE.")] = "firm",
    no_filters: Annotated[bool, typer.Option("--no-filters", help="Leave out filters read from the sentence.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
) -> None:
    """Rank firms for many needs and write a TREC run."""
    from search.batch import run_lines

    service = _service(lake, engine)
    lines = run_lines(
        service,
        read_lines(queries),
        limit=limit,
        sources=tuple(has_source or ()),
        docid=docid,
        read_filters=not no_filters,
    )
    write_whole(out, "".join(f"{line}\n" for line in lines))


def understand(
    needs: Annotated[Path, typer.Argument(help='Lines {"id","text","lang"}.')],
    out: Annotated[Path, typer.Option(help="JSON lines to write.")],
) -> None:
    """What each need means: fields, concepts, filters, and whether a supplier answers it at all."""
    from search.understand import Understander

    understander = Understander.default()
    rows = ({"id": need["id"], **understander.understand(str(need["text"])).as_dict()} for need in read_lines(needs))
    write_whole(out, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def evaluate(
    run: Annotated[Path, typer.Argument(help="TREC run.")],
    qrels: Annotated[Path, typer.Argument(help="TREC qrels: id 0 doc rel.")],
    as_json: JsonOption = False,
) -> None:
    """nDCG@10, R@10, R@50 and MRR of a run, with bootstrap intervals."""
    from search.evaluate import evaluate_run

    results = evaluate_run(run, qrels)
    if as_json:
        print_json(results)
        return
    for name, result in results["metrics"].items():
        print(f"{name:8} {result['value']:.4f}  [{result['low']:.4f}, {result['high']:.4f}]")
    print(f"queries  {results['queries']}")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """JSON lines with `id` and `text`. Raises ValueError naming the line that is not."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}, line {number} is not JSON: {error.msg}") from None
        if not isinstance(row, dict) or not {"id", "text"} <= set(row):
            raise ValueError(f'{path}, line {number} must be {{"id": ..., "text": ...}}')
        rows.append(row)
    return rows


def write_whole(path: Path, content: str) -> None:
    """Write a file whole or not at all; `-` is standard output."""
    if str(path) == "-":
        sys.stdout.write(content)
        return
    aside = path.with_name(f".{path.name}.tmp")
    aside.write_text(content, encoding="utf-8")
    aside.replace(path)
