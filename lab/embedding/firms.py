"""Listed firms in `../shared`: the register row and the descriptions of the same firm, names masked."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from lab.evaluation.split import Split, is_development, split_of

KOREAN_PARTS = ("industry", "business", "products", "market")
"""Parts of the Korean text that say what a firm does; status and growth speak of finance."""
ALL_KOREAN_PARTS = (*KOREAN_PARTS, "current-status", "growth")

_LEGAL_KO = re.compile(r"\(주\)|㈜|주식회사|\(유\)|유한회사")
_LEGAL_EN = re.compile(
    r"[\s,]+(?:co|corp|corporation|company|inc|incorporated|ltd|limited|llc|plc|holdings?|group)\b\.?", re.I
)


@dataclass(frozen=True)
class FirmTexts:
    """One listed firm. Texts are empty where the source has none; the firm's names are masked in them."""

    stock_code: str
    split: Split
    development: bool
    register: str
    """Industry and main products as the exchange's register has them."""
    parts_ko: tuple[str, ...]
    all_parts_ko: tuple[str, ...]
    """Those, and what is said of status and growth."""
    summary_en: str


def read_rows(path: Path) -> list[dict[str, str]]:
    """All rows of a comma-separated file; codes stay strings, blanks around values go."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(handle)]


def normal_name(name: str) -> str:
    """A name without legal form, blanks and case."""
    return re.sub(r"[\s.,·&()]+", "", _LEGAL_KO.sub("", name)).lower()


def mask(text: str, names: tuple[str, ...]) -> str:
    """`text` without the firm's names (Korean, English with and without legal form), longest first."""
    variants: set[str] = set()
    for name in names:
        variants |= {name, _LEGAL_KO.sub("", name).strip()}
        bare = name
        while (shorter := _LEGAL_EN.sub("", bare)) != bare:
            bare = shorter
            variants.add(bare)
    for variant in sorted(variants, key=lambda v: (-len(v), v)):
        if len(variant) >= 2:
            edge = r"\b" if variant.isascii() else ""
            text = re.sub(edge + re.escape(variant) + (edge if variant[-1].isalnum() else ""), " ", text, flags=re.I)
    return " ".join(text.split())


def read_firm_texts(data: Path) -> list[FirmTexts]:
    """All firms of the listing that have a description, in the order of the register.

    A summary that stands for several firms of one group is left out of the training firms when one of the
    group is a test or development firm, so no tested text is ever trained on.
    """
    text = data / "text"
    korean = {row["stock_code"]: row for row in read_rows(text / "company_summaries_ko.csv")}
    english = {row["종목코드"]: row for row in read_rows(text / "listed_firms_en.csv")}
    held_out = {row["summary"] for code, row in english.items() if split_of(code) == "test" or is_development(code)}
    firms: list[FirmTexts] = []
    for row in read_rows(data / "registers" / "krx_listed_202604.csv"):
        code = row["종목코드"]
        ko, en = korean.get(code, {}), english.get(code, {})
        if not ko and not en:
            continue
        side = split_of(code)
        names = tuple(n for n in (row["회사명"], ko.get("corp_name", ""), en.get("name", "")) if n)
        summary = en.get("summary", "")
        if side == "train" and not is_development(code) and summary in held_out:
            summary = ""
        firms.append(
            FirmTexts(
                stock_code=code,
                split=side,
                development=is_development(code),
                register=f"{row['업종']} {row['주요제품']}".strip(),
                parts_ko=tuple(mask(ko[part], names) for part in KOREAN_PARTS if ko.get(part)),
                all_parts_ko=tuple(mask(ko[part], names) for part in ALL_KOREAN_PARTS if ko.get(part)),
                summary_en=mask(summary, names),
            )
        )
    return firms
