"""What people may write for a field or a region, on the command line, in the API and in a page's address."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.vocabulary import load_vocabulary
from transforms.regions import find_regions, is_region_code


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
