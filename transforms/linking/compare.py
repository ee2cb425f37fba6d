"""What two records agree and disagree on: one level per kind of evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Jaro

from transforms.linking import rules
from transforms.linking.pairs import Keys, Rows, keys_of

Levels = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

_NEAR: Final = 0.84
_SLIPS: Final = 2
_ALIKE: Final = 0.6
_ALIKE_BONES: Final = 0.85
_NUMBERED: Final = 0.75
_PRODUCT_ALIKE: Final = 85.0
_LONG_WORD: Final = (
    r"(테크놀로지|일랙트로닉스|인더스트리|앤터테인먼트|머티리얼|솔루션|디스플레이|인베스트먼트|커뮤니케이션|인터내셔널|다이아몬드|"
    r"사이언스|코퍼레이션|로지스틱스|세미컨덕터|헬스케어|파마슈티컬|스페셜티케미컬|이노베이션|메카트로닉스|네트웍|시스템)$"
)

LEVELS: Final = {
    "name": ("exact", "sound", "alias", "spelled", "typo", "short", "longer", "alike", "numbered", "other"),
    "place": ("street", "district", "city", "other_city", "province", "office", "office_apart", "apart", "unknown"),
    "home": ("site", "domain", "apart", "unknown"),
    "day": ("same", "year", "apart", "unknown"),
    "goods": ("same", "trade", "off_trade", "apart", "unknown"),
}
"""Levels of every kind of evidence; only `unknown` means that one of the two does not say.

name: equal in letters; in sound; one's second name is the other's name; same consonants, one of them in Latin letters;
one slip apart; one is the other without a word that short names drop; one is the other and more; somewhat alike;
alike but for a number (1호, 2호); other. home: same site; same domain. day: founded on one day; within a year; in other
years. place: one says its province, of the other only the registry office is known, there (office) or elsewhere.
goods: one is registered as a supplier of technology, the other makes some (trade) or what is none (off_trade).
"""


@dataclass(frozen=True)
class Compared:
    """Pairs (`left`, `right`: rows) and the level of each kind of evidence as indexes into LEVELS; equally long."""

    left: Rows
    right: Rows
    levels: dict[str, Levels]
    same_origin: Flags

    def at(self, kind: str, *names: str) -> Flags:
        """Pairs whose level is one of these."""
        return np.array([level in names for level in LEVELS[kind]])[self.levels[kind]]

    def taken(self, chosen: Flags) -> Compared:
        return Compared(
            self.left[chosen],
            self.right[chosen],
            {kind: part[chosen] for kind, part in self.levels.items()},
            self.same_origin[chosen],
        )


class _Columns:
    """Hashes of a prepared table's columns, and of pairs whether they agree."""

    def __init__(self, table: pl.DataFrame, left: Rows, right: Rows) -> None:
        self._table, self._left, self._right = table, left, right

    def keys(self, column: str) -> tuple[Keys, Keys]:
        keys = keys_of(self._table[column])
        return keys[self._left], keys[self._right]

    def agree(self, column: str) -> tuple[Flags, Flags]:
        """Whether both say it, and whether they say the same."""
        a, b = self.keys(column)
        known = (a != 0) & (b != 0)
        return known, known & (a == b)


def compared(left: Rows, right: Rows, table: pl.DataFrame) -> Compared:
    """Compare pairs of rows of a prepared table; pairs that agree in nothing that matters are left out."""
    columns = _Columns(table, left, right)
    levels = {"place": _place(columns), "home": _home(columns), "day": _day(columns, table)}
    exact, sound = columns.agree("match_key")[1], columns.agree("sound")[1]
    alias = _alias(table, left, right)
    compared = Compared(left, right, levels, columns.agree("origin")[1])
    tied = (
        compared.at("place", "street")
        | compared.at("home", "site", "domain")
        | compared.at("day", "same")
        | columns.agree("product")[1]
    )
    names = _names(table, left, right, exact, sound, alias, tied)
    hopeless = np.isin(names, [LEVELS["name"].index(name) for name in ("alike", "other", "numbered")]) & ~tied
    kept = Compared(left, right, {"name": names, **levels}, compared.same_origin).taken(~hopeless)
    goods = _goods(table, kept.left, kept.right)
    return Compared(kept.left, kept.right, {**kept.levels, "goods": goods}, kept.same_origin)


def _alias(table: pl.DataFrame, left: Rows, right: Rows) -> Flags:
    alias, sound = keys_of(table["alias"]), keys_of(table["sound"])
    a, b = alias[left], alias[right]
    agrees = ((a != 0) & (a == sound[right])) | ((b != 0) & (b == sound[left]))
    return np.asarray(agrees, dtype=bool)


def _names(
    table: pl.DataFrame, left: Rows, right: Rows, exact: Flags, sound: Flags, alias: Flags, tied: Flags
) -> Levels:
    index = {name: np.uint8(i) for i, name in enumerate(LEVELS["name"])}
    levels = np.full(len(left), index["other"], np.uint8)
    unequal = np.flatnonzero(~(exact | sound | alias))
    levels[unequal] = _unequal_names(table, left[unequal], right[unequal], tied[unequal], index)
    for flag, name in ((alias, "alias"), (sound, "sound"), (exact, "exact")):
        levels[flag] = index[name]
    return levels


def _unequal_names(table: pl.DataFrame, left: Rows, right: Rows, tied: Flags, index: dict[str, np.uint8]) -> Levels:
    """Levels of names that are not equal. Likeness of consonants is worked out for `tied` pairs only."""
    a, b = _texts(table["sound"], left, right)
    lengths = table["sound"].str.len_chars().fill_null(0).to_numpy().astype(np.int64)
    shorter = np.minimum(lengths[left], lengths[right])
    letters = _texts(table["sound"], left, right, lambda sounds: sounds.str.normalize("NFD"))
    likeness = process.cpdist(
        *letters, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE, workers=-1, dtype=np.float32
    )
    slips = process.cpdist(a, b, scorer=OSA.distance, score_cutoff=_SLIPS, workers=-1, dtype=np.uint8)
    numerals = keys_of(table["numerals"])
    same_number = numerals[left] == numerals[right]
    has_number = (table["numerals"] != "").to_numpy()
    both_numbered = has_number[left] & has_number[right]
    latin = table["is_latin"].fill_null(False).to_numpy()
    any_latin = latin[left] | latin[right]
    skeletons = keys_of(table["skeleton"])
    spelled = any_latin & (skeletons[left] != 0) & (skeletons[left] == skeletons[right]) & same_number
    longer = _longer(table["sound"].gather(left), table["sound"].gather(right)) & (shorter >= 2) & same_number
    short = np.zeros(len(left), bool)
    at = np.flatnonzero(longer)
    short[at] = _shortened(a[at], b[at])
    typo = same_number & (shorter >= 3) & ((likeness >= _NEAR) & (slips <= _SLIPS) | ((slips == 1) & (shorter >= 4)))
    alike = same_number & (shorter >= 2) & (likeness >= _ALIKE)
    at = np.flatnonzero(tied & any_latin & ~alike & same_number & (shorter >= 2))
    alike[at] = _alike_bones(table, left[at], right[at])
    levels = np.full(len(left), index["other"], np.uint8)
    numbered = both_numbered & ~same_number & (likeness >= _NUMBERED)
    for flag, name in (
        (alike, "alike"),
        (typo, "typo"),
        (longer, "longer"),
        (short, "short"),
        (spelled, "spelled"),
        (numbered, "numbered"),
    ):
        levels[flag] = index[name]
    return levels


def _texts(
    values: pl.Series, left: Rows, right: Rows, read: Callable[[pl.Series], pl.Series] | None = None
) -> tuple[Texts, Texts]:
    """Texts of both rows of each pair, `read` once for each row that is in any; empty where there is none."""
    used = np.zeros(len(values), bool)
    used[left] = used[right] = True
    present = values.filter(pl.Series(used)).fill_null("")
    texts = np.empty(len(values), object)
    texts[used] = (read(present) if read else present).to_list()
    return texts[left], texts[right]


def _longer(a: pl.Series, b: pl.Series) -> Flags:
    """Whether one name begins or ends with the other."""
    frame = pl.DataFrame({"a": a, "b": b})
    ends = [
        pl.col(x).str.starts_with(pl.col(y)) | pl.col(x).str.ends_with(pl.col(y)) for x, y in (("a", "b"), ("b", "a"))
    ]
    return np.asarray(frame.select(pl.any_horizontal(ends).fill_null(False)).to_series().to_numpy(), dtype=bool)


def _shortened(a: Texts, b: Texts) -> Flags:
    """Whether the longer name is the shorter one and a word that short names drop, or breaks off within a word."""
    frame = pl.DataFrame({"a": a.tolist(), "b": b.tolist()}, schema={"a": pl.String, "b": pl.String})
    first_longer = pl.col("a").str.len_chars() > pl.col("b").str.len_chars()
    names = frame.select(
        longer=pl.when(first_longer).then("a").otherwise("b"), shorter=pl.when(first_longer).then("b").otherwise("a")
    )
    begins = pl.col("longer").str.starts_with(pl.col("shorter"))
    rest = pl.when(begins).then(pl.col("longer").str.slice(pl.col("shorter").str.len_chars()))
    word = pl.col("longer").str.extract(_LONG_WORD)
    broken = word.is_not_null() & (rest.str.len_chars() < word.str.len_chars())
    short = names.select(short=(rest.is_in(rules.DROPPED_WORDS) | broken).fill_null(False))["short"]
    return np.asarray(short.to_numpy(), dtype=bool)


def _alike_bones(table: pl.DataFrame, left: Rows, right: Rows) -> Flags:
    a, b = _texts(table["skeleton"], left, right)
    likeness = process.cpdist(a, b, scorer=Jaro.normalized_similarity, workers=-1, dtype=np.float32)
    return np.asarray((likeness >= _ALIKE_BONES) & (a != "") & (b != ""), dtype=bool)


def _chosen(kind: str, size: int, *cases: tuple[str, Flags]) -> Levels:
    """The level of the first case that holds, else the last level (`unknown`)."""
    levels = np.full(size, len(LEVELS[kind]) - 1, np.uint8)
    for name, flags in reversed(cases):
        levels[flags] = LEVELS[kind].index(name)
    return levels


def _place(columns: _Columns) -> Levels:
    (known_city, city), (known_province, province) = columns.agree("city"), columns.agree("province")
    district, street = columns.agree("district")[1], columns.agree("street")[1]
    known_seat, seat = columns.agree("seat")
    a, b = columns.keys("province")
    one_placed = (a != 0) | (b != 0)
    seat = seat & one_placed
    near = (city | ~known_city) & ~(known_province & ~province)
    return _chosen(
        "place",
        len(city),
        ("street", street & near),
        ("district", district),
        ("city", city),
        ("other_city", province & known_city),
        ("province", province),
        ("office", seat & ~known_province),
        ("office_apart", known_seat & ~known_province & one_placed),
        ("apart", known_province),
    )


def _home(columns: _Columns) -> Levels:
    known, site = columns.agree("site")
    return _chosen("home", len(site), ("site", site), ("domain", columns.agree("domain")[1]), ("apart", known))


def _day(columns: _Columns, table: pl.DataFrame) -> Levels:
    known, same = columns.agree("established")
    years = table["established"].dt.year().fill_null(0).to_numpy()
    near = np.abs(years[columns._left] - years[columns._right]) <= rules.FOUNDED_WITHIN
    return _chosen("day", len(same), ("same", same), ("year", known & near), ("apart", known))


def _goods(table: pl.DataFrame, left: Rows, right: Rows) -> Levels:
    keys = keys_of(table["product"])
    known = (keys[left] != 0) & (keys[right] != 0)
    same = known & (keys[left] == keys[right])
    rows = np.flatnonzero(known & ~same)
    texts = _texts(table["product"], left[rows], right[rows])
    likeness = process.cpdist(*texts, scorer=fuzz.token_set_ratio, workers=-1, dtype=np.float32)
    same[rows] = likeness >= _PRODUCT_ALIKE
    trade, off_trade = _trade(table, left, right)
    return _chosen("goods", len(left), ("same", same), ("trade", trade), ("off_trade", off_trade), ("apart", known))


def _trade(table: pl.DataFrame, left: Rows, right: Rows) -> tuple[Flags, Flags]:
    """Pairs of a registered supplier and a record of another register that makes technology, and that makes none."""
    supplier = table["is_supplier"].to_numpy()
    technical, has_industry = (
        table["is_technical"].fill_null(False).to_numpy(),
        table["is_technical"].is_not_null().to_numpy(),
    )
    other = np.where(supplier[left], right, left)
    crossing = (supplier[left] != supplier[right]) & has_industry[other]
    return crossing & technical[other], crossing & ~technical[other]
