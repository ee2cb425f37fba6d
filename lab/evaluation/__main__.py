"""Quality of ranking: `python -m lab.evaluation --lake ./lake [--suite S ...] [--accept]`, or `make evaluate`.

Writes `build/evaluation.json` and `build/evaluation.html`, with the change since the run that was last accepted
(`data/accepted.json`). With the texts of `--shared` it asks for known items too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from lab.evaluation import known_item
from lab.evaluation.html import page
from lab.evaluation.needs import DATA
from lab.evaluation.suites import SUITES, fallen, figures
from schemas.lake import Lake, LakeError
from search.engines.base import EngineError
from search.service import SearchService

ACCEPTED_FILE: Final = DATA / "accepted.json"
_TEXTS: Final = Path("data/text/company_descriptions_ko_en.csv")
_TOLERANCE: Final = 0.02


def _known_items(service: SearchService, shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for result in map(asdict, known_item.evaluate(service, shared, side="test")):
        found.setdefault(result["system"], {})[f"{result['form']}, R@10"] = result["recall_10"]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.evaluation", description=__doc__)
    parser.add_argument("--lake", default="./lake")
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder of texts that are not bundled")
    parser.add_argument("--suite", action="append", choices=[*SUITES, "known-item"], help="repeatable; default: all")
    parser.add_argument("--out", type=Path, default=Path("build"))
    parser.add_argument("--accept", action="store_true", help="what is measured is what the next run is compared with")
    options = parser.parse_args(arguments)
    try:
        service = SearchService.current(Lake(options.lake))
        _ = service.embedder
    except (EngineError, LakeError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    results: dict[str, Any] = {}
    for name in options.suite or [*SUITES, "known-item"]:
        started = time.monotonic()
        if name != "known-item":
            results[name] = SUITES[name](service)
        elif (options.shared / _TEXTS).is_file():
            results[name] = _known_items(service, options.shared)
        else:
            print(f"known-item: left out, {options.shared / _TEXTS} is not there", file=sys.stderr)
            continue
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    now = figures(results)
    accepted = json.loads(ACCEPTED_FILE.read_text(encoding="utf-8")) if ACCEPTED_FILE.is_file() else {}
    before = {name: of for name, of in accepted.items() if name.split(":")[0] in results}
    for name, of in now.items():
        print(f"{name:80} {of['value']:.3f} [{of['low']:.3f}, {of['high']:.3f}]")
    for line in fallen(now, before, _TOLERANCE):
        print(f"fell: {line}")
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "evaluation.json").write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    (options.out / "evaluation.html").write_text(page(now, before, service.snapshot.name), encoding="utf-8")
    if options.accept:
        ACCEPTED_FILE.write_text(json.dumps(accepted | now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
