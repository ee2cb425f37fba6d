"""What a source declares in its `source.yaml`, and how declarations are found."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Annotated, Final, Literal

import polars as pl
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from schemas.lake.manifest import Caution, SourceAbout
from schemas.records import RECORD_COLUMNS

ServiceName = Literal["odcloud", "data_go_kr", "koneps", "nts", "opendart", "kipris", "ntis", "kind"]
"""Services that flows/fetch/services.py knows."""

LISTS = "list"
"""Grain of files that name what to ask about; they hold no rows of the register."""

SOURCES_FOLDER = Path(__file__).parent

OWN_VARIABLE: Final = "CAPLAKE_SOURCES"
"""Names a folder of sources of one's own, beside those that come with the program."""


class SourceError(Exception):
    """A source cannot be used; the message names it and says what to do."""


class Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Declared):
    """Words in both languages."""

    ko: str
    en: str


class Edition(Declared):
    """One published file of the register, bundled beside the declaration.

    `grain` names what a row is, where a register's files differ in that.
    """

    file: str
    as_of: date
    grain: str | None = None


class Statement(Declared):
    """A canonical column whose text says what the firm can do."""

    column: str
    kind: str
    weight: Literal["strong", "medium", "weak", "hint"]


class Checks(Declared):
    """Gates on the number of valid rows: `minimum` and `ratio` fail, `maximum` warns.

    `ratio` is the least share of the last committed run's rows, `refused` the most of the rows read that may end
    in quarantine, `unknown` what a header that the source does not name does.
    """

    minimum: int = 1
    maximum: int | None = None
    ratio: float = 0.9
    refused: float = 0.2
    unknown: Literal["warn", "fail"] = "warn"


class Months(Declared):
    """A listing that is asked month by month: `begin` and `end` name the parameters of its first and last minute."""

    begin: str
    end: str
    since: date


class Call(Declared):
    """How a service is asked for a source.

    Without `per` it is a listing: pages until the whole register is there. `each` asks for it once per value,
    `months` once per month. With `per` every request is about one item: a `corp_code` of the delivery's own list, an
    `applicant_no` or (a hundred a request) a `business_no` of the lake; answers are gathered over the nights, at most
    `per_night` and `per_month` requests. A `file` is one download.
    """

    service: ServiceName
    path: str = ""
    dataset: str | None = None
    params: dict[str, str] = Field(default_factory=dict)
    key_name: str = ""
    page_size: int = 1000
    grain: str | None = None
    file: str | None = None
    each: dict[str, list[str]] = Field(default_factory=dict)
    months: Months | None = None
    per: Literal["corp_code", "applicant_no", "business_no"] | None = None
    as_param: str = ""
    per_night: int = 1000
    per_month: int | None = None
    refresh_days: int = 90


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


Headers = Annotated[list[str], BeforeValidator(_as_list)]


class Source(Declared):
    """A declared source. `columns` maps a canonical column to the headers it goes by in the editions.

    `key` lists the canonical columns that form the record key; with `hash_key` they are hashed, for registers that
    have no key of their own; `fallback_key` is hashed for rows that lack theirs. `optional` columns may lack their
    header altogether, in an edition that never had it; a missing one of any other fails the source. `constants`
    gives canonical columns one value, `values` rewrites the words or codes of one. `member` names the file of a ZIP
    of several. `api` says how its services are asked, where there are any. Where sources disagree on a value, the
    smallest `authority` counts. `cautions` say what to beware of when counting with its rows. A source that is
    `retired` takes no part any more and says why; `formerly` lists the names that it had before.
    """

    name: str
    title: Title
    publisher: str
    licence: str
    landing_page: str
    cautions: list[Title] = Field(default_factory=list)
    cadence: Literal["daily", "monthly", "quarterly", "yearly", "irregular"]
    editions: list[Edition] = Field(default_factory=list)
    enabled: bool = True
    retired: str | None = None
    formerly: Headers = Field(default_factory=list)
    authority: int = 50
    key: Headers
    hash_key: bool = False
    fallback_key: Headers = Field(default_factory=list)
    api: Annotated[list[Call], BeforeValidator(_as_list)] = Field(default_factory=list)
    member: str | None = None
    columns: dict[str, Headers]
    optional: list[str] = Field(default_factory=list)
    constants: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    personal: list[str] = Field(default_factory=list)
    dropped: list[str] = Field(default_factory=list)
    missing: list[str] = Field(default_factory=list)
    corporations_only: bool = False
    statements: list[Statement] = Field(default_factory=list)
    certification: str | None = None
    registers_suppliers: bool = False
    role: Literal["sells", "uses", "unknown"] = "unknown"
    checks: Checks = Checks()

    @model_validator(mode="after")
    def _columns_are_canonical(self) -> Source:
        named = {*self.columns, *self.constants, *self.values, *self.key, *self.fallback_key}
        named |= {statement.column for statement in self.statements}
        unknown = sorted(named - set(RECORD_COLUMNS))
        if unknown:
            raise ValueError(f"not canonical columns: {', '.join(unknown)} (declared ones are in schemas/records.py)")
        if "name" not in self.columns:
            raise ValueError("no header is mapped onto `name`")
        absent = sorted(set(self.optional) - set(self.columns))
        if absent:
            raise ValueError(f"optional columns without a mapping: {', '.join(absent)}")
        return self

    @property
    def folder(self) -> Path:
        return source_folder(self.name)

    @property
    def grains(self) -> set[str]:
        """What the register's files are about, where they differ in that."""
        named = {edition.grain for edition in self.editions} | {call.grain for call in self.api}
        return {grain for grain in named if grain and grain != LISTS}

    @property
    def about(self) -> SourceAbout:
        return SourceAbout(
            title_ko=self.title.ko,
            title_en=self.title.en,
            publisher=self.publisher,
            licence=self.licence,
            landing_page=self.landing_page,
            cautions=[Caution(ko=caution.ko, en=caution.en) for caution in self.cautions],
        )

    @property
    def parser(self) -> Callable[[dict[str, pl.DataFrame]], pl.DataFrame] | None:
        """`join` of the folder's `parse.py`: the editions' raw tables by grain, to one table."""
        path = self.folder / "parse.py"
        return _module(path).join if path.exists() else None

    @property
    def fingerprint(self) -> str:
        """Of everything that decides what becomes of the raw bytes."""
        digest = hashlib.sha256((self.folder / "source.yaml").read_bytes())
        if (parse := self.folder / "parse.py").exists():
            digest.update(parse.read_bytes())
        return digest.hexdigest()


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"flows.sources.{path.parent.name}.parse", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def own_folder() -> Path | None:
    """Where sources of one's own are: $CAPLAKE_SOURCES, if set."""
    given = os.environ.get(OWN_VARIABLE)
    return Path(given) if given else None


def source_folder(name: str) -> Path:
    """Folder of a source: one's own stands for a shipped one of the same name; a new one becomes one's own."""
    own = own_folder()
    shipped = SOURCES_FOLDER / name
    if own is None or (shipped.exists() and not (own / name).exists()):
        return shipped
    return own / name


def load_source(name: str) -> Source:
    """Raises SourceError when there is no such source or its declaration is wrong."""
    path = source_folder(name) / "source.yaml"
    if not path.exists():
        if now := former_names().get(name):
            raise SourceError(f"the source {name} is called {now} now.")
        known = ", ".join(source_names())
        raise SourceError(f"no source {name!r}; there are: {known}. `caplake sources new {name}` makes one.")
    return _declared(name, path.read_bytes())


@lru_cache(maxsize=256)
def _declared(name: str, content: bytes) -> Source:
    """Many steps of a night ask for a declaration; it is read once, until its bytes change."""
    try:
        document = yaml.safe_load(content.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{name}/source.yaml is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict):
        raise SourceError(f"{name}/source.yaml holds no declaration; docs/sources.md shows one.")
    try:
        return Source.model_validate({"name": name, **document})
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or name}: {e['msg']}" for e in error.errors())
        raise SourceError(f"{name}/source.yaml: {problems}") from None


def source_names() -> list[str]:
    folders = [SOURCES_FOLDER, *([own] if (own := own_folder()) else [])]
    return sorted({path.parent.name for folder in folders for path in folder.glob("*/source.yaml")})


def former_names() -> dict[str, str]:
    """Names that sources had before, each with the one that counts now."""
    names = source_names()
    found = {old: source.name for source in map(load_source, names) for old in source.formerly}
    if both := sorted(set(found) & set(names)):
        raise SourceError(f"{found[both[0]]}/source.yaml: it was formerly {both[0]}, but there is a source {both[0]}.")
    return found


def load_sources(names: list[str] | None = None) -> list[Source]:
    """The named sources, or every enabled one. Raises SourceError for a name that is none, or a retired source."""
    if names:
        named = [load_source(name) for name in sorted(set(names))]
        if gone := next((source for source in named if source.retired), None):
            raise SourceError(f"the source {gone.name} is retired: {gone.retired}")
        return named
    return [source for name in source_names() if (source := load_source(name)).enabled and not source.retired]
