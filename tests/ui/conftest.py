"""The program run in this process, so that the model is loaded once."""

import gc
import json
import re
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kutip.index import Document, FunctionEmbedder
from kutip.index.bundled import bundled_article
from kutip.index.document import Span
from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.library import Library
from kutip.index.sentences import sentences
from kutip.rag import Hit, Reading
from kutip.ui.cli import main
from kutip.ui.server import ServerOptions
from kutip.ui.server.app import build_app
from kutip.ui.server.services import Services


@dataclass(frozen=True)
class Finished:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Finished]

# A server as `kutip serve` runs it, with the embedder that needs no model; a question that holds
# the word "lambat" is answered slowly, an article with "perlahan" added slowly, and with
# "selamanya" hardly ever. Its arguments: the library, the options as JSON (and `finish`, the time
# for what is under way at a stop), and the file for its log: a pipe that nobody reads would fill up
# and stop it. The log tells of whatever would leave the machine.
SERVER = """
import json
import time
from kutip.rag import Assistant
from kutip.ui.server import Accounts, ServerOptions
from kutip.ui.server.app import build_app
from kutip.ui.server.listen import listen
from kutip.ui.server.logs import configure_logs
from kutip.ui.server import run as running
from kutip.ui.server.services import Services

def watch(event, arguments):
    host = None
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    if host not in (None, "127.0.0.1", "localhost", "::1"):
        print("outside:", event, host, file=sys.stderr, flush=True)

def slowly(texts):
    text = " ".join(texts)
    time.sleep(600 if "selamanya" in text else 2 if "perlahan" in text else 0)
    return bag_of_words(texts)

class SlowReader:
    def __init__(self, library):
        self._reader = Assistant(library).reader
    def read(self, question, hits):
        time.sleep(2 if "lambat" in question else 0)
        return self._reader.read(question, hits)

os.dup2(os.open(sys.argv[3], os.O_CREAT | os.O_WRONLY | os.O_APPEND), 2)
sys.addaudithook(watch)
embedder = FunctionEmbedder(slowly, embedder.identity.dimension)
values = json.loads(sys.argv[2])
running.FINISH_SECONDS = values.pop("finish", running.FINISH_SECONDS)
if "accounts" in values:
    values["accounts"] = Accounts(**values["accounts"])
options = ServerOptions(**values)
configure_logs("json")
with Library.open(sys.argv[1], embedder=embedder) as library, listen(options.host, 0) as listening:
    services = Services.of(library, options, SlowReader(library))
    print(listening.getsockname()[1], flush=True)
    running.run(build_app(services), options, services.work, listening)
print("closed", flush=True)
"""


@dataclass(frozen=True)
class Serving:
    """A server in another process, and where it is."""

    process: "subprocess.Popen[str]"
    url: str
    log: Path


@pytest.fixture
def library_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty library that commands use by default."""
    path = tmp_path / "library"
    monkeypatch.setenv("KUTIP_LIBRARY", str(path))
    monkeypatch.delenv("KUTIP_MODEL", raising=False)
    return path


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    """The real model, in memory as long as the tests run: commands share it."""
    embedder = SentenceTransformerEmbedder()
    embedder.count_tokens(["load"])
    return embedder


@pytest.fixture
def kutip(
    embedder: SentenceTransformerEmbedder,
    library_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run `kutip` with these arguments and this standard input."""

    def run(*arguments: str, stdin: str = "") -> Finished:
        monkeypatch.setattr(sys, "argv", ["kutip", *arguments])
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin.encode()), encoding="utf-8"))
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        captured = capsys.readouterr()
        return Finished(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def bundled_library(
    tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder
) -> Library:
    """A library of the bundled article, with the real model."""
    path = tmp_path_factory.mktemp("bundled")
    library = Library.open(path, embedder=embedder)
    library.add(bundled_article())
    return library


@pytest.fixture
def news(
    tmp_path: Path, word_embedder: FunctionEmbedder, articles: list[Document]
) -> Iterator[Library]:
    """A library of three articles in `tmp_path / "news"`, without a model."""
    with Library.open(tmp_path / "news", embedder=word_embedder) as library:
        for article in articles:
            library.add(article)
        yield library


@pytest.fixture
def serving(child: Callable[..., "subprocess.Popen[str]"], news: Library) -> Callable[..., Serving]:
    """Starts a server of these articles with these options, in another process."""

    def start(**options: Any) -> Serving:
        log = news.path.parent / "server.log"
        process = child(SERVER, news.path, json.dumps({"page": False} | options), log)
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port, log.read_text("utf-8") + process.communicate()[1]
        return Serving(process, f"http://127.0.0.1:{port}", log)

    return start


CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = (
    "Kapal <img src=http://contoh.invalid/a.png onerror=document.title='diserang'> Merpati "
    "**karam** di Selat $x^2$ Bali ${document.title='diserang'} {{7*7}} "
    "![gambar](http://contoh.invalid/b.png) pada Senin malam.\n\n"
    "</p></script><script>document.title='diserang'</script> Nakhodanya selamat."
)


class WordReader:
    """Answers with the last number or name of the sentence that shares the most words.

    The share of the question's words is its probability. "gagal" fails, "pelan" takes its time.
    """

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        if "gagal" in question:
            raise RuntimeError("asked to fail")
        if "pelan" in question:
            time.sleep(2)
        asked = set(re.findall(r"\w{4,}", question.casefold()))
        readings = []
        for hit in hits:
            text, start = hit.passage.text, hit.passage.start
            found = []
            for first, last in sentences(text, hit.passage.language):
                words = set(re.findall(r"\w{4,}", text[first:last].casefold()))
                found.append((len(asked & words) / max(1, len(asked)), first, last))
            share, first, last = max(found)
            names = list(re.finditer(r"\d+|[A-Z]\w+ [A-Z]\w+", text[first:last]))
            inside = names[-1].span() if names else (0, last - first)
            mark = Span(start + first + inside[0], start + first + inside[1])
            evidence = (Span(start + first, start + last),)
            readings.append(Reading(hit.passage, mark, evidence, share, min(0.95, share)))
        return sorted(readings, key=lambda reading: -reading.score)


@dataclass(frozen=True)
class Chat:
    """A chat that is served in this process, and its library."""

    url: str
    library: Library


@pytest.fixture
def start_chat(tmp_path: Path, word_embedder: FunctionEmbedder) -> Iterator[Callable[..., Chat]]:
    """Serves the chat with these options over the bundled article, an English and a hostile one."""
    running: list[tuple[uvicorn.Server, threading.Thread, Library]] = []

    def start(*, documents: Sequence[Document] | None = None, **options: Any) -> Chat:
        library = Library.open(tmp_path / f"chat-{len(running)}", embedder=word_embedder)
        for document in chat_articles() if documents is None else documents:
            library.add(document)
        services = Services.of(library, ServerOptions(**options), WordReader())
        config = uvicorn.Config(
            build_app(services), log_level="warning", timeout_graceful_shutdown=3
        )
        server = uvicorn.Server(config)
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        running.append((server, thread, library))
        return Chat(f"http://127.0.0.1:{listening.getsockname()[1]}/", library)

    yield start
    for server, thread, library in running:
        server.should_exit = True
        thread.join(30)
        library.close()
    # Gradio leaves event loops behind; here their warnings belong to the test, and fail nothing.
    running.clear()
    gc.collect()


@pytest.fixture(scope="session", autouse=True)
def what_gradio_leaves() -> Iterator[None]:
    """Lets go of event loops that Gradio never closes, before their warnings fail the whole run."""
    yield
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


def chat_articles() -> list[Document]:
    """What the chat of the tests is about."""
    bank = Document.from_text(
        "The central bank raised interest rates to 5.25 percent on Tuesday in London. Markets fell "
        "sharply after the decision.\n\nGovernor Andrew Bailey said that inflation remained too "
        "high. He did not rule out further rises in September.",
        title="Bank raises rates again",
        outlet="The Ledger",
        language="en",
    )
    hostile = Document.from_text(HOSTILE, title="<b>Karam</b> ${1+1}", language="id")
    return [bundled_article(), hostile, bank]


@pytest.fixture
def chat(start_chat: Callable[..., Chat]) -> Chat:
    """The chat with its usual options."""
    return start_chat()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; tests that need it are skipped where it is not installed.

    Not for all modules together: while it is open no other test could call `asyncio.run`.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: install Debian's package chromium")
    # The machines are shared, and slow at times.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser, start_chat: Callable[..., Chat]) -> Iterator[Callable[..., Page]]:
    """Opens a chat in a browser of its own; afterwards no page may have asked another host for
    anything, or have complained. `script` runs in the page before its own.

    It needs `start_chat` to be over after it: a server waits for the pages that are open.
    """
    contexts = []
    strange: list[str] = []

    def open_page(
        chat: Chat,
        *,
        locale: str = "id-ID",
        width: int = 1280,
        dark: bool = False,
        script: str = "",
    ) -> Page:
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": 860},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        own = (chat.url, "data:", f"blob:{chat.url}")
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on(
            "request",
            lambda request: None if request.url.startswith(own) else strange.append(request.url),
        )
        page.on("pageerror", lambda error: strange.append(str(error)))
        page.add_init_script(script)
        page.goto(chat.url)
        # The first page of all waits for the imports of Gradio and torch.
        page.locator("html[data-started=true]").wait_for(state="attached", timeout=240_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strange == []


@pytest.fixture
def ask() -> Callable[[Page, str], None]:
    """Asks a page a question, and waits for the answer."""

    def send(page: Page, question: str) -> None:
        before = page.locator(".turn[data-status]").count()
        page.locator("#kutip-question").fill(question)
        page.locator("#kutip-question").press("Enter")
        expect(page.locator(".turn[data-status]")).to_have_count(before + 1)

    return send
