"""`caplake serve` and `caplake status`: the page and API, and whether all is well."""

from __future__ import annotations

from typing import Annotated

import typer

from caplake.options import DEFAULT_LAKE, EngineName, EngineOption, JsonOption, LakeOption, print_json
from schemas.lake import Lake
from schemas.lake.lock import holder
from schemas.lake.reports import read_reports


def serve(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="Loopback by default; name another address on purpose.")] = "127.0.0.1",
    engine: EngineOption = EngineName.embedded,
    lake: LakeOption = DEFAULT_LAKE,
) -> None:
    """Serve the web page and the API."""
    import uvicorn

    from search.app import create_app

    print(f"open http://{host}:{port}/ in a browser; stop with Ctrl-C")
    uvicorn.run(create_app(lake, engine.value), host=host, port=port, log_level="warning", server_header=False)


def mcp(engine: EngineOption = EngineName.embedded, lake: LakeOption = DEFAULT_LAKE) -> None:
    """Serve the search to an assistant over standard input and output (Model Context Protocol)."""
    from search.api.mcp import create_mcp

    create_mcp(lake, engine.value).run("stdio")


def status(lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Health of sources, lake and indexes; exit code 1 when something is wrong."""
    from search.snapshot.health import lake_health

    health = lake_health(lake) | last_run(Lake(lake))
    if as_json:
        print_json(health)
    else:
        print(f"snapshot  {health['snapshot'] or 'none: run `caplake run`'}")
        for name, entry in health["sources"].items():
            print(f"  {name:<26}{entry['as_of'] or '-':<12}{entry['valid']:>9,} rows  {entry['transport']}")
        for name, index in health["indexes"].items():
            print(f"  index {name:<20}{'ok' if index['ok'] else index['problem']}")
        for what, night in health["night"].items():
            print(f"  {what:<26}{night}")
    if not health["ok"]:
        raise typer.Exit(1)


def last_run(lake: Lake) -> dict[str, dict[str, str]]:
    """How the last night ended and who works on the lake, under `night`; what does not apply is left out."""
    night = {}
    for report in read_reports(lake, 1):
        night["last night"] = report["snapshot"] + (" failed" if report["problem"] else " went well")
        if report["problem"]:
            night["because"] = report["problem"]
    if (who := holder(lake)) is not None:
        night["run"] = who
    return {"night": night}
