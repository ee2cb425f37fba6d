"""People at the pages, in Chromium: a beginner, a buyer from abroad, the keyboard alone, a phone, no JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PHONE = {"width": 320, "height": 640}
ADDRESSES = (
    "/?lang=ko",
    "/search?q=비전 검사 장비&lang=ko",
    "/search?q=오늘 점심 뭐 먹지&lang=ko",
    "/search?q=machine vision inspection&lang=en&region=41",
    "/search?q=비전검사랑 MES 말고 ERP, PLC 제어까지&lang=ko",
    "/search?q=진동센서, 대구 업체로. 베어링이 자꾸 나가요&lang=en",
    "/suppliers?q=비전 검사 장비&lang=ko",
    "/fields?lang=en",
    "/field/digital_twin?lang=ko",
    "/explore?lang=ko",
    "/data?lang=en",
    "/data/coverage?lang=ko",
    "/ops?lang=en",
    "/review?lang=ko",
    "/ranking?lang=ko",
    "/docs?lang=en",
    "/compare?lang=ko",
)


def ask(page: Page, need: str) -> None:
    page.goto("/?lang=ko")
    page.get_by_label("무엇이 문제인가요?").fill(need)
    page.get_by_role("button", name="찾기").click()
    page.wait_for_url("**/search?**")


def first_firm(page: Page) -> str:
    return str(page.locator(".hit").first.get_attribute("id")).removeprefix("firm-")


def test_beginner_with_a_symptom_finds_a_firm_and_the_reason(visitors: Any) -> None:
    page = visitors().page
    ask(page, "생산 현황을 엑셀에 옮겨 적느라 하루가 다 갑니다")
    expect(page.get_by_role("heading", name="이렇게 이해했습니다")).to_be_visible()
    card = page.locator(".hit").first
    expect(card.locator("blockquote").first).to_be_visible()
    expect(card.get_by_text("이유", exact=True)).to_be_visible()
    expect(card.get_by_text("물어볼 것", exact=True)).to_be_visible()
    name = card.get_by_role("heading").get_by_role("link").inner_text()
    card.get_by_role("heading").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("heading", name="이 기업으로 합쳐진 기록")).to_be_visible()


def test_beginner_browses_to_a_field(visitors: Any) -> None:
    page = visitors().page
    page.goto("/?lang=ko")
    page.get_by_role("link", name="생산관리", exact=True).click()
    expect(page.get_by_role("heading", name="이런 문제를 풉니다")).to_be_visible()
    expect(page.get_by_role("cell", name="74.9")).to_be_visible()
    page.get_by_role("link", name="이 분야 기업").click()
    expect(page.locator(".hit").first).to_be_visible()


def test_buyer_from_abroad_reads_english(visitors: Any) -> None:
    page = visitors(locale="en-US").page
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_label("What is the problem?").fill("machine vision inspection, suppliers in Gyeonggi")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".total")).to_contain_text("firms ·")
    expect(page.locator(".chip.filter", has_text="Gyeonggi")).to_be_visible()
    expect(page.locator(".hit").first.get_by_text("Why", exact=True)).to_be_visible()
    page.get_by_role("link", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator(".chip.filter", has_text="경기")).to_be_visible()


def test_constraint_read_from_the_sentence_can_be_dropped_and_put_back(visitors: Any) -> None:
    page = visitors().page
    ask(page, "비전 검사 장비, 대구 업체로")
    few = page.locator(".total").inner_text()
    page.get_by_role("link", name="조건 빼기: 대구").click()
    expect(page.locator(".total")).not_to_have_text(few)
    expect(page.locator(".chip.dropped")).to_be_visible()
    page.locator(".chip.dropped").get_by_role("link").click()
    expect(page.locator(".total")).to_have_text(few)


def test_nothing_left_says_which_filter_to_drop(visitors: Any) -> None:
    page = visitors().page
    page.goto("/search?q=비전 검사 장비&region=제주&field=ar_vr&lang=ko")
    expect(page.get_by_role("heading", name="조건을 모두 채우는 기업이 없습니다")).to_be_visible()
    page.locator(".notice li a").first.click()
    expect(page.locator(".hit").first).to_be_visible()


def test_shortlist_compare_share_and_export(visitors: Any) -> None:
    visitor = visitors(accept_downloads=True)
    page = visitor.page
    ask(page, "비전 검사 장비")
    for box in page.get_by_label("비교에 담기").all()[:3]:
        box.check()
    expect(page.locator("#shortlist-link")).to_have_attribute("data-count", "3")
    page.locator("#shortlist-link").click()
    expect(page.locator("table.compare thead th")).to_have_count(4)
    page.get_by_label("메모:").first.fill("전화해 볼 것")
    assert "비전 검사 장비" in page.get_by_label("문의 글").input_value()
    address = page.locator("#address").input_value()
    page.reload()
    expect(page.get_by_label("메모:").first).to_have_value("전화해 볼 것")
    for form in ("XLSX", "CSV", "JSON", "Parquet"):
        with page.expect_download() as download:
            page.get_by_role("link", name=form).click()
        assert download.value.suggested_filename.endswith(form.lower())
        assert download.value.path().stat().st_size > 200
    other = visitors().page
    other.goto(address)
    expect(other.locator("table.compare thead th")).to_have_count(4)
    other.get_by_role("link", name="비교에서 빼기").first.click()
    expect(other.locator("table.compare thead th")).to_have_count(3)


def test_without_javascript_the_same_story(visitors: Any) -> None:
    page = visitors(java_script_enabled=False).page
    ask(page, "비전 검사 장비")
    boxes = page.get_by_label("비교에 담기").all()
    boxes[0].check()
    boxes[1].check()
    page.get_by_role("button", name="고른 기업 비교").click()
    expect(page.locator("table.compare thead th")).to_have_count(3)
    page.get_by_role("link", name="검색 결과로").click()
    expect(page.get_by_label("비교에 담기").first).to_be_checked()
    page.get_by_label("비교에 담기").nth(2).check()
    page.get_by_role("button", name="고른 기업 비교").click()
    expect(page.locator("table.compare thead th")).to_have_count(4)
    page.get_by_role("link", name="상담회 준비표").click()
    expect(page.locator("article.sheet")).to_have_count(3)


def test_feed_is_offered(visitors: Any) -> None:
    page = visitors().page
    ask(page, "비전 검사 장비")
    address = page.locator('link[type="application/atom+xml"]').get_attribute("href")
    assert address
    answer = page.request.get(address)
    assert answer.ok
    assert b"<feed" in answer.body()


def test_suggestions_and_results_with_the_keyboard_alone(visitors: Any) -> None:
    page = visitors().page
    page.goto("/?lang=ko")
    expect(page.get_by_label("무엇이 문제인가요?")).to_be_focused()
    page.keyboard.type("ㅁㅅㅂㅈ")
    expect(page.locator("#suggestions a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#suggestions a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions a")).to_have_count(0)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("비전 검사 장비")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="본문으로 건너뛰기")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.hit h3 a')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/firm/**")


def test_counts_beside_long_names_stay_in_one_line(visitors: Any) -> None:
    page = visitors(viewport={"width": 1100, "height": 1400}).page
    page.goto("/search?q=collaborative robot&lang=en")
    lines_of = (
        "count => { const r = document.createRange(); r.selectNodeContents(count); return r.getClientRects().length; }"
    )
    counts = [count for count in page.locator(".facets .count").all() if count.is_visible()]
    assert len(counts) > 5
    assert [count.inner_text() for count in counts if count.evaluate(lines_of) != 1] == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_wider_than_a_narrow_phone(visitors: Any, address: str) -> None:
    page = visitors(viewport=PHONE).page
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_violations(visitors: Any, scheme: str) -> None:
    """axe-core with all its rules on every kind of page."""
    page = visitors(color_scheme=scheme).page
    found = {}
    for address in (*ADDRESSES, "firm", "compare", "sheet"):
        page.goto(_address(page, address) if "/" not in address else address)
        report = Axe().run(page).response
        assert len(report["passes"]) > 10, f"axe did not look at {address}"
        if report["violations"]:
            found[address] = [(v["id"], v["nodes"][0]["html"][:200], v["help"]) for v in report["violations"]]
    assert not found


@pytest.mark.parametrize("address", ["/?lang=ko", "/search?q=비전 검사 장비&lang=ko"])
def test_first_load_weight_and_layout_shift(visitors: Any, address: str) -> None:
    page = visitors().page
    page.goto(address, wait_until="networkidle")
    transferred = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".reduce((sum, entry) => sum + entry.transferSize, 0)"
    )
    assert 0 < transferred <= 150_000
    shift = page.evaluate(
        "new Promise(done => new PerformanceObserver(list => done(list.getEntries().reduce((s, e) => s + e.value, 0)))"
        ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))"
    )
    assert shift < 0.01


def _address(page: Page, kind: str) -> str:
    page.goto("/search?q=비전 검사 장비&lang=ko")
    firms = [str(hit.get_attribute("id")).removeprefix("firm-") for hit in page.locator(".hit").all()[:3]]
    query = "&".join(f"firm={firm}" for firm in firms)
    return f"/firm/{firms[0]}?lang=ko" if kind == "firm" else f"/{kind}?{query}&q=비전 검사 장비&lang=ko"
