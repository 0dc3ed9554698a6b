"""What the page does, apart from how Gradio carries it: a request in, updates of its panes out."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from anyio import to_thread

from kutip.index.errors import KutipError, LibraryError
from kutip.index.language import Language, detect_language
from kutip.index.snapshot import DocumentInfo
from kutip.rag.answer import Answer
from kutip.rag.assistant import Assistant
from kutip.rag.retriever import Hit
from kutip.ui.chat import feedback
from kutip.ui.chat.adding import Progress, Underway, add_all
from kutip.ui.chat.admission import Admission, QueueFullError
from kutip.ui.chat.article import article_html, gone_html, quote_marks
from kutip.ui.chat.checking import Checked, checked
from kutip.ui.chat.conversation import Frame, Pending, conversation_html
from kutip.ui.chat.evidence import evidence_html, found_html
from kutip.ui.chat.export import markdown
from kutip.ui.chat.library_panel import examples_html, library_html, progress_html, scope_html
from kutip.ui.chat.options import ChatOptions
from kutip.ui.chat.readiness import Readiness
from kutip.ui.chat.refusals import explain
from kutip.ui.chat.requests import Request
from kutip.ui.chat.state import VERDICTS, KeptTurn
from kutip.ui.chat.suggestions import Suggestions
from kutip.ui.chat.words import word

logger = logging.getLogger(__name__)

READ = 6
"""Passages shown while they are being read."""


@dataclass(frozen=True, slots=True)
class Update:
    """New contents of panes, as HTML; None leaves a pane as it is. `reply` is for the script."""

    reply: dict[str, Any] = field(default_factory=dict)
    conversation: str | None = None
    evidence: str | None = None
    library: str | None = None
    scope: str | None = None
    examples: str | None = None
    progress: str | None = None


class Actions:
    """All that a page can ask for. Nothing of a conversation is kept here."""

    def __init__(
        self,
        assistant: Assistant,
        options: ChatOptions,
        readiness: Readiness,
        uploads: Path,
        admission: Admission,
        underway: Underway = nullcontext,
    ) -> None:
        """`uploads` is the folder where uploaded files are put, `admission` the questions' line.

        `underway` is held while the library is changed.
        """
        self._assistant = assistant
        self._library = assistant.library
        self._options = options
        self._readiness = readiness
        self._uploads = uploads
        self._suggestions = Suggestions(assistant)
        self._admission = admission
        self._underway = underway

    def open(self, request: Request) -> Update:
        """Everything, as when a page is loaded or its language changes."""
        turns = checked(request.turns, self._library)
        shown = _turn(turns, request.shown)
        panes = self._panes(request)
        return Update(
            reply=self._standing(request),
            conversation=conversation_html(turns, self._frame(request)),
            evidence=evidence_html(shown, request.locale, request.number("number")),
            library=panes.library,
            scope=panes.scope,
            examples=panes.examples,
        )

    def poll(self, request: Request) -> Update:
        """What has changed since the page last looked."""
        if self._readiness.ready:
            self._suggestions.refresh()
        standing = self._standing(request)
        if standing["version"] == request.text("version"):
            return Update()
        panes = self._panes(request)
        return Update(standing, library=panes.library, scope=panes.scope, examples=panes.examples)

    async def ask(self, request: Request) -> AsyncIterator[Update]:
        """Answer a question in steps: its place in line, the passages, the quotes.

        Whatever happens, it ends with something to tell the person.
        """
        try:
            async with aclosing(self._answer(request)) as updates:
                async for update in updates:
                    yield update
        except Exception as error:  # noqa: BLE001 - whatever it is, the person is told
            yield _failure(error, request, "A question could not be shown")

    async def _answer(self, request: Request) -> AsyncGenerator[Update, None]:
        question = request.question
        language = await to_thread.run_sync(detect_language, question)
        frame = self._frame(request)
        turns = await to_thread.run_sync(checked, request.turns, self._library)

        def doing(text: str, evidence: str | None = None) -> Update:
            pending = Pending(question, language, text)
            return Update(
                {"phase": "asked"}, conversation_html(turns, frame, pending), evidence=evidence
            )

        yield doing(word("searching", language))
        turn = None
        try:
            async with aclosing(self._admission.queue()) as queue:
                async for position in queue:
                    yield doing(word("in_line", language, position=position))
            try:
                if not self._readiness.ready:
                    yield doing(word("loading_model", language))
                    await to_thread.run_sync(self._readiness.wait)
                async with aclosing(self._steps(request, question, frame.articles)) as steps:
                    async for step in steps:
                        if isinstance(step, Answer):
                            turn = KeptTurn.of(step)
                        else:
                            hits = step[:READ]
                            reading = word("reading", language, count=len(hits))
                            yield doing(reading, found_html(hits, request.locale))
            finally:
                self._admission.leave()
        except QueueFullError:
            turn = KeptTurn.failed(question, language, word("queue_full", language))
        except Exception as error:  # noqa: BLE001 - one that left would leave the page waiting
            _log(error, "A question failed")
            turn = KeptTurn.failed(question, language, explain(error, language))
        if turn is None:
            turn = KeptTurn.failed(question, language, word("failed", language))
        new = (await to_thread.run_sync(checked, [turn], self._library))[0]
        frame = Frame(frame.locale, frame.articles, frame.feedback, turn.id)
        reply = {"phase": "done", "turn": turn.to_dict(), "said": _said(new)}
        yield Update(
            reply, conversation_html([*turns, new], frame), evidence_html(new, request.locale)
        )

    def article(self, request: Request) -> Update:
        """A whole article, with the quotes of one answer where it was opened from one."""
        found = _turn(checked(request.turns, self._library), request.text("turn"))
        number = request.number("number")
        document_id = request.text("document")
        for shown in found.quotes if found else ():
            if shown.number == number:
                document_id = shown.quote.document_id
        try:
            document = self._library.document(document_id)
        except LibraryError:
            return Update({"html": gone_html(request.locale)})
        marks = quote_marks(found, document.id) if found else []
        html = article_html(document, marks, request.locale, target=number)
        return Update({"html": html, "number": number if marks else None})

    def add(self, request: Request) -> Iterator[Update]:
        """Add what was uploaded or pasted, telling how far it is."""
        limit = self._options.max_file_bytes
        uploads = request.uploads(self._uploads, limit)
        steps = add_all(self._library, uploads, max_bytes=limit, underway=self._underway)
        states: Sequence[Progress] = ()
        for states in steps:
            yield Update(progress=progress_html(states, request.locale, max_file_bytes=limit))
        update = self.guarded(self.added, request)
        # What was typed is let go only where the library has it.
        taken = all(state.state != "refused" for state in states)
        yield replace(update, reply={**update.reply, "taken": taken})

    def added(self, request: Request) -> Update:
        """The panes as they are after articles were added."""
        panes = self._panes(request)
        reply = {**self._standing(request), "done": True}
        return Update(reply, library=panes.library, scope=panes.scope, examples=panes.examples)

    def remove(self, request: Request) -> Update:
        """Remove an article."""
        try:
            with self._underway():
                title = self._library.remove(request.text("document")).title
            said = word("removed", request.locale, title=title)
        except KutipError as error:
            said = explain(error, request.locale)
        update = self.open(request)
        return replace(update, reply={**update.reply, "said": said})

    def verdict(self, request: Request) -> Update:
        """Keep what a person thinks of an answer."""
        found = _turn(checked(request.turns, self._library), request.text("turn"))
        verdict = request.text("verdict")
        if found is None or verdict not in VERDICTS:
            return Update({"said": word("feedback_failed", request.locale)})
        reader = type(self._assistant.reader).__name__ if self._library.model else ""
        comment = request.text("comment", feedback.LONGEST_COMMENT)
        try:
            feedback.keep(self._library, found, verdict, comment, reader)
        except LibraryError as error:
            logger.warning("%s", error)
            return Update({"said": word("feedback_failed", request.locale)})
        return Update({"said": word("thanks", request.locale), "kept": verdict})

    def export(self, request: Request) -> Update:
        """The conversation as Markdown."""
        text = markdown(checked(request.turns, self._library), request.locale)
        return Update({"markdown": text, "said": word("exported", request.locale)})

    def guarded(self, action: Callable[[Request], Update], request: Request) -> Update:
        """An action that, whatever happens, ends with something to tell the person."""
        try:
            return action(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person is told
            return _failure(error, request, "The page could not do what was asked")

    async def _steps(
        self, request: Request, question: str, articles: Sequence[DocumentInfo]
    ) -> AsyncGenerator[list[Hit] | Answer, None]:
        """The steps of an answer, each made in a thread."""
        where = request.where(list(articles))
        if articles and where is not None and not where.documents:
            yield Answer(
                question, request.locale, "not_found", "", word("none_chosen", request.locale)
            )
            return
        history = [turn.as_turn() for turn in request.turns if turn.status != "failed"]
        steps = self._assistant.ask_steps(question, history, where=where)
        while (step := await to_thread.run_sync(next, steps, None)) is not None:
            yield step

    def _frame(self, request: Request) -> Frame:
        return Frame(
            request.locale, self._library.documents(), self._options.feedback, request.shown
        )

    def _panes(self, request: Request) -> Update:
        """The panes that show the library."""
        articles, locale = self._library.documents(), request.locale
        suggestions = sorted(self._suggestions.found, key=lambda item: item[1] != locale)
        return Update(
            library=library_html(
                articles, request.excluded, locale, read_only=self._options.read_only
            ),
            scope=scope_html(articles, request.excluded, locale),
            examples=examples_html(suggestions, locale),
        )

    def _standing(self, request: Request) -> dict[str, Any]:
        """What the page must know of the server; `version` changes with anything it shows."""
        with self._library.snapshot() as snapshot:
            articles = snapshot.documents()
            state = snapshot.state
        ready, problem = self._readiness.ready, self._readiness.problem
        name = "loading_failed" if problem else "" if ready else "loading_model"
        examples = hash(self._suggestions.found)
        return {
            "version": f"{state}:{ready}:{bool(problem)}:{examples}",
            "ready": ready,
            "status": word(name, request.locale) if name else "",
            "articles": [info.id for info in articles],
        }


def _failure(error: Exception, request: Request, message: str) -> Update:
    """What a page is told where there is nothing else to show."""
    _log(error, message)
    return Update({"said": explain(error, request.locale), "failed": True})


def _log(error: Exception, message: str) -> None:
    """Kutip's own errors say all there is to know; of others the log needs the trace."""
    if isinstance(error, KutipError):
        logger.warning("%s: %s", message, error)
    else:
        logger.exception(message)


def _turn(turns: Sequence[Checked], identity: str | None) -> Checked | None:
    return next((checked for checked in turns if checked.turn.id == identity), None)


def _said(checked: Checked) -> str:
    """What a screen reader is told of an answer."""
    turn = checked.turn
    language: Language = turn.language
    if not checked.text:
        return turn.message
    return word("answer_ready", language, text=checked.text, count=len(checked.quotes))
