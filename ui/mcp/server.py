"""The tools: ask, search, list the articles, read one.

Results are structured and carry offsets into the article's text, so that a program that quotes can
be checked; nothing here changes the library.
"""

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from kutip.index.errors import KutipError
from kutip.index.language import Language
from kutip.index.snapshot import Filter
from kutip.rag.answer import Turn
from kutip.rag.retriever import Retriever
from kutip.ui.server.context import INTERFACE
from kutip.ui.server.models import (
    MOST_HITS,
    MOST_TURNS,
    AnswerOut,
    HitsOut,
    ListOut,
    Question,
    TurnIn,
)
from kutip.ui.server.services import Services

LONGEST_PART = 20_000
INSTRUCTIONS = """\
Kutip answers questions in Indonesian or English from the news articles of one library, with quotes.
A quote is text[start:end] of its article, to the letter: cite it unchanged, with title and offsets.
Trust `status`: with `related` and `not_found` the articles do not answer the question."""

Result = TypeVar("Result")
Documents = Annotated[
    list[str] | None, Field(description="Ids of the articles to ask; all by default.")
]


class PartOut(BaseModel):
    """A part of an article: exactly `text[start:end]` of the whole."""

    id: str
    title: str
    language: Language
    start: int
    end: int
    text: str
    characters: int = Field(description="Of the whole article.")


def build_server(services: Services) -> MCPServer:
    """The server for any transport."""
    library = services.library
    retriever = Retriever(library)
    private = services.options.is_private
    server = MCPServer(
        "kutip",
        title="Kutip",
        description="Exact quotes from news articles that answer a question.",
        instructions=INSTRUCTIONS,
        version=version("kutip"),
        log_level="WARNING",
    )
    reads = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

    async def run(work: Callable[[], Result]) -> Result:
        INTERFACE.set("mcp")
        try:
            return await services.gate.run(work)
        except KutipError as error:
            raise ToolError(str(error)) from error

    @server.tool(title="Ask the articles", annotations=reads)
    async def ask(
        question: Question,
        documents: Documents = None,
        history: Annotated[
            list[TurnIn] | None,
            Field(description="The conversation so far, oldest first.", max_length=MOST_TURNS),
        ] = None,
    ) -> AnswerOut:
        """Answer a question with quotes from the articles, or say that they do not answer it."""
        turns = [Turn(turn.question, turn.answer) for turn in history or []]
        answer = await run(lambda: services.assistant.ask(question, turns, where=_where(documents)))
        return AnswerOut.of(answer, private=private)

    @server.tool(title="Search the articles", annotations=reads)
    async def search(
        question: Question,
        k: Annotated[int, Field(ge=1, le=MOST_HITS, description="How many passages.")] = 5,
        documents: Documents = None,
    ) -> HitsOut:
        """Find the passages that a question is about, best first."""
        hits = await run(lambda: retriever.search(question, k, where=_where(documents)))
        return HitsOut.of(hits)

    @server.tool(title="List the articles", annotations=reads)
    async def list_articles(
        offset: Annotated[int, Field(ge=0)] = 0,
        limit: Annotated[int, Field(ge=1, le=1_000)] = 100,
    ) -> ListOut:
        """List the articles of the library, in the order in which they were added."""
        return await run(lambda: ListOut.of(library.documents(), offset, limit, private=private))

    @server.tool(title="Read an article", annotations=reads)
    async def read_article(
        id: Annotated[str, Field(description="The article's id.", min_length=1)],  # noqa: A002
        start: Annotated[int, Field(ge=0, description="The first offset.")] = 0,
        end: Annotated[
            int | None, Field(ge=0, description="The offset after the last; by default the end.")
        ] = None,
    ) -> PartOut:
        """Read an article, or text[start:end] of it; at most 20,000 characters at once."""

        def part() -> PartOut:
            document = library.document(id)
            length = len(document.text)
            last = length if end is None else end
            if not start <= last <= length:
                raise KutipError(
                    f"[{start}:{last}] is not in the article, which has {length:,} characters: "
                    f"give 0 <= start <= end <= {length}."
                )
            last = min(last, start + LONGEST_PART)
            return PartOut(
                id=document.id,
                title=document.title,
                language=document.language,
                start=start,
                end=last,
                text=document.text[start:last],
                characters=length,
            )

        return await run(part)

    return server


def _where(documents: list[str] | None) -> Filter | None:
    return None if documents is None else Filter(documents=frozenset(documents))
