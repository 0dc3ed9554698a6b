"""What takes its time beside the page: loading, the line of questions, adding, examples."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from kutip.index import Document, Library
from kutip.index.bundled import bundled_article
from kutip.index.errors import ModelError
from kutip.index.language import LANGUAGES
from kutip.rag import Assistant, Hit, Reading
from kutip.ui.chat.actions import Actions, Update
from kutip.ui.chat.adding import Upload, add_all
from kutip.ui.chat.admission import Admission, QueueFullError
from kutip.ui.chat.options import ChatOptions
from kutip.ui.chat.readiness import Readiness
from kutip.ui.chat.refusals import explain
from kutip.ui.chat.requests import Request
from kutip.ui.chat.suggestions import Suggestions, candidates
from kutip.ui.server.work import Work

QUESTION = "Kapan gempa mengguncang Cianjur?"


class BrokenReader:
    """A reader whose weights are missing; counts how often it was tried."""

    def __init__(self) -> None:
        self.tries = 0

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        self.tries += 1
        raise ModelError("/weights holds no weights")


class SilentReader:
    """A reader that finds no answer in anything."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        return []


def waiting_actions(assistant: Assistant, uploads: Path) -> tuple[Actions, Readiness]:
    """What a page can do before anything is loaded."""
    readiness = Readiness(assistant)
    return Actions(assistant, ChatOptions(), readiness, uploads, Admission(1, 1)), readiness


def asked_for(question: str) -> Request:
    return Request.read({"request": "1", "locale": "id", "question": question})


def test_the_page_says_what_is_loading_and_the_answer_follows(
    news: Library, tmp_path: Path
) -> None:
    actions, readiness = waiting_actions(Assistant(news), tmp_path)
    request = asked_for(QUESTION)
    assert actions.open(request).reply["status"] == "Memuat model bahasa …"

    async def ask() -> list[Update]:
        updates = []
        async for update in actions.ask(request):
            updates.append(update)
            if "Memuat model bahasa" in (update.conversation or ""):
                readiness.start()
        return updates

    *steps, last = asyncio.run(ask())
    assert any("Memuat model bahasa" in (step.conversation or "") for step in steps)
    assert last.reply["phase"] == "done"
    assert last.reply["turn"]["status"] in ("answered", "related")
    assert actions.open(request).reply["status"] == ""


def test_a_reader_without_weights_is_told_before_the_first_question(
    news: Library, tmp_path: Path
) -> None:
    actions, readiness = waiting_actions(Assistant(news, reader=BrokenReader()), tmp_path)
    readiness.start()
    assert readiness.wait(30)
    assert "tidak dapat dimuat" in actions.open(asked_for("")).reply["status"]

    async def ask() -> Update:
        return [update async for update in actions.ask(asked_for(QUESTION))][-1]

    last = asyncio.run(ask())
    assert last.reply["turn"]["status"] == "failed"
    assert "tidak dapat dimuat" in (last.conversation or "")
    assert "/weights" not in (last.conversation or "")


def test_a_library_that_cannot_be_read_is_told_too(news: Library, tmp_path: Path) -> None:
    actions, readiness = waiting_actions(Assistant(news), tmp_path)
    readiness.start()
    readiness.wait(300)
    news.close()

    async def ask() -> list[Update]:
        return [update async for update in actions.ask(asked_for(QUESTION))]

    assert asyncio.run(ask())[-1].reply["failed"]


def test_a_line_of_questions_is_served_in_order_and_refuses_what_is_too_much() -> None:
    served: list[int] = []
    positions: list[int] = []

    async def one(admission: Admission, name: int) -> None:
        positions.extend([position async for position in admission.queue()])
        served.append(name)
        await asyncio.sleep(0.01)
        admission.leave()

    async def all_() -> None:
        admission = Admission(1, 2)
        async with asyncio.TaskGroup() as group:
            for name in range(3):
                group.create_task(one(admission, name))
                await asyncio.sleep(0)
            with pytest.raises(QueueFullError):
                await anext(admission.queue())
            assert (admission.inside, admission.waiting) == (1, 2)
        assert (admission.inside, admission.waiting) == (0, 0)

    asyncio.run(all_())
    assert served == [0, 1, 2]
    assert positions == [1, 2, 1]


def test_a_server_that_stops_lets_the_file_under_way_be_added(library: Library) -> None:
    work = Work()
    under_way: list[bool] = []

    @contextmanager
    def underway() -> Iterator[None]:
        with work.item():
            under_way.append(not work.idle)
            # The first file is read already, and is being written.
            if len(under_way) == 2:
                work.stop()
            yield

    texts = [Upload(name, text=f"Artikel {name} tentang banjir.") for name in ("satu", "dua")]
    *_, states = add_all(library, texts, max_bytes=1_000, underway=underway)
    assert [state.state for state in states] == ["added", "refused"]
    assert under_way == [True, True]
    assert work.idle
    assert states[1].problem
    assert "sedang dihentikan" in explain(states[1].problem, "id")
    assert [info.title for info in library.documents()] == ["satu"]


def test_suggestions_are_made_from_names_and_are_answered(
    library: Library, articles: list[Document]
) -> None:
    document = Document.from_text(
        "Banjir melanda Demak. “Air naik cepat,” kata Siti Aminah kepada warga Demak Kota.",
        language="id",
    )
    assert ("Apa kata Siti Aminah?", "id") in candidates(document)
    assert ("What did Siti Aminah say?", "en") in candidates(document)
    assert candidates(Document.from_text("tanpa nama.", language="id")) == []
    library.add(document)
    suggestions = Suggestions(Assistant(library))
    suggestions.refresh()
    suggestions.wait(300)
    for question, _ in suggestions.found:
        assert Assistant(library).ask(question).status == "answered"


def test_what_is_not_answered_is_no_example(library: Library) -> None:
    library.add(bundled_article())
    suggestions = Suggestions(Assistant(library, reader=SilentReader()))
    suggestions.refresh()
    suggestions.wait(300)
    assert suggestions.found == ()


def test_examples_that_fail_are_not_tried_again_until_the_library_changes(
    library: Library,
) -> None:
    library.add(bundled_article())
    reader = BrokenReader()
    suggestions = Suggestions(Assistant(library, reader=reader))
    for _ in range(3):
        suggestions.refresh()
        suggestions.wait(300)
    assert (suggestions.found, reader.tries) == ((), 1)
    library.add(Document.from_text("Banjir melanda Demak Kota, kata Siti Aminah.", language="id"))
    suggestions.refresh()
    suggestions.wait(300)
    assert reader.tries == 2


def test_the_examples_are_answered_by_the_bundled_article(bundled_library: Library) -> None:
    """With the real model, in both languages: see `BUNDLED` where there is none of one."""
    assistant = Assistant(bundled_library)
    suggestions = Suggestions(assistant)
    suggestions.refresh()
    suggestions.wait(300)
    assert {language for _, language in suggestions.found} == set(LANGUAGES)
    for question, language in suggestions.found:
        answer = assistant.ask(question)
        assert (answer.status, answer.language) == ("answered", language)
        assert answer.quotes[0].document_id == bundled_article().id
