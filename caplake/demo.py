"""The end of `make demo`: four needs answered, and what to try next."""

from __future__ import annotations

import argparse
from typing import Final

from rich.console import Console
from rich.rule import Rule

from caplake.show import show_answer
from schemas.lake import Lake
from search.service import SearchService

NEEDS: Final = (
    "포장지 날짜가 흐리게 찍혀 나가요, 경기도 업체로",
    "We miss scratches on machined parts and want a camera to check every piece",
    "라인을 새로 깔기 전에 가상으로 먼저 돌려보고 싶습니다",
    "Build a virtual copy of our plant to try layout changes before moving machines",
)
_SHOWN: Final = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lake", default="./lake")
    lake = parser.parse_args().lake
    console = Console(highlight=False)
    service = SearchService.current(Lake(lake))
    for need in NEEDS:
        console.print(Rule())
        show_answer(service.search(need, limit=_SHOWN), console)
    console.print(Rule())
    console.print('Ask your own:        .venv/bin/caplake search "…"')
    console.print("Open the page:       make serve   then http://127.0.0.1:8000/")
    console.print(
        'Query the tables:    .venv/bin/caplake sql "SELECT region, count(*) FROM firms GROUP BY 1 ORDER BY 2 DESC"'
    )


if __name__ == "__main__":
    main()
