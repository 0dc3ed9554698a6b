"""An MCP client that asks a question, and looks each quote up in its article.

pip install 'kutip[mcp]'
python examples/mcp_client.py "Who signed the treaty?"
"""

import asyncio
import os
import sys
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client


async def report(client: Client, question: str) -> str:
    """The answer as text, each quote with its offsets, read again where it stands."""
    answer = await call(client, "ask", question=question)
    lines = [answer["message"]]
    for quote in answer["quotes"]:
        place = {"start": quote["start"], "end": quote["end"]}
        part = await call(client, "read_article", id=quote["document_id"], **place)
        verdict = "as in" if part["text"] == quote["text"] else "NOT as in"
        lines.append(f"{quote['text']}\n    {verdict} {quote['title']!r}, {place}")
    return "\n\n".join(lines)


async def call(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    """What a tool gives; raises `RuntimeError` with its message where it fails."""
    result = await client.call_tool(tool, arguments)
    if result.is_error or result.structured_content is None:
        raise RuntimeError(f"{tool} failed: {result.content}")
    content: dict[str, Any] = result.structured_content
    return content


async def main(question: str) -> None:
    # A server gets no more of the environment than it is given.
    server = StdioServerParameters(command="kutip", args=["mcp"], env=dict(os.environ))
    async with Client(stdio_client(server)) as client:
        print(await report(client, question))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
