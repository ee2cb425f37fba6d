"""The training pairs: two texts that mean the same or belong to the same thing, from `../shared`.

None of these texts may be bundled (SOURCES.md section 5); only numbers learned from them leave this module.
Every source is one function that yields pairs of plain strings; `training_pairs` puts them together.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.embedding.firms import FirmTexts, read_firm_texts, read_rows
from lab.evaluation.split import is_development, split_of

Pair = tuple[str, str]

_PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\{?[^{}]*\}?\}|<[^<>]*>|&\w+;")
_RST_ROLE = re.compile(r":[\w:+-]+:`[~!]?([^`<]*)(?:<[^`>]*>)?`")
_RST_MARK = re.compile(r"[`*|]+_{0,2}|\.\. |::")
_MARKDOWN = re.compile(r"<a name=\"[^\"]*\"></a>|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|[\[*#`>|]+")
_LIST_MARK = re.compile(r"[,，、/;·ㆍ|()]|\s및\s| 등$")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
MAX_CHARACTERS = 600
"""Longer texts are cut: the mean of many tokens says little, and the batch costs more."""


@dataclass(frozen=True)
class Source:
    """Pairs of one origin. `repeat` is how often an epoch shows each pair: few but precious ones more."""

    name: str
    pairs: list[Pair]
    repeat: int = 1


def _read(path: Path, *, quoted: bool = True) -> Iterator[list[str]]:
    """Rows of a tab-separated file. Unquoted files must be read as such, or rows are swallowed."""
    with path.open(encoding="utf-8", newline="") as handle:
        yield from csv.reader(handle, delimiter="\t", quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)


def _clean(text: str) -> str:
    """Without placeholders, markup and runs of blanks."""
    text = _RST_ROLE.sub(r"\1", text)
    text = _RST_MARK.sub(" ", _PLACEHOLDER.sub(" ", text))
    return " ".join(text.split())[:MAX_CHARACTERS]


def sentences(text: str) -> list[str]:
    """Sentences (and parts between semicolons) of at least 20 characters."""
    return [part.strip() for part in _SENTENCE_END.split(text) if len(part.strip()) >= 20]


def parallel_pairs(text: Path, name: str, *, header: bool, columns: tuple[int, int]) -> list[Pair]:
    """English and Korean side of one parallel file, cleaned, each pair once."""
    rows = _read(text / name, quoted=header)
    if header:
        next(rows)
    first, second = columns
    found = {(_clean(row[first]), _clean(row[second])): None for row in rows if len(row) > max(first, second)}
    # A side that reads the same in both languages was left untranslated: it teaches nothing.
    return [(en, ko) for en, ko in found if len(en) > 1 and ko and en.lower() != ko.lower()]


def d365_pairs(text: Path) -> list[Pair]:
    """Headings and the first paragraphs below them, and title with description (Korean documentation)."""
    pairs: list[Pair] = []
    for path in sorted((text / "d365_ko").rglob("*.md")):
        content = path.read_text(encoding="utf-8")
        front, _, body = content.partition("---\n")[2].partition("---\n")
        title = re.search(r"^title: *(.+)$", front, re.M)
        description = re.search(r"^description: *(.+)$", front, re.M)
        if title and description:
            pairs.append((_clean(title[1]), _clean(description[1])))
        heading = ""
        for block in re.split(r"\n\s*\n", body):
            block = block.strip()
            if block.startswith("#"):
                first, _, rest = block.partition("\n")
                heading, block = _clean(_MARKDOWN.sub(" ", first)), rest
            plain = _clean(_MARKDOWN.sub(" ", block))
            if heading and len(plain) >= 40 and not block.lstrip().startswith(("!", "[!", "|")):
                pairs.append((heading, plain))
                heading = ""  # only the first paragraph: later ones drift from the heading
    return pairs


def ksic_pairs(reference: Path) -> tuple[list[Pair], dict[str, str]]:
    """Korean and English names of the industrial classification, and the map from Korean to English name."""
    rows = read_rows(reference / "ksic_10_11_ko_en.csv")
    english = {row["name_ko"]: row["name_en"] for row in rows if row["name_ko"] and row["name_en"]}
    return list(english.items()), english


def thesaurus_pairs(reference: Path) -> list[Pair]:
    """Every two names of one term (ko-ko, ko-en, en-en), definitions with names, symptoms in both languages."""
    document = yaml.safe_load((reference / "thesaurus_draft.yaml").read_text(encoding="utf-8"))
    pairs: dict[Pair, None] = {}

    def add(texts: Iterable[Any]) -> None:
        names = [str(text).strip() for text in texts if str(text).strip()]
        for left in range(len(names)):
            for right in range(left + 1, len(names)):
                pairs[(names[left], names[right])] = None

    def as_list(value: Any) -> list[Any]:
        return list(value) if isinstance(value, list) else [value] if value else []

    def walk(node: Any) -> None:
        if isinstance(node, Mapping):
            if "ko" in node or "en" in node:
                add([*as_list(node.get("ko")), *as_list(node.get("en")), *as_list(node.get("abbr"))])
            if "working_definition_ko" in node:
                add([node["ko"], node["en"], node["working_definition_ko"], node["working_definition_en"]])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    for part in ("areas", "fields", "extension_fields", "symptoms"):
        walk(document[part])
    for variants in document["spelling_variants"]:
        add(variants)
    return list(pairs)


def glossary_pairs(reference: Path) -> list[Pair]:
    """English term with Korean term, and both with the Korean explanation."""
    pairs: list[Pair] = []
    for row in read_rows(reference / "smart_manufacturing_glossary.csv"):
        en, ko, summary = row["term_en"], row["term_ko"], row["summary_ko"]
        pairs += [(a, b) for a, b in ((en, ko), (en, summary), (ko, summary)) if a and b and a != b]
    return pairs


def patent_pairs(data: Path) -> list[Pair]:
    """Title with abstract, and title with the English name of the first IPC subclass."""
    ipc = {row["code"]: row["title_en_full"].lower() for row in read_rows(data / "reference" / "ipc_ipc_titles_en.csv")}
    pairs: dict[Pair, None] = {}
    for row in read_rows(data / "registers" / "kipris_patents_202501.csv"):
        title = row["InventionName"]
        pairs[(title, row["Abstract"][:MAX_CHARACTERS])] = None
        subclass = ipc.get(row["InternationalpatentclassificationNumber"][:4], "")
        if subclass:
            pairs[(title, subclass[:200])] = None
    return [pair for pair in pairs if all(pair)]


def register_pairs(data: Path, english: Mapping[str, str], *, hold_out: bool) -> list[Pair]:
    """Industry name with main products, and the industry's English name with them (a weak bridge).

    Venture firms, and listed firms of the training side only.
    """
    found: dict[Pair, None] = {}
    rows = [(r["업종명(11차)"], r["주생산품"]) for r in read_rows(data / "registers" / "ventureList2603.csv")]
    rows += [
        (r["업종"], r["주요제품"])
        for r in read_rows(data / "registers" / "krx_listed_202604.csv")
        if split_of(r["종목코드"]) == "train" and not (hold_out and is_development(r["종목코드"]))
    ]
    for industry, products in rows:
        if industry and products and industry != products:
            found[(industry, products)] = None
            if industry in english:
                found[(english[industry], products)] = None
    return list(found)


def product_pairs(data: Path, *, hold_out: bool) -> list[Pair]:
    """Two halves of one firm's list of products: what is made under one roof belongs together."""
    registers = data / "registers"
    cells = [row["주생산품"] for row in read_rows(registers / "ventureList2603.csv")]
    cells += [row["TYPE_DETAIL"] for row in read_rows(registers / "venture_list_short_202603.csv")]
    cells += [
        row["주요제품"]
        for row in read_rows(registers / "krx_listed_202604.csv")
        if split_of(row["종목코드"]) == "train" and not (hold_out and is_development(row["종목코드"]))
    ]
    found: dict[Pair, None] = {}
    for cell in cells:
        items = [item.strip() for item in _LIST_MARK.split(cell) if len(item.strip()) > 1]
        middle = (len(items) + 1) // 2
        if len(items) > 1:
            found[(" ".join(items[:middle]), " ".join(items[middle:]))] = None
    return list(found)


def firm_pairs(firms: Iterable[FirmTexts]) -> list[Pair]:
    """Register row with each description of the same firm, and descriptions with one another."""
    pairs: dict[Pair, None] = {}
    for firm in firms:
        english = [firm.summary_en[: MAX_CHARACTERS * 2], *sentences(firm.summary_en)[:4]]
        korean = [" ".join(firm.parts_ko), *firm.parts_ko]
        for text in (*english, *korean):
            pairs[(firm.register, text)] = None
        for text in english[:2]:
            for part in korean[:4]:
                pairs[(text, part)] = None
    return [(a, b) for a, b in pairs if len(a) > 1 and len(b) > 1]


def world_pairs(data: Path, seed: int) -> list[Pair]:
    """English only: two sentences about one foreign firm, and its industry with one of them."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    pairs: list[Pair] = []
    for row in read_rows(data / "registers" / "world_listed_industrial_tech_202608.csv"):
        name = row["name"].split(" ")[0]
        parts = [part.replace(name, " ") for part in sentences(row["summary"])][:6]
        if len(parts) >= 2:
            one, two = chance.sample(parts, 2)
            pairs.append((one[:MAX_CHARACTERS], two[:MAX_CHARACTERS]))
        if parts and row["industry"]:
            pairs.append((row["industry"], parts[0][:MAX_CHARACTERS]))
    return pairs


def training_pairs(shared: Path, *, seed: int = 1, hold_out: bool = False) -> list[Source]:
    """Everything a model may learn from, by source. `shared` is the folder that holds `data/`.

    Left out: the documentation of Python, whose 30,000 paragraphs made the model slower to train and no better.
    With `hold_out` the development firms are left out too, for choosing settings on them.
    """
    data = shared / "data"
    text, reference = data / "text", data / "reference"
    industry, english = ksic_pairs(reference)
    firms = [firm for firm in read_firm_texts(data) if firm.split == "train" and not (hold_out and firm.development)]
    return [
        Source("odoo", parallel_pairs(text, "odoo18_en_ko.tsv", header=True, columns=(1, 2))),
        Source("thingsboard", parallel_pairs(text, "thingsboard_en_ko.tsv", header=True, columns=(1, 2))),
        Source("nodered", parallel_pairs(text, "nodered_en_ko.tsv", header=True, columns=(1, 2))),
        Source("d365_headings", parallel_pairs(text, "d365_heading_pairs.tsv", header=True, columns=(1, 2))),
        Source("tatoeba", parallel_pairs(text, "tatoeba_en_ko.tsv", header=False, columns=(0, 1))),
        Source("park_news", parallel_pairs(text, "park_news_en_ko.tsv", header=False, columns=(0, 1))),
        Source("jhe", parallel_pairs(text, "jhe_en_ko.tsv", header=False, columns=(0, 1))),
        Source("d365", d365_pairs(text)),
        Source("ksic", industry, repeat=4),
        Source("thesaurus", thesaurus_pairs(reference), repeat=4),
        Source("glossary", glossary_pairs(reference), repeat=4),
        Source("patents", patent_pairs(data), repeat=2),
        Source("registers", register_pairs(data, english, hold_out=hold_out), repeat=2),
        Source("products", product_pairs(data, hold_out=hold_out), repeat=2),
        Source("firms", firm_pairs(firms), repeat=5),
        Source("world", world_pairs(data, seed)),
    ]
