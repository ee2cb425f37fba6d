"""What depends on today: validity, age and staleness at their edges, and what the bundled registers show with age."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from fastapi.testclient import TestClient

from schemas.lake import Lake, Snapshot
from search.answer.facets import facets
from search.service import SearchService
from search.snapshot.intervals import AGE, age_masks, full_years
from search.snapshot.passing import Filters, certified, firm_mask
from search.web.render import is_stale
from search.web.texts import LANGUAGES, Texts
from search.web.validity import lapse, validity
from tests.clock import clock_at

EDITION = date(2026, 3, 31)
SOURCES: Any = {"venture": SimpleNamespace(as_of=EDITION), "own_list": SimpleNamespace(as_of=None)}


@pytest.fixture(scope="module")
def service(small_lake: str) -> SearchService:
    return SearchService.current(Lake(small_lake))


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(2023, 12, 1), date(2026, 11, 30), 2),
        (date(2023, 12, 1), date(2026, 12, 1), 3),
        (date(2006, 12, 1), date(2026, 12, 1), 20),
        (date(2024, 2, 29), date(2027, 2, 28), 2),
        (date(2024, 2, 29), date(2027, 3, 1), 3),
        (date(2024, 2, 29), date(2028, 2, 29), 4),
        (date(2026, 12, 31), date(2027, 1, 1), 0),
        (date(2026, 12, 2), date(2026, 12, 1), -1),
        (None, date(2026, 12, 1), None),
    ],
)
def test_a_year_is_complete_on_its_anniversary(born: date | None, today: date, years: int | None) -> None:
    firms = pl.DataFrame({"established": [born]}, schema={"established": pl.Date})
    assert firms.select(full_years(today)).item() == years


@pytest.mark.parametrize("years", [0, 3, 10])
def test_bands_and_bounds_of_age_agree_on_any_day(service: SearchService, years: int) -> None:
    today = date(2026 + years, 2, 28)
    masks = age_masks(service.columns, today)
    known = service.columns.firms["established"].is_not_null().to_numpy()
    for band, (low, high) in AGE.items():
        bounds = Filters(min_years=int(low), max_years=None if high == np.inf else int(high) - 1)
        within = firm_mask(service.columns, bounds, today) & known
        alone = firm_mask(service.columns, Filters(), today) & masks[band]
        assert np.array_equal(within & (sum(masks.values()) > 0), alone), band


def test_a_certificate_is_valid_through_its_last_day(service: SearchService) -> None:
    rows, ends = service.columns.certified["venture"]
    last = ends[0].item()
    assert certified(service.columns, "venture", last)[rows[0]]
    others = {end.item() for row, end in zip(rows, ends, strict=True) if row == rows[0]}
    assert not certified(service.columns, "venture", max(others) + timedelta(days=1))[rows[0]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("source", "end", "key"),
    [
        ("venture", date(2026, 12, 1), "valid_until"),
        ("venture", date(2026, 11, 30), "expired_since_edition"),
        ("venture", EDITION, "expired_since_edition"),
        ("venture", EDITION - timedelta(days=1), "expired"),
        ("own_list", date(2026, 11, 30), "expired"),
        ("gone", date(2026, 11, 30), "expired"),
    ],
)
def test_validity_is_told_for_today_and_for_the_edition(language: str, source: str, end: date, key: str) -> None:
    t = Texts(language)
    told = validity(t, {"source": source, "valid_to": end}, SOURCES, date(2026, 12, 1))
    assert told == t(key, date=end, edition=EDITION)


def test_a_register_without_ends_says_nothing_of_them() -> None:
    assert validity(Texts("ko"), {"source": "venture", "valid_to": None}, SOURCES, date(2026, 12, 1)) == ""


@pytest.mark.parametrize(("age", "stale"), [(-1, False), (0, False), (730, False), (731, True)])
def test_what_is_older_than_two_years_is_old(age: int, stale: bool) -> None:
    assert is_stale(date(2028, 2, 29) - timedelta(days=age), date(2028, 2, 29)) is stale


def test_firms_that_held_a_scheme_when_the_register_was_published_are_counted_beside_today(
    service: SearchService,
) -> None:
    columns = service.columns
    edition = Snapshot.current(service.snapshot.lake).manifest.sources["venture"].as_of
    assert edition is not None
    assert lapse(columns, "venture", edition) is None
    found = lapse(columns, "venture", edition + timedelta(days=365))
    assert found is not None
    day, then, now = found
    assert day == edition
    assert then == int(certified(columns, "venture", edition).sum()) > now > 0
    late = lapse(columns, "venture", date(2037, 1, 1))
    assert late == (edition, then, 0)
    assert lapse(columns, "iso9001", date(2037, 1, 1)) is None


@pytest.fixture
def in_four_years() -> Iterator[None]:
    with clock_at("2030-06-01T000000Z"):
        yield


@pytest.mark.parametrize(("language", "said"), [("ko", "기준일인 2026년"), ("en", "2026, the date of the register")])
def test_in_four_years_an_empty_filter_says_how_many_there_were(
    client: TestClient, in_four_years: None, language: str, said: str
) -> None:
    page = client.get("/search", params={"q": "비전 검사", "certification": "venture", "lang": language}).text
    assert said in page
    assert "drop=certification" in page or "certification" in page


@pytest.mark.parametrize(("language", "said"), [("ko", "이 자료의 기준일 2026년"), ("en", "the date of this register")])
def test_in_four_years_a_firm_shows_what_its_register_knew(
    client: TestClient, service: SearchService, in_four_years: None, language: str, said: str
) -> None:
    row = service.columns.certified["venture"][0][0]
    firm = service.columns.firms["firm_id"][int(row)]
    page = client.get(f"/firm/{firm}", params={"lang": language}).text
    assert said in page


@pytest.mark.calendar
def test_counts_of_certificates_are_what_the_filter_leaves_on_any_day(service: SearchService) -> None:
    everybody = firm_mask(service.columns, Filters(), service.today())
    counted = facets(service.columns, everybody, service.today())["certification"]
    for scheme in service.columns.certified:
        left = firm_mask(service.columns, Filters(certification=(scheme,)), service.today())
        assert counted.get(scheme, 0) == int(left.sum())


@pytest.mark.calendar
def test_pages_follow_the_clock(client: TestClient, service: SearchService) -> None:
    """The venture register has no certificate that holds ten years on; today and on a leap day of 2028 it has some."""
    held = certified(service.columns, "venture", service.today()).any()
    page = client.get("/search", params={"q": "비전 검사", "lang": "en"}).text
    assert ("certification=venture" in page) == bool(held)
