"""`POST /v1/ask`, `/v1/ask/stream` and `/v1/search`."""

import logging
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from kutip.index.errors import KutipError
from kutip.rag.answer import Answer
from kutip.rag.retriever import Retriever
from kutip.ui.server.models import AnswerOut, AskIn, HitsOut, SearchIn
from kutip.ui.server.problems import Problem, responses, status_of, unforeseen
from kutip.ui.server.services import Services

logger = logging.getLogger("kutip.http")

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
        answer = await services.gate.run(
            lambda: assistant.ask(asked.question, asked.turns(), where=asked.filter())
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
        steps = assistant.ask_steps(asked.question, asked.turns(), where=asked.filter())
        try:
            while (step := await services.gate.run(lambda: next(steps, None))) is not None:
                if isinstance(step, Answer):
                    yield ServerSentEvent(event="answer", data=AnswerOut.of(step, private=private))
                else:
                    yield ServerSentEvent(event="passages", data=HitsOut.of(step))
        except KutipError as error:
            yield ServerSentEvent(event="error", data=Problem.of(status_of(error), str(error)))
        except Exception:
            # The response is under way: no handler could still say what went wrong.
            logger.exception("POST /v1/ask/stream failed")
            trouble = Problem.of(500, unforeseen("POST", "/v1/ask/stream"))
            yield ServerSentEvent(event="error", data=trouble)

    @router.post(
        "/search", operation_id="search", summary="Find passages", responses=responses(400, 413)
    )
    async def search(asked: SearchIn) -> HitsOut:
        """The passages that a question is about, best first; fewer where there are fewer."""
        hits = await services.gate.run(
            lambda: retriever.search(asked.question, asked.k, where=asked.filter())
        )
        return HitsOut.of(hits)

    return router
