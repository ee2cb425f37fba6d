"""Take plain sentences of writers into the knowledge base: `python -m lab.understanding.add_plain FILE.jsonl ...`.

A line is `{"t": text, "l": "ko" or "en", "f": [fields, the main one first], "i": industry, "s": style, "p": problem
type}`; no field means that no technology supplier answers. They are added to `plain_ko.yaml` and `plain_en.yaml` in
`schemas/knowledge/problems`. A sentence that the knowledge base or the held-out needs have
already is left out, and counted.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lab.understanding.evaluate import HELD_OUT, HELD_OUT_PLAIN, load_needs
from lab.understanding.examples import load_problems
from schemas.vocabulary import KNOWLEDGE_FOLDER, Vocabulary, load_vocabulary
from transforms.concepts import ConceptMatcher, default_matcher

FOLDER: Final = KNOWLEDGE_FOLDER / "problems"
_LANGUAGES: Final = ("ko", "en")


def squeezed(text: str) -> str:
    """A text without blanks and capitals: the same for two texts that are the same sentence."""
    return "".join(text.lower().split())


def entry(row: Mapping[str, Any], vocabulary: Vocabulary, matcher: ConceptMatcher) -> str:
    """The YAML line of a sentence; its concepts are those that it names, of its fields.

    Raises ValueError for a language or field that there is not.
    """
    fields = list(dict.fromkeys(row["f"]))
    if unknown := [*({row["l"]} - set(_LANGUAGES)), *(set(fields) - set(vocabulary.field))]:
        raise ValueError(f"{row['t']!r} is labelled {', '.join(unknown)}, which is no language or field")
    named = {m.concept for m in matcher.mentions(row["t"], capitals_matter=False)}
    concepts = sorted(c for c in named if vocabulary.concept[c].fields[0] in fields)
    text = json.dumps(" ".join(row["t"].split()), ensure_ascii=False)
    industry, style, kind = (_word(row.get(key)) for key in "isp")
    return (
        f"- {{t: {text}, l: {row['l']}, f: [{', '.join(fields)}], c: [{', '.join(concepts)}], "
        f"i: {industry}, s: {style}, p: {kind}}}"
    )


def fresh(rows: Iterable[Mapping[str, Any]], known: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    """Rows whose sentence is neither known nor among the rows before."""
    seen = {squeezed(text) for text in known}
    for row in rows:
        if squeezed(row["t"]) not in seen:
            seen.add(squeezed(row["t"]))
            yield row


def _word(value: object) -> str:
    return json.dumps(re.sub(r"\W+", "_", str(value or "any").lower()).strip("_"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    arguments = parser.parse_args()
    rows = [json.loads(line) for file in arguments.files for line in file.read_text("utf-8").splitlines() if line]
    held_out = [need.text for file in (HELD_OUT, HELD_OUT_PLAIN) if file.is_file() for need in load_needs(file)]
    kept = list(fresh(rows, [*(problem.text for problem in load_problems()), *held_out]))
    lines = [(row["l"], entry(row, load_vocabulary(), default_matcher())) for row in kept]
    for language in _LANGUAGES:
        if own := [line for of, line in lines if of == language]:
            with (FOLDER / f"plain_{language}.yaml").open("a", encoding="utf-8") as file:
                file.write("\n".join(own) + "\n")
    print(f"{len(kept)} sentences added, {len(rows) - len(kept)} were there already")


if __name__ == "__main__":
    main()
