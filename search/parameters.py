"""What people may write for a field or a region, on the command line, in the API and in a page's address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from schemas.vocabulary import load_vocabulary
from search.query import CHOOSABLE_ROLES, RANKED, Band, Role
from transforms.regions import find_regions, is_region_code

ROLE: Final = re.compile(r"(\d{1,4})-(\d{1,4}):([a-z_]+)")
"""A role chosen for a concept that the need names: `0-4:want`."""


def field_ids(values: Sequence[str]) -> tuple[str, ...]:
    """Checked field ids. Raises ValueError naming the ids there are."""
    known = load_vocabulary().field
    for value in values:
        if value not in known:
            raise ValueError(f"no field {value!r}; there are: {', '.join(known)}")
    return tuple(values)


def region_codes(values: Sequence[str]) -> tuple[str, ...]:
    """Codes of regions given as codes or names. Raises ValueError for one that is not known."""
    codes: list[str] = []
    for value in values:
        if is_region_code(value):
            codes.append(value)
        elif found := find_regions(value):
            codes += [region.code for region in found]
        else:
            raise ValueError(f"no region {value!r}; give a name such as 대구 or Ulsan, or a code of 2 or 5 digits")
    return tuple(dict.fromkeys(codes))


def band_names(values: Sequence[str]) -> tuple[Band, ...]:
    """Checked bands of an answer. Raises ValueError naming the bands there are."""
    if unknown := [value for value in values if value not in RANKED]:
        raise ValueError(f"no band {unknown[0]!r}; there are: {', '.join(RANKED)}")
    return tuple(band for band in RANKED if band in values)


def chosen_roles(values: Sequence[str]) -> dict[tuple[int, int], Role]:
    """Roles by place out of `<from>-<to>:<role>`, the later of two for a place. Raises ValueError for another form."""
    roles: dict[tuple[int, int], Role] = {}
    for value in values:
        found = ROLE.fullmatch(value)
        role = next((role for role in CHOOSABLE_ROLES if found and role == found[3]), None)
        if found is None or role is None:
            raise ValueError(
                f"no role {value!r}; give <from>-<to>:<role> with a place of understood.spans and one of "
                f"{', '.join(CHOOSABLE_ROLES)}, such as 0-4:want"
            )
        roles[int(found[1]), int(found[2])] = role
    return roles
