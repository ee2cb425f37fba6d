"""Whether what a firm makes is technology that a supplier to factories may deal in, by the words of its products and
industry: broad on purpose, as registers name trades (소프트웨어 개발, 자동화 장비, 산업용 로봇 제조업).
"""

from __future__ import annotations

from typing import Final

import polars as pl

_WORDS: Final = (
    *(
        "소프트웨어",
        "솔루션",
        "시스템",
        "프로그램",
        "프로그래밍",
        "플랫폼",
        "데이터",
        "디지털",
        "정보",
        "컴퓨터",
        "인공지능",
    ),
    *(
        "자동화",
        "자동제어",
        "제어",
        "로봇",
        "로보트",
        "센서",
        "장비",
        "설비",
        "기계",
        "검사",
        "측정",
        "계측",
        "비전",
        "레이저",
    ),
    *(
        "모니터링",
        "통신",
        "전자",
        "전기",
        "모듈",
        "앱",
        "s/w",
        "iot",
        "erp",
        "software",
        "robot",
        "sensor",
        "automation",
    ),
)
_ABBREVIATIONS: Final = ("sw", "ai", "ict", "mes", "plc", "web")
_PATTERN: Final = rf"(?i){'|'.join(_WORDS)}|(?:^|[^a-z])(?:{'|'.join(_ABBREVIATIONS)})(?:[^a-z]|$)"


def is_technical(*columns: str) -> pl.Expr:
    """Whether any of the text columns names technology; null where none of them says anything."""
    text = pl.concat_str(*columns, separator=" ", ignore_nulls=True)
    return pl.when(pl.any_horizontal(pl.col(name).is_not_null() for name in columns)).then(text.str.contains(_PATTERN))
