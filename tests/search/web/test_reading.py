"""The results page: what was read, how much each firm's evidence says, and what to do where nobody states it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient


def reading(html: str) -> dict[str, str]:
    """The chips by the label of their row, as plain text."""
    rows = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", html.partition('class="reading"')[2], re.DOTALL)
    return {label: " ".join(re.sub(r"<[^>]+>", " ", chips).split()) for label, chips in rows}


def links(html: str, label: str) -> list[str]:
    """Addresses of the links with this text or label."""
    found = re.findall(r'<a [^>]*?href="([^"]+)"([^>]*)>(.*?)</a>', html, re.DOTALL)
    return [href.replace("&amp;", "&") for href, more, text in found if label in more or label in text]


def test_chips_stand_under_the_role_that_was_read(client: TestClient) -> None:
    html = client.get("/search", params={"q": "MES 말고 POP만, 대구 업체로. 예산 3천", "lang": "ko"}).text
    rows = reading(html)
    assert rows["찾는 것"].startswith("POP")
    assert rows["제외"].startswith("MES")
    assert rows["조건"].startswith("대구")
    english = client.get("/search", params={"q": "MES 말고 POP만, 대구 업체로", "lang": "en"}).text
    assert reading(english)["Left out"].startswith("MES (manufacturing execution system)")


def test_one_click_turns_a_role_and_another_takes_it_back(client: TestClient) -> None:
    html = client.get("/search", params={"q": "MES 말고 POP만", "lang": "ko"}).text
    (turn,) = links(html, "MES: 찾는 것으로")
    assert "role=0-3%3Awant" in turn
    turned = client.get(turn).text
    assert reading(turned)["찾는 것"].startswith("MES ↺")
    assert "제외" not in reading(turned)
    (back,) = links(turned, "처음 이해대로: MES")
    assert reading(client.get(back).text) == reading(html)


def test_a_role_turned_twice_is_in_the_address_once(client: TestClient) -> None:
    html = client.get("/search", params={"q": "MES 말고 POP만", "role": "0-3:want", "lang": "ko"}).text
    again = links(html.partition('class="because"')[2], "이미 있는 것")[0]
    assert again.count("role=") == 1
    assert reading(client.get(again).text)["이미 있는 것"].startswith("MES")


def test_a_role_of_nothing_is_refused_with_the_places_there_are(client: TestClient) -> None:
    for role, said in (("5-6:want", "0-3"), ("0-3:loved", "not_wanted"), ("want", "0-4:want")):
        answer = client.get("/api/v1/search", params={"q": "MES 말고 POP만", "role": role})
        assert answer.status_code == 422
        assert said in answer.json()["detail"]


def test_totals_are_told_by_band_and_a_click_lists_that_band(client: TestClient) -> None:
    params = {"q": "금속 3D프린팅 장비", "lang": "ko"}
    html = client.get("/search", params=params).text
    totals = client.get("/api/v1/search", params=params).json()["totals"]
    for band, label in (("states", "정확히 말한 기업"), ("field", "같은 분야"), ("name", "이름·업종만")):
        (address,) = links(html.partition('class="bands"')[2].partition("</ul>")[0], f"{label} {totals[band]}곳")
        listed = client.get(address.replace("/search", "/api/v1/search")).json()
        assert listed["total"] == totals[band] > 0
        assert listed["totals"] == totals
        assert {hit["band"] for hit in listed["hits"]} == {band}


def test_hits_stand_under_the_heading_of_their_band(client: TestClient) -> None:
    params = {"q": "협동로봇", "lang": "ko"}
    states = client.get("/api/v1/search", params=params).json()["totals"]["states"]
    pages = [client.get("/search", params={**params, "n": n}).text for n in range(1, states // 10 + 2)]
    headings = [re.findall(r'<h2 class="band">(.*?)</h2>', html) for html in pages]
    assert headings[0][0] == "필요하신 것을 문구에 밝힌 기업"
    assert headings[-1][-1] == "같은 분야에서 다른 일을 하는 기업"
    last = pages[-1].partition("같은 분야에서 다른 일을 하는 기업")[0]
    assert last.count('<li class="hit"') == states - 10 * (len(pages) - 1)


def test_where_nobody_states_it_the_page_says_so_before_any_firm(client: TestClient) -> None:
    params = {"q": "진동센서, 대구 업체로", "lang": "ko"}
    answer = client.get("/api/v1/search", params=params).json()
    assert answer["nobody_states"]
    assert answer["total"] > 0
    html = client.get("/search", params=params).text
    notice, _, hits = html.partition('<li class="hit"')
    assert "필요하신 것을 문구에 밝힌 기업이 없습니다" in notice
    assert hits
    (dropped,) = links(notice, "조건을 빼면 밝힌 기업")
    freed = client.get(dropped.replace("/search", "/api/v1/search")).json()
    (told,) = (r["states"] for r in answer["relaxations"] if r["filter"] == "region")
    assert freed["totals"]["states"] == told > 0
    assert f"등록 공급기업이 {answer['registered_without_evidence']:,}곳" in notice
    assert "No firm states what you need" in client.get("/search", params={**params, "lang": "en"}).text


def test_a_need_that_names_no_technology_is_told_to_be_open(client: TestClient) -> None:
    html = client.get("/search", params={"q": "생산 현황을 엑셀에 옮겨 적느라 하루가 다 갑니다", "lang": "ko"}).text
    assert "필요하신 것을 문구에 밝힌 기업이 없습니다" not in html
    assert "어떤 기술이 필요한지 이 문장만으로는 정하지 못했습니다" in html.partition('<li class="hit"')[0]
    assert "가까운 분야의 기업" in html


def test_each_firm_shows_which_part_of_several_it_states(client: TestClient) -> None:
    params = {"q": "비전검사랑 MES, PLC 제어까지", "lang": "ko"}
    answer = client.get("/api/v1/search", params=params).json()
    html = client.get("/search", params=params).text
    cards = html.split('<li class="hit"')[1:]
    for hit, card in zip(answer["hits"], cards, strict=True):
        there = re.findall(r'<li class="(there|missing)">', card)
        assert [number for number, mark in enumerate(there) if mark == "there"] == hit["parts"]
        assert len(there) == len(answer["parts"]) == 3
    assert ("세 가지를 모두 밝힌 기업은 없습니다" in html) == (answer["all_parts"] == 0)
    for part, firms in zip(answer["parts"], answer["part_totals"], strict=True):
        assert f"{part} {firms}곳" in html


@pytest.mark.parametrize("params", [{"field": "digital_twin"}, {"q": "경인전자"}])
def test_browsing_and_looking_a_firm_up_have_no_bands(client: TestClient, params: dict[str, str]) -> None:
    html = client.get("/search", params={**params, "lang": "ko"}).text
    assert '<li class="hit"' in html
    assert 'class="band' not in html
    assert "밝힌 기업이 없습니다" not in html


def test_the_feed_tells_bands(client: TestClient) -> None:
    feed = ElementTree.fromstring(client.get("/feed.atom", params={"q": "금속 3D프린팅 장비", "lang": "ko"}).content)
    subtitle = feed.findtext("{http://www.w3.org/2005/Atom}subtitle")
    assert subtitle
    assert subtitle.startswith("정확히 말한 기업 ")
