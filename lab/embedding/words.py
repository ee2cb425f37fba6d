"""Count the words that `search/understand/translation.py` uses: `python -m lab.embedding.words --shared ../shared`.

Three tables, all from counts, the same bytes on every run: translations between English and Korean tokens
(IBM model 1 over parallel text), how telling each word of a description is (rare in descriptions), and how
much it speaks for a description of a firm rather than a need. Texts of test firms are never read.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from lab.embedding.corpus import Pair, ksic_pairs, parallel_pairs, thesaurus_pairs
from lab.embedding.firms import FirmTexts, read_firm_texts, read_rows
from lab.embedding.ibm import TokenPair, Translations, translation_table
from lab.understanding.examples import load_problems
from schemas.vocabulary import load_vocabulary
from search.understand.translation import WORDS_FILE, save_words
from transforms.text import is_korean, run_tokens, stem, tokens, without_josa, words

_PARALLEL: Final = (
    ("odoo18_en_ko.tsv", True, (1, 2)),
    ("thingsboard_en_ko.tsv", True, (1, 2)),
    ("nodered_en_ko.tsv", True, (1, 2)),
    ("d365_heading_pairs.tsv", True, (1, 2)),
    ("tatoeba_en_ko.tsv", False, (0, 1)),
    ("park_news_en_ko.tsv", False, (0, 1)),
    ("jhe_en_ko.tsv", False, (0, 1)),
)
"""Name, has a header, columns of the English and the Korean side. Python's documentation brought nothing."""
_KSIC_WEIGHT: Final = 4.0
_TERM_WEIGHT: Final = 2.0
_NAMES_OF_A_CONCEPT: Final = 4
_RAREST_COUNTS: Final = 0.5
_FEWEST_TEXTS: Final = 2
_ODDS_SMOOTHING: Final = 1.0


def english_tokens(text: str) -> list[str]:
    """Stems of the Latin words of two letters or more."""
    return [stem(run) for run, _, _ in words(text) if run.isascii() and run.isalpha() and len(run) > 1]


def korean_tokens(text: str) -> list[str]:
    """Pairs of syllables of the Hangul words without their particles."""
    return [token for run, _, _ in words(text) if is_korean(run) for token in run_tokens(without_josa(run))]


def bilingual_pairs(shared: Path) -> list[tuple[Pair, float]]:
    """(English, Korean) texts with weights: parallel text, industry names, terms, concept names."""
    data = shared / "data"
    found = [
        (pair, 1.0)
        for name, header, columns in _PARALLEL
        for pair in parallel_pairs(data / "text", name, header=header, columns=columns)
    ]
    found += [((en, ko), _KSIC_WEIGHT) for ko, en in ksic_pairs(data / "reference")[0]]
    for left, right in thesaurus_pairs(data / "reference"):
        if is_korean(left) != is_korean(right):
            found.append(((right, left) if is_korean(left) else (left, right), _TERM_WEIGHT))
    for concept in load_vocabulary().concepts:
        found += [
            ((en, ko), _TERM_WEIGHT)
            for en in concept.en[:_NAMES_OF_A_CONCEPT]
            for ko in concept.ko[:_NAMES_OF_A_CONCEPT]
        ]
    return found


def lexicon(pairs: Sequence[tuple[Pair, float]]) -> dict[str, list[tuple[str, float]]]:
    """Translations of tokens, English to Korean and Korean to English."""
    both: list[TokenPair] = [(english_tokens(en), korean_tokens(ko)) for (en, ko), _ in pairs]
    weights = [weight for _, weight in pairs]
    forth: Translations = translation_table(both, weights)
    back = translation_table([(ko, en) for en, ko in both], weights)
    return {**forth.of, **back.of}


def document_counts(texts: Iterable[str]) -> Counter[str]:
    """In how many of the texts each token stands."""
    return Counter(token for text in texts for token in set(tokens(text)))


def telling(groups: Sequence[Sequence[str]]) -> dict[str, float]:
    """Per token that some description holds: its inverse document frequency from 0 to 1.

    `groups` are descriptions of several kinds; a word that any kind is full of tells nothing.
    """
    found: dict[str, float] = {}
    for texts in groups:
        for token, count in document_counts(texts).items():
            if count >= _FEWEST_TEXTS:
                value = math.log((len(texts) + 1) / (count + _RAREST_COUNTS)) / math.log(2 * len(texts) + 2)
                found[token] = min(found.get(token, 1.0), max(value, 0.0))
    return found


def odds(descriptions: Sequence[str], needs: Sequence[str]) -> dict[str, float]:
    """Log odds of a description against a need, per token that at least a few of the texts hold."""
    told, asked = document_counts(descriptions), document_counts(needs)
    return {
        token: math.log((told[token] + _ODDS_SMOOTHING) / (len(descriptions) + 2 * _ODDS_SMOOTHING))
        - math.log((asked[token] + _ODDS_SMOOTHING) / (len(needs) + 2 * _ODDS_SMOOTHING))
        for token in sorted({*told, *asked})
        if told[token] + asked[token] >= 2 * _FEWEST_TEXTS
    }


def mixed_odds(descriptions: Mapping[bool, Sequence[str]], needs: Mapping[bool, Sequence[str]]) -> dict[str, float]:
    """Odds within each language (is it Korean?), so that the language itself speaks for neither."""
    found: dict[str, float] = {}
    for korean in (True, False):
        for token, value in odds(descriptions[korean], needs[korean]).items():
            if is_korean(token) == korean or (not korean and token not in found):
                found[token] = value
    return found


def count(shared: Path, firms: Sequence[FirmTexts]) -> tuple[dict[str, float], dict[str, float]]:
    """`telling` and `odds` from the descriptions of these firms, foreign firms' summaries and problem sentences."""
    korean = [" ".join(firm.all_parts_ko) for firm in firms if firm.parts_ko]
    short = [part for firm in firms for part in firm.parts_ko]
    english = [firm.summary_en for firm in firms if firm.summary_en]
    rows = read_rows(shared / "data" / "registers" / "world_listed_industrial_tech_202608.csv")
    world = [row["summary"] for row in rows if row["summary"]]
    problems = [problem.text for problem in load_problems()]
    descriptions = {True: [*korean, *short], False: [*english, *world]}
    needs = {korean: [text for text in problems if is_korean(text) == korean] for korean in (True, False)}
    return telling([korean, english, world]), mixed_odds(descriptions, needs)


def main(arguments: list[str] | None = None) -> int:
    """Count and save; 0."""
    parser = argparse.ArgumentParser(prog="python -m lab.embedding.words", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds data/")
    parser.add_argument("--out", type=Path, default=WORDS_FILE)
    options = parser.parse_args(arguments)
    if not (options.shared / "data" / "text").is_dir():
        parser.error(f"no texts under {options.shared}/data/text; give the folder with --shared")
    firms = [firm for firm in read_firm_texts(options.shared / "data") if firm.split == "train"]
    told, against = count(options.shared, firms)
    saved = save_words(options.out, telling=told, odds=against, translations=lexicon(bilingual_pairs(options.shared)))
    print(
        f"{len(saved.vocabulary)} tokens, {len(saved.targets)} translations -> {options.out.name}, "
        f"{options.out.stat().st_size / 1e6:.2f} MB, mean telling {np.mean(saved.telling):.2f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
