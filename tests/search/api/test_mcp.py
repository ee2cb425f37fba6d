"""An assistant's session: a real client, in process and over standard input and output."""

from __future__ import annotations

import json
import sys
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from search.api.mcp import create_mcp


def told(result: Any) -> dict[str, Any]:
    assert not result.is_error, result
    return dict(result.structured_content or json.loads(result.content[0].text))


def test_search_understand_and_firm_keep_the_reasons(small_lake: str) -> None:
    async def session() -> None:
        async with Client(create_mcp(small_lake)) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            assert tools == {"search", "understand", "firm"}
            answer = told(await client.call_tool("search", {"need": "비전 검사 장비", "limit": 2}))
            hit = answer["hits"][0]
            assert hit["reasons"]
            assert hit["evidence"][0]["source"]
            assert "unknown" in hit
            understood = told(await client.call_tool("understand", {"need": "대구 근처 비전 검사 장비"}))
            assert understood["filters"]["region"]
            firm = told(await client.call_tool("firm", {"firm_id": hit["firm_id"]}))
            assert firm["firm"]["name"] == hit["name"]

    anyio.run(session)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search", {"need": " "}),
        ("search", {"need": "비전", "region": ["Atlantis"]}),
        ("firm", {"firm_id": "F0000000000"}),
    ],
)
def test_wrong_arguments_are_errors_that_say_what_to_do(small_lake: str, tool: str, arguments: dict[str, Any]) -> None:
    async def session() -> None:
        async with Client(create_mcp(small_lake)) as client:
            assert (await client.call_tool(tool, arguments)).is_error

    anyio.run(session)


@pytest.mark.slow
def test_the_command_speaks_over_standard_input_and_output(small_lake: str) -> None:
    command = StdioServerParameters(command=sys.executable, args=["-m", "caplake.cli", "mcp", "--lake", small_lake])

    async def session() -> None:
        async with Client(command) as client:
            answer = told(await client.call_tool("search", {"need": "machine vision inspection"}))
            assert answer["total"] > 0

    anyio.run(session)
