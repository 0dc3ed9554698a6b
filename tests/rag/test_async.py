"""Kutip inside a host: coroutines, threads that share it, and nothing of the host's changed."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from kutip.index import Document, Filter, Library
from kutip.index.errors import QuestionError
from kutip.rag import Answer, Assistant, Hit, Reading, Retriever, Turn

QUESTIONS = [
    "Apa yang mengguncang Cianjur pada Senin siang?",
    "What did the central bank raise on Tuesday?",
    "Siapa yang dipuji pelatih Timnas Indonesia?",
    "Berapa rumah rusak berat di Cianjur?",
]

# What a program may rely on; with torch, also what threads and switches torch has.
HOST = """
import json, locale, logging, os, random, signal, socket, sys, threading, warnings
{first}
def state():
    root = logging.getLogger()
    own = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "kutip"]
    loggers = [logging.getLogger(name) for name in own]
    values = dict(
        environment={{name: hash(value) for name, value in os.environ.items()}},
        root=(root.level, [repr(handler) for handler in root.handlers], root.disabled),
        kutip=[(one.name, one.level, one.handlers, one.propagate) for one in loggers
               if (one.level, one.handlers, one.propagate) != (0, [], True)],
        disabled=logging.root.manager.disable,
        signals=[repr(signal.getsignal(number)) for number in signal.valid_signals()],
        hooks=[repr(hook) for hook in (sys.excepthook, sys.unraisablehook, threading.excepthook)],
        path=list(sys.path), locale=locale.setlocale(locale.LC_ALL), directory=os.getcwd(),
        random=repr(random.getstate()), threads=threading.active_count(),
        recursion=sys.getrecursionlimit(), switch=sys.getswitchinterval(),
        warnings=(warnings.showwarning, list(map(repr, warnings.filters))),
        socket=socket.getdefaulttimeout(), mask=(mask := os.umask(0o77), os.umask(mask))[0],
    )
    if "torch" in sys.modules:
        values["torch"] = (
            torch.get_num_threads(), torch.get_num_interop_threads(), torch.is_grad_enabled(),
            str(torch.get_default_dtype()), torch.are_deterministic_algorithms_enabled(),
            torch.random.initial_seed(),
        )
    return values
before = state()
{use}
after = state()
changed = {{name: (before[name], after[name]) for name in before if before[name] != after[name]}}
print(json.dumps(changed, default=repr))
"""
IMPORT = "import kutip, kutip.index, kutip.rag, kutip.rag.integrations"
USE = """
from kutip import Assistant, Library
from kutip.rag.reader import trained
with Library.open(sys.argv[1], embedder=embedder) as library:
    Assistant(library).ask("Apa yang mengguncang Cianjur?")
"""


async def test_coroutines_give_what_the_methods_give(filled: Library) -> None:
    assistant, retriever = Assistant(filled), Retriever(filled)
    where = Filter(language="id")
    history = [Turn("Apa yang mengguncang Cianjur?", "Gempa")]
    found = await retriever.search_async(QUESTIONS[0], 2, where=where, language="en")
    assert found == retriever.search(QUESTIONS[0], 2, where=where, language="en")
    answer = await assistant.ask_async("dan kapan itu?", history, where=where)
    assert same(answer) == same(assistant.ask("dan kapan itu?", history, where=where))


async def test_coroutines_raise_what_the_methods_raise(filled: Library) -> None:
    with pytest.raises(QuestionError):
        await Assistant(filled).ask_async(" ")
    with pytest.raises(QuestionError):
        await Retriever(filled).search_async("Siapa?", 0)


async def test_the_event_loop_is_free_while_a_question_is_read(filled: Library) -> None:
    told = threading.Event()

    class WaitingReader:
        """Reads nothing until the event loop has had its turn."""

        def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
            assert told.wait(30), "the event loop was held up"
            return []

    asked = asyncio.create_task(Assistant(filled, reader=WaitingReader()).ask_async(QUESTIONS[0]))
    await asyncio.sleep(0)
    told.set()
    assert (await asked).status == "not_found"


def test_threads_share_one_assistant_and_one_retriever(filled: Library) -> None:
    assistant, retriever = Assistant(filled), Retriever(filled)
    alone = [same(Assistant(filled).ask(question)) for question in QUESTIONS]
    found = [Retriever(filled).search(question) for question in QUESTIONS]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(assistant.ask, QUESTIONS * 6))
        hits = list(pool.map(retriever.search, QUESTIONS * 6))
    assert [same(answer) for answer in answers] == alone * 6
    assert hits == found * 6


def test_what_a_thread_adds_is_asked_at_once_by_the_others(filled: Library) -> None:
    assistant = Assistant(filled)

    def add_and_ask(number: int) -> None:
        text = f"Tongkang Merpati{number} karam di Selat Bali{number}."
        added = filled.add(Document.from_text(text, language="id")).document
        answer = assistant.ask(f"Apa yang karam di Selat Bali{number}?")
        assert added.id in {hit.document.id for hit in answer.hits}
        for quote in answer.quotes:
            assert quote.is_verbatim(filled.document(quote.document_id))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add_and_ask, range(12)))


@pytest.mark.parametrize("use", [IMPORT, USE])
def test_nothing_of_the_host_is_changed(
    filled: Library, child: Callable[..., "subprocess.Popen[str]"], use: str
) -> None:
    if use == IMPORT:
        # The filters for warnings that numpy sets when it is imported are its own.
        code = HOST.format(first="import numpy", use=use)
        started = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    else:
        # What torch sets up for itself when it is imported is not Kutip's doing.
        code = HOST.format(first="import torch", use=use)
        started = child(code, filled.path)
    output, errors = started.communicate(timeout=120)
    assert json.loads(output or "null") == {}, errors
    assert errors == ""


def same(answer: Answer) -> dict[str, object]:
    """An answer without the times."""
    return answer.to_dict() | {"milliseconds": {}}
