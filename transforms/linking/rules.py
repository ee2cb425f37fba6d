"""The evidence that joins two records, what each kind of it weighs, and the tiers.

Fellegi and Sunter's model: the odds that two records are one firm are the odds of their name, times a factor
for every other thing they agree or differ in. The odds of a name follow from its rarity and the size of the
table; the factors are ratios of shares measured on firms whose identity is known from identifiers
(`python -m lab.linking.evaluate`, docs/linking.md). Two measured cases are stated as they are: the homepage that
only two differently named records share, and pairs that agree in their name alone, which never join.
"""

from __future__ import annotations

from typing import Final

import polars as pl

IDENTIFIERS: Final = ("corporate_no", "business_no", "dart_code", "stock_code", "applicant_no")
EXCLUSIVE: Final = ("corporation", "business", "stock_code", "dart_code")
"""A firm has at most one of each; two different ones in a cluster are a conflict. `corporation` is the corporate
number, found through the business number where a record lacks it; `business` the business number of records whose
corporate number is not known (a corporation may have several)."""

FOUNDED_WITHIN: Final = 1
"""Years between two foundings that may be one: registers write the registration or the first day of business."""

EDGE_SCHEMA: Final = {
    "left": pl.Int64,
    "right": pl.Int64,
    "tier": pl.String,
    "rule": pl.String,
    "score": pl.Float64,
}

SAME: Final = 0.998
PROBABLE: Final = 0.97
REVIEW: Final = 0.5
"""Smallest score of each tier: the precision that the tier promises."""

SMALLEST_WORLD: Final = 12_000
"""Firms that a table is taken to be drawn from, however few its records are: a small table is no proof of rarity."""

SHARE_LINKED: Final = (0.05, 0.5)
"""Bounds of the share of records taken to have a partner; in between the table itself tells."""

SMALLEST_REGISTER: Final = 3_000
"""The same for one of two registers that are known to share firms."""

ENOUGH_SHARED: Final = 30
"""Pairs equal in name and place from which on two registers are known to share firms."""

SHARE_OF_REGISTER: Final = (0.05, 0.95)
"""Bounds of the share of the smaller register that the larger one has."""

REPEATED_AT_MOST: Final = 0.05
"""A register lists a firm once where it has fewer equal pairs within than this share of those with other registers."""

TWO_ENTRIES: Final = 0.6
"""Most that two equal entries of such a register score: it means two firms, one often the other's successor."""

NAME_ODDS: Final = {
    "short": (0.1, 1e-4),
    "alias": (0.2, 1e-5),
    "longer": (0.05, 1e-4),
    "alike": (0.03, 1e-3),
    "other": (0.03, 1.0),
    "numbered": (0.0, 1.0),
}
"""Share of linked records whose names differ like this, and chance that two firms' names do.
Names equal in letters, sound or consonants, or but for a slip, take the chance from their rarity instead."""

TYPO_SHARE: Final = 0.03
"""Share of linked records whose names differ by a slip."""

SOUND_COLLISION: Final = 2.0
SPELLED_SHARE: Final = 0.1
SPELLED_CHANCE: Final = 10.0
"""Factors on the chance that the name is shared, for names equal in sound only and in consonants only."""

PLACE_SHARE: Final = {"street": 0.45, "district": 0.9, "city": 0.12, "province": 0.95, "office": 0.65}
"""Share of linked pairs that agree at least so far, divided by the share of firms in the place itself."""

MOST_OF_PLACE: Final = 2000.0
"""Most that one address weighs: buildings hold many firms, and firms move out and in."""

FACTORS: Final[dict[str, dict[str, float]]] = {
    "place": {"other_city": 0.25, "office_apart": 0.4, "apart": 0.04, "unknown": 1.0},
    "home": {"site": 1000.0, "domain": 20.0, "apart": 0.05, "unknown": 1.0},
    "day": {"same": 3000.0, "year": 0.3, "apart": 0.05, "unknown": 1.0},
    "goods": {"same": 40.0, "trade": 2.4, "off_trade": 0.05, "apart": 0.7, "unknown": 1.0},
}

AFFILIATED: Final[dict[str, dict[str, float]]] = {
    "alias": {"street": 100.0},
    "typo": {"site": 300.0, "street": 1000.0},
    "short": {"site": 100.0, "street": 100.0, "goods": 20.0, "day": 1000.0},
    "longer": {"site": 20.0, "street": 20.0, "goods": 10.0, "day": 100.0},
    "alike": {"site": 10.0, "street": 5.0, "goods": 10.0, "day": 50.0},
    "other": {"site": 100.0, "street": 50.0, "goods": 10.0, "day": 30.0},
}
"""Firms of one group share homepage, building, trade, at times the founding: with unequal names these prove less."""

SAME_ORIGIN: Final = {"short": 0.1, "longer": 0.05, "alike": 0.05, "other": 0.05, "typo": 0.3}
"""A register seldom lists one firm twice under two names."""

DROPPED_WORDS: Final = (
    "공업",
    "산업",
    "산업개발",
    "보험",
    "생명보험",
    "화재보험",
    "해상보험",
    "손해보험",
    "재보험",
    "테크놀로지",
    "시스템",
    "코퍼레이션",
    "사이언스",
    "앤터테인먼트",
    "파트너스",
    "연구소",
    "스튜디오",
    "컴퍼니",
    "텔레콤",
    "네트웍",
    "인더스트리",
    "일랙트로닉스",
    "인터내셔널",
    "인베스트먼트",
    "캐피탈",
    "커뮤니케이션",
    "코리아",
    "화장품",
    "메카트로닉스",
    "건축사사무소",
    "종합건축사사무소",
    "이앤지",
)
"""Ends (by their sound) that a firm leaves out where it writes its name short. Words that tell one firm of a group from
another (홀딩스, 지주, 건설, 바이오, 에너지솔루션 ...) are none of them."""

SOLE_SITE: Final = {"typo": 0.9985, "spelled": 0.9985, "short": 0.9985, "longer": 0.99, "alike": 0.99, "other": 0.98}
"""Score of a homepage that only two names share and no source lists twice."""
SOLE_SITE_APART: Final = {"typo": 0.99, "spelled": 0.99, "short": 0.98, "longer": 0.975, "alike": 0.9, "other": 0.9}
"""The same where the two records lie in two cities or provinces."""

FOUNDED_ACROSS: Final = {"short": 3000.0, "longer": 500.0, "alike": 10_000.0, "other": 40_000.0}
"""Factor of one founding day under unequal names in two registers, where no third name on the homepage or at the
address has that day: funds of one manager are founded in dozens."""

TWO_FOUNDINGS: Final = 0.6
"""Most that a pair scores that was founded in two different years: often the legal successor under the old name."""

MOVED_AT_MOST: Final = 0.99
"""Most that two records in two provinces score that were not founded on one day: the firm moved, or another bears its
name and homepage on (27 of 28 such pairs of listed firms are right)."""

OFFICE_AT_MOST: Final = 0.985
"""Most that an equal name scores whose only further evidence is the province of the registry office: a name passes from
a firm that is gone to a new one of the same place."""

SUPPORT: Final = ("street", "district", "city", "province")
