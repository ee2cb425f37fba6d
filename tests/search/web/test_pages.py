"""Pages as a reader without JavaScript and without a browser gets them."""

from __future__ import annotations

import gzip
import re
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from search.web.render import coded
from search.web.texts import Texts, _texts

PAGES = (
    "/",
    "/fields",
    "/field/digital_twin",
    "/search?q=비전 검사 장비",
    "/search?q=machine vision inspection",
    "/search?q=비전 검사 장비&region=41",
    "/search?field=digital_twin",
    "/search?q=오늘 점심 뭐 먹지",
    "/suppliers?q=비전 검사 장비&region=27",
    "/compare",
    "/sheet",
    "/explore",
    "/data",
    "/data/coverage",
    "/ops",
    "/review",
    "/ranking",
    "/docs",
)


def first_firms(client: TestClient, number: int, need: str = "비전 검사 장비") -> list[str]:
    hits = client.get("/api/v1/search", params={"q": need, "limit": number}).json()["hits"]
    return [hit["firm_id"] for hit in hits]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_page_answers_in_both_languages(client: TestClient, address: str, lang: str) -> None:
    answer = client.get(address, params=None, headers={"accept": "text/html", "accept-language": lang})
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert answer.headers["content-security-policy"].count("unsafe") == 0
    assert " style=" not in answer.text


def test_english_pages_have_no_korean_of_ours(client: TestClient) -> None:
    """Only what a source wrote may be Korean: names of firms and quotes, and needs as asked; all are marked as such."""
    for address in ("/?lang=en", "/fields?lang=en", "/ranking?lang=en", "/docs?lang=en", "/ops?lang=en"):
        html = re.sub(r'<(a|td) [^>]*lang="ko"[^>]*>.*?</\1>', "", client.get(address).text)
        html = re.sub(r"ㅁㅅㅂㅈ", "", html)
        assert not re.search("[가-힣]", html), (address, re.search(".{60}[가-힣].{20}", html))


def test_every_text_has_both_languages() -> None:
    for key, forms in _texts().items():
        assert len(forms) in (2, 3), key
        assert all(form.strip() for form in forms), key
        assert not re.search("[가-힣]", forms[1]) or key == "language_switch", key


def test_plural_and_numbers() -> None:
    assert Texts("en")("total", n=1) == "1 firm"
    assert Texts("en")("total", n=1234) == "1,234 firms"
    assert Texts("ko")("total", n=1234) == "기업 1,234곳"


@pytest.mark.calendar
def test_results_show_reason_quote_source_and_date(client: TestClient) -> None:
    html = client.get("/search", params={"q": "비전 검사 장비", "lang": "ko"}).text
    card = html.partition('<li class="hit"')[2].partition("</li>")[0]
    assert "<mark>" in card
    assert "<figcaption>" in card
    assert "기준" in card
    assert "<dt>이유</dt>" in card
    assert "물어볼 것" in card


@pytest.mark.calendar
def test_facet_counts_are_what_a_click_gives(client: TestClient) -> None:
    whole = client.get("/api/v1/search", params={"q": "비전 검사 장비"}).json()
    for facet in ("region", "field", "certification", "source", "age", "experience"):
        for value, count in list(whole["facets"][facet].items())[:3]:
            narrowed = client.get("/api/v1/search", params={"q": "비전 검사 장비", facet: value}).json()
            assert narrowed["total"] == count, (facet, value)


def test_cities_of_the_province_chosen(client: TestClient) -> None:
    params = {"q": "비전 검사 장비", "region": "41", "lang": "ko"}
    cities = client.get("/api/v1/search", params={"q": "비전 검사 장비", "region": "41"}).json()["facets"]["city"]
    code, count = next(iter(cities.items()))
    assert code.startswith("41")
    assert client.get("/api/v1/search", params={"q": "비전 검사 장비", "region": code}).json()["total"] == count
    assert "시군구별 기업 수" in client.get("/search", params=params).text


def test_browsing_a_field_without_words(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"field": "digital_twin"}).json()
    assert answer["total"] > 0
    assert all("digital_twin" in hit["fields"] for hit in answer["hits"])


def test_suppliers_without_capability_are_apart(client: TestClient) -> None:
    params = {"q": "비전 검사 장비", "region": "41"}
    answer = client.get("/api/v1/search", params=params).json()
    apart = client.get("/api/v1/suppliers", params=params).json()
    assert apart["total"] == answer["registered_without_evidence"] > 0
    assert not {s["firm_id"] for s in apart["suppliers"]} & {hit["firm_id"] for hit in answer["hits"]}
    assert apart["suppliers"][0]["name"] in client.get("/suppliers", params=params).text


def test_certification_has_its_name_from_the_knowledge_base(client: TestClient) -> None:
    html = client.get("/search", params={"q": "HACCP 인증 받은 포장 설비 업체", "lang": "ko"}).text
    assert "HACCP" in html


def test_unknown_filters_stay_and_say_so(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "비전 검사 장비", "drop": "nonsense"}, headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert "<html" in answer.text


@pytest.mark.parametrize("address", ["/nowhere", "/firm/F0000000000", "/firm/nonsense"])
def test_what_is_not_there_is_a_page(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "<html" in answer.text


def test_firm_page_has_structured_data_and_no_script_hole(client: TestClient) -> None:
    (firm_id,) = first_firms(client, 1)
    html = client.get(f"/firm/{firm_id}", params={"lang": "ko"}).text
    data = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert '"@type": "Organization"' in data
    assert "<" not in data
    assert "이 기업으로 합쳐진 기록" in html
    assert firm_id in html.partition("잘못된 내용")[2]


def test_hostile_need_is_text_everywhere(client: TestClient) -> None:
    need = "비전 검사 <script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    (firm_id,) = first_firms(client, 1)
    for address in ("/search", "/suppliers", "/compare", "/sheet", f"/firm/{firm_id}"):
        html = client.get(address, params={"q": need, "firm": firm_id} if address != "/suppliers" else {"q": need}).text
        assert "<script>alert" not in html, address
        assert "<img src=x" not in html, address


def test_comparison_and_inquiry(client: TestClient) -> None:
    ids = first_firms(client, 3)
    params = {"firm": ids, "q": "비전 검사 장비, ISO 9001 있는 업체", "lang": "ko"}
    html = client.get("/compare", params=params).text
    assert html.count('data-note="') == 3
    inquiry = html.partition('id="inquiry"')[2].partition("</textarea>")[0]
    assert "비전 검사 장비" in inquiry
    assert "ISO 9001" in inquiry
    assert inquiry.count("\n- ") >= 3
    assert client.get("/sheet", params=params).text.count('<article class="sheet">') == 3


def test_shortlist_is_carried_by_the_address(client: TestClient) -> None:
    ids = first_firms(client, 2)
    html = client.get("/search", params={"q": "물류 자동화", "firm": ids, "lang": "ko"}).text
    assert all(f'type="hidden" name="firm" value="{firm_id}"' in html for firm_id in ids)
    assert all(f"firm={firm_id}" in html.partition('class="pages"')[2] for firm_id in ids)


def test_feed_is_atom_and_stateless(client: TestClient) -> None:
    answer = client.get("/feed.atom", params={"q": "비전 검사 장비", "lang": "ko"})
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.findtext("a:id", namespaces=space)
    assert feed.find("a:author", space) is not None
    assert feed.findtext("a:updated", namespaces=space).endswith("Z")  # type: ignore[union-attr]
    again = client.get(
        "/feed.atom", params={"q": "비전 검사 장비", "lang": "ko"}, headers={"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304


def test_feed_of_an_empty_need_is_refused(client: TestClient) -> None:
    assert client.get("/feed.atom").status_code == 422


@pytest.mark.parametrize("form", ["csv", "json", "svg"])
def test_plots_can_be_taken_with_their_query(client: TestClient, form: str) -> None:
    answer = client.get(f"/explore/field.{form}", params={"lang": "ko"})
    assert answer.status_code == 200
    assert "SELECT" in answer.text
    assert "식별" in answer.text
    if form == "svg":
        ElementTree.fromstring(answer.content)


def test_ranking_page_shows_the_numbers_of_the_code(client: TestClient) -> None:
    from search.ranking.rank import DEFAULT_WEIGHTS

    html = client.get("/ranking", params={"lang": "en"}).text
    assert f"{DEFAULT_WEIGHTS.words:g}" in html


@pytest.mark.parametrize("address", ["/", "/search?q=비전 검사 장비&lang=ko", "/search?q=생산관리 시스템&lang=en"])
def test_first_load_is_at_most_150_kb(client: TestClient, address: str) -> None:
    """Everything that a first visit transfers: the page, its style, its scripts and its icon."""
    html = client.get(address)
    parts = [
        html.content,
        *(client.get(path).content for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', html.text)),
    ]
    transferred = sum(len(gzip.compress(part, 5)) for part in parts)
    assert transferred <= 150_000


def test_code_in_our_texts_is_set_as_code_and_nothing_else_is_markup() -> None:
    assert coded("send `next` <b>back</b>") == "send <code>next</code> &lt;b&gt;back&lt;/b&gt;"


def test_a_region_given_by_any_name_is_shown_in_the_readers_language(client: TestClient) -> None:
    html = client.get("/search", params={"q": "비전 검사 장비", "region": "제주", "lang": "en"}).text
    assert 'class="chip filter">Jeju' in html


def test_filters_that_leave_nothing_can_be_dropped_all_at_once(client: TestClient) -> None:
    html = client.get("/search", params={"q": "비전 검사 장비", "region": "50", "field": "ar_vr", "lang": "en"}).text
    link = html.partition('class="notice"')[2].partition('href="')[2].partition('"')[0]
    freed = client.get(link.replace("&amp;", "&"))
    assert '<li class="hit"' in freed.text


def test_no_plot_has_a_bar_without_a_name(client: TestClient) -> None:
    assert ">None<" not in client.get("/explore", params={"lang": "en"}).text


def test_no_page_asks_anybody_else_for_anything(client: TestClient) -> None:
    for address in PAGES:
        html = client.get(address).text
        assert not re.findall(r'(?:src|srcset|action)="https?://', html), address
        assert not re.findall(r'<link [^>]*href="https?://', html), address
