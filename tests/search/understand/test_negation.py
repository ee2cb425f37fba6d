"""What a need does not want, and lacks that are complaints rather than exclusions."""

from __future__ import annotations

import re

import pytest

from search.understand.negation import negated
from transforms.concepts import Mention


@pytest.mark.parametrize(
    ("text", "terms", "unwanted"),
    [
        ("MES 말고 ERP 업체", ["MES", "ERP"], ["MES"]),
        ("MES나 ERP 말고 WMS", ["MES", "ERP", "WMS"], ["MES", "ERP"]),
        ("로봇은 필요 없고 카메라 검사만", ["로봇", "카메라"], ["로봇"]),
        ("로봇이 아니라 전용기로", ["로봇", "전용기"], ["로봇"]),
        ("클라우드 없이 사내 서버로", ["클라우드"], ["클라우드"]),
        ("MES 없이 수기로 쓰다 보니 빠집니다", ["MES"], []),
        ("MES가 없어서 엑셀로 합니다", ["MES"], []),
        ("MES가 꼭 필요합니다", ["MES"], []),
        ("not cloud, on-premise MES", ["cloud", "MES"], ["cloud"]),
        ("not only MES but also ERP", ["MES", "ERP"], []),
        ("vision inspection, no robots", ["vision", "robots"], ["robots"]),
        ("we have no barcode on the boxes", ["barcode"], []),
        ("instead of an AGV we want a conveyor", ["AGV", "conveyor"], ["AGV"]),
        ("a robot is not needed", ["robot"], ["robot"]),
        ("we run without an MES today", ["MES"], []),
        ("neither ERP nor MES", ["ERP", "MES"], ["ERP", "MES"]),
        ("the camera does not trigger", ["camera"], []),
    ],
)
def test_what_is_not_wanted(text: str, terms: list[str], unwanted: list[str]) -> None:
    mentions = [Mention(m.start(), m.end(), t, t) for t in terms for m in re.finditer(re.escape(t), text)]
    assert [m.concept for m in negated(text, mentions)] == unwanted
