"""Suggestions while typing."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient


def suggested(client: TestClient, typed: str) -> list[str]:
    return [s["text"] for s in client.get("/api/v1/suggest", params={"q": typed}).json()["suggestions"]]


@pytest.mark.parametrize(("joined", "apart"), [("ㄼ", "ㄹㅂ"), ("ㅄ", "ㅂㅅ"), ("ㅁㄵ", "ㅁㄴㅈ")])
def test_initials_that_a_keyboard_joined(client: TestClient, joined: str, apart: str) -> None:
    assert suggested(client, joined) == suggested(client, apart)


def test_initial_consonants_find_what_begins_with_them(client: TestClient) -> None:
    assert any(text.startswith("로봇") for text in suggested(client, "ㄹㅂ"))
    assert any(text.startswith("머신비전") for text in suggested(client, "ㅁㅅㅂㅈ"))


def test_legal_forms_spaces_and_case_do_not_matter(client: TestClient) -> None:
    assert suggested(client, "Machine V") == suggested(client, "machinev") != []
    name = client.get("/api/v1/search", params={"q": "비전 검사 장비", "limit": 1}).json()["hits"][0]["name"]
    assert name in suggested(client, name)


def test_nothing_typed_suggests_nothing(client: TestClient) -> None:
    assert suggested(client, "  ") == []
