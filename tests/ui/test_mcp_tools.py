"""MCP, asked with the official client: in the process, over HTTP, over standard input."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from typer.testing import CliRunner

from kutip.index import Library
from kutip.rag import Assistant
from kutip.rag.integrations.extras import MissingExtraError
from kutip.ui.cli import app
from kutip.ui.mcp.server import LONGEST_PART, build_server
from kutip.ui.server import ServerOptions
from kutip.ui.server.services import Services

QUESTION = "Kapan gempa mengguncang Cianjur?"
TOOLS = {"ask", "search", "list_articles", "read_article"}


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured result of a tool, which also stands in its text."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    content: dict[str, Any] = result.structured_content
    return content


async def quoted(client: Client) -> None:
    """Ask, and read each quote again in its article."""
    answer = await call(client, "ask", question=QUESTION)
    assert answer["quotes"]
    for quote in answer["quotes"]:
        where = {"id": quote["document_id"], "start": quote["start"], "end": quote["end"]}
        assert (await call(client, "read_article", **where))["text"] == quote["text"]


def test_the_tools_and_what_they_give(news: Library) -> None:
    async def main() -> None:
        server = build_server(Services.of(news, ServerOptions()))
        async with Client(server) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == TOOLS
            for tool in tools.values():
                assert tool.description
                assert tool.output_schema
                assert tool.annotations
                assert tool.annotations.read_only_hint
            await quoted(client)
            answer = await call(client, "ask", question=QUESTION)
            assert answer["text"] == Assistant(news).ask(QUESTION).text
            listed = (await call(client, "list_articles", limit=2))["documents"]
            ids = [info["id"] for info in listed]
            assert ids == [info.id for info in news.documents()[:2]]
            found = await call(client, "search", question=QUESTION, k=1, documents=ids[1:])
            assert [hit["document_id"] for hit in found["hits"]] == ids[1:]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("ask", {"question": " "}, "question"),
        ("ask", {"question": "Kapan?", "history": [{"answer": "x"}]}, "question"),
        ("search", {"question": "Kapan?", "k": 0}, "k"),
        ("read_article", {"id": "zzzz"}, "No article has the id 'zzzz'"),
        ("read_article", {"id": "ID", "start": 5, "end": 4}, "0 <= start <= end"),
        ("read_article", {"id": "ID", "end": 10**6}, "0 <= start <= end"),
    ],
)
def test_errors_are_told_to_the_model(
    news: Library, tool: str, arguments: dict[str, Any], message: str
) -> None:
    if arguments.get("id") == "ID":
        arguments = arguments | {"id": news.documents()[0].id}

    async def main() -> str:
        async with Client(build_server(Services.of(news, ServerOptions()))) as client:
            result = await client.call_tool(tool, arguments)
            assert result.is_error
            return str(result.content)

    assert message in asyncio.run(main())


def test_a_long_article_is_read_in_parts(news: Library) -> None:
    text = "Kapal itu berangkat pada Senin pagi. " * 1000
    id_ = news.add(news.document(news.documents()[0].id).from_text(text)).document.id

    async def main() -> None:
        async with Client(build_server(Services.of(news, ServerOptions()))) as client:
            first = await call(client, "read_article", id=id_)
            assert (first["end"], first["characters"]) == (LONGEST_PART, len(text))
            second = await call(client, "read_article", id=id_, start=first["end"])
            assert first["text"] + second["text"] == text

    asyncio.run(main())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http(serving: Callable[..., Any], mode: str) -> None:
    server = serving()

    async def main() -> None:
        async with Client(f"{server.url}/mcp", mode=mode) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
            await quoted(client)

    wait_for_mcp(server.url)
    asyncio.run(main())
    # There is no session whose messages could be waited for.
    assert httpx.get(f"{server.url}/mcp", timeout=60).status_code == 405


def wait_for_mcp(url: str) -> None:
    """Return when the server has loaded MCP."""
    for _ in range(1800):
        if httpx.get(f"{url}/readyz", timeout=60).json()["ready"]:
            return
        time.sleep(0.1)
    raise AssertionError("not ready after 180 s")


def test_without_the_package_the_pip_line_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    done = CliRunner().invoke(app, ["mcp", "--library", str(tmp_path)])
    assert isinstance(done.exception, MissingExtraError)
    assert str(done.exception).endswith("run `pip install 'kutip[mcp]'`.")


def test_over_standard_input(news: Library) -> None:
    news.save_vectors()
    program = str(Path(sys.executable).parent / "kutip")
    parameters = StdioServerParameters(
        command=program,
        args=["mcp", "--library", str(news.path)],
        env={
            name: os.environ[name]
            for name in ("PATH", "HOME", "XDG_CACHE_HOME")
            if name in os.environ
        },
    )

    async def main() -> None:
        async with Client(stdio_client(parameters)) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
            documents = (await call(client, "list_articles"))["documents"]
            assert len(documents) == 3
            part = await call(client, "read_article", id=documents[0]["id"], start=0, end=5)
            assert part["text"] == "Gempa"
            # The library was made with a model that is not installed.
            result = await client.call_tool("ask", {"question": QUESTION})
            assert result.is_error
            assert "The model 'function' is neither" in str(result.content)

    asyncio.run(main())
