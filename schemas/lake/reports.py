"""Where the reports of nights lie: `reports/<snapshot>.json`, the newest hundred."""

from __future__ import annotations

from typing import Any, Final

from schemas.lake.layout import Lake

_KEPT: Final = 100


def keep_report(lake: Lake, night: str, report: dict[str, Any]) -> None:
    lake.write_json(f"reports/{night}.json", report)
    for name in lake.names("reports")[:-_KEPT]:
        lake.remove(f"reports/{name}")


def read_reports(lake: Lake, most: int = 10) -> list[dict[str, Any]]:
    """The newest reports, newest first."""
    return [lake.read_json(f"reports/{name}") for name in reversed(lake.names("reports")[-most:])]
