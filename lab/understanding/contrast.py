"""Contrast set: pairs of sentences that differ in little and mean different things.

`python -m lab.understanding.contrast [--set development|held_out]` prints the share of items that are read wholly
right, by kind, and what is wrong with the others. The sets were written by two authors who had read no code; the rules
and cues were made with the development set alone.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from search.query import Need, Role
from search.understand import Understander
from transforms.regions import find_regions

FOLDER: Final = Path(__file__).parent / "contrast"
SETS: Final = ("development", "held_out")
_LEAST_OF_SEVERAL: Final = 0.1
"""Least probability of each field of several that are wanted."""
_BOUNDS: Final = ("min_employees", "max_employees", "min_years", "max_years", "budget_krw")
_COMPARED: Final = (*_BOUNDS, "has_patent", "certification")
_ROLES: Final[tuple[Role, ...]] = ("want", "not_wanted", "hurts", "have")

Item = dict[str, Any]


def load_items(name: str) -> list[Item]:
    """Items of a set, in file order."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def faults(item: Item, need: Need) -> Iterator[str]:
    """What is wrong with the reading of an item: `role`, `fields`, `region`, `filter` or `answerable`, with details."""
    yield from _role_faults(item, need)
    yield from _field_faults(item, need)
    yield from _place_faults(item, need)
    read = need.filters.as_dict()
    for name, value in (item.get("other") or {}).items():
        if name in _COMPARED and _plain(read.get(name)) != _plain(value):
            yield f"filter {name}: {read.get(name)} instead of {value}"
    if need.answerable != item["answerable"]:
        yield f"answerable {need.answer_score:.2f}"


def _role_faults(item: Item, need: Need) -> Iterator[str]:
    for role in _ROLES:
        for phrase in item.get(role) or ():
            start = item["text"].find(phrase)
            inside = [
                s for s in need.spans if s.kind == "concept" and start <= s.start and s.end <= start + len(phrase)
            ]
            wrong = [s for s in inside if not _agrees(s.role, role)]
            # A name inside a longer name of the same phrase has its role.
            if wrong and not (role == "want" and any(s.role == "want" for s in inside)):
                yield f"role of {wrong[0].text}: {wrong[0].role} ({wrong[0].because}) instead of {role}"


def _agrees(found: Role, wanted: Role) -> bool:
    """What fails and what is there are both not sought, and are told apart no further."""
    unsought = ("hurts", "have", "about_asker", "unread")
    return found == wanted or (wanted in ("hurts", "have") and (found in unsought or found == "not_wanted"))


def _field_faults(item: Item, need: Need) -> Iterator[str]:
    fields = item.get("fields") or []
    if not item["answerable"] or not fields:
        return
    score = {f.id: f.score for f in need.fields}
    if item["kind"] == "several":
        missing = [f for f in fields if score[f] < _LEAST_OF_SEVERAL]
        if missing:
            yield f"fields lack {missing[0]} ({score[missing[0]]:.2f})"
    elif need.fields[0].id not in fields:
        yield f"field {need.fields[0].id} ({need.fields[0].score:.2f}) instead of {fields[0]}"
    if wrong := set(item.get("not_fields") or ()) & set(need.meant):
        yield f"fields have {sorted(wrong)[0]}"


def _place_faults(item: Item, need: Need) -> Iterator[str]:
    read = {
        "region": set(need.filters.region) | set(need.filters.service_area),
        "not_region": set(need.filters.not_region),
        "soft_region": set(need.soft.get("region", ())) | set(need.soft.get("not_region", ())),
    }
    for name, found in read.items():
        wanted = {place.code for words in item.get(name) or () for place in find_regions(words)}
        if found != wanted:
            yield f"{name}: {sorted(found)} instead of {sorted(wanted)}"


def _plain(value: Any) -> Any:
    if isinstance(value, str | list):
        return sorted(str(v).lower().replace(" ", "") for v in ([value] if isinstance(value, str) else value))
    return value


def wholly_right(items: Sequence[Item], understander: Understander) -> dict[str, Any]:
    """Items and pairs read wholly right, by kind, with the faults of the others."""
    wrong = {item["id"]: list(faults(item, understander.understand(item["text"]))) for item in items}
    right = Counter(item["kind"] for item in items if not wrong[item["id"]])
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(item["group"], []).append(item["id"])
    return {
        "items": f"{sum(right.values())} of {len(items)}",
        "groups": f"{sum(not any(wrong[i] for i in ids) for ids in groups.values())} of {len(groups)}",
        "kinds": {kind: f"{right[kind]} of {n}" for kind, n in sorted(Counter(i["kind"] for i in items).items())},
        "wrong": {item["id"]: [item["text"], *wrong[item["id"]]] for item in items if wrong[item["id"]]},
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lab.understanding.contrast", description=__doc__)
    parser.add_argument("--set", choices=SETS, default="development")
    parser.add_argument("--silent", action="store_true", help="figures alone, so that a held-out set stays unread")
    given = parser.parse_args()
    figures = wholly_right(load_items(given.set), Understander.default())
    if given.silent:
        del figures["wrong"]
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
