"""`POST /v1/ask`, `/v1/ask/stream` and `/v1/search`."""

from collections.abc import AsyncIterator, Iterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from kutip.index.errors import KutipError
from kutip.rag.answer import Answer
from kutip.rag.retriever import Hit, Retriever
from kutip.ui.server.models import AnswerOut, AskIn, HitOut, HitsOut, SearchIn
from kutip.ui.server.problems import Problem, responses, status_of
from kutip.ui.server.services import Services

MAX_BODY = 2 * 1024 * 1024
STREAM = """\
The same answer as from `ask`, as server-sent events while it is being made:

1. `passages`: what was found, as from `search` (`{"hits": […]}`);
2. `answer`: the answer, as from `ask`; the stream ends with it.

An `error` event, with a problem as data, comes in the place of what could not be made.
"""


def answers_router(services: Services) -> APIRouter:
    """The routes that questions go to."""
    router = APIRouter(tags=["questions"], max_body_size=MAX_BODY)
    assistant = services.assistant
    retriever = Retriever(services.library)
    private = services.options.is_private

    async def found(asked: SearchIn) -> list[Hit]:
        where = asked.where.filter() if asked.where else None
        return await services.gate.run(
            lambda: retriever.search(asked.question, asked.k, where=where)
        )

    def steps(asked: AskIn) -> Iterator[list[Hit] | Answer]:
        where = asked.where.filter() if asked.where else None
        return assistant.ask_steps(asked.question, asked.turns(), where=where)

    @router.post(
        "/ask",
        operation_id="ask",
        summary="Answer a question with quotes",
        responses=responses(400, 413),
    )
    async def ask(asked: AskIn) -> AnswerOut:
        """Answer from the articles, or say that they do not answer.

        A question that leans on the one before ("And when?") needs the `history`.
        """
        where = asked.where.filter() if asked.where else None
        answer = await services.gate.run(
            lambda: assistant.ask(asked.question, asked.turns(), where=where)
        )
        return AnswerOut.of(answer, private=private)

    @router.post(
        "/ask/stream",
        operation_id="ask_stream",
        summary="Answer a question, step by step",
        description=STREAM,
        response_class=EventSourceResponse,
        responses=responses(400, 413),
    )
    async def ask_stream(asked: AskIn) -> AsyncIterator[ServerSentEvent]:
        done = steps(asked)
        try:
            while (step := await services.gate.run(lambda: next(done, None))) is not None:
                if isinstance(step, Answer):
                    yield ServerSentEvent(event="answer", data=AnswerOut.of(step, private=private))
                else:
                    yield ServerSentEvent(event="passages", data=_hits(step))
        except KutipError as error:
            status = status_of(error)
            trouble = Problem(title=type(error).__name__, status=status, detail=str(error))
            yield ServerSentEvent(event="error", data=trouble)

    @router.post(
        "/search", operation_id="search", summary="Find passages", responses=responses(400, 413)
    )
    async def search(asked: SearchIn) -> HitsOut:
        """The passages that a question is about, best first; fewer where there are fewer."""
        return _hits(await found(asked))

    return router


def _hits(hits: list[Hit]) -> HitsOut:
    return HitsOut(hits=[HitOut.of(hit) for hit in hits])
