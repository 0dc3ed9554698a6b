"""The page in a real browser: ask, see the quote, keep going after an error."""

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kutip.index import Document, Library
from kutip.rag import Assistant, Hit, Reading
from kutip.ui.chat.page import build_page, launch

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
    "**karam** di Selat $x^2$ Bali ![gambar](http://contoh.invalid/b.png) pada Senin malam."
)

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="no /usr/bin/chromium: install Debian's package chromium"
)


class FailingReader:
    """A reader that fails on every question that asks it to."""

    def __init__(self, library: Library) -> None:
        self._reader = Assistant(library).reader

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        if "gagal" in question:
            raise RuntimeError("asked to fail")
        return self._reader.read(question, hits)


@pytest.fixture(scope="module")
def address(bundled_library: Library) -> Iterator[str]:
    bundled_library.add(Document.from_text(HOSTILE, title="<b>Karam</b>", language="id"))
    page = build_page(Assistant(bundled_library, reader=FailingReader(bundled_library)))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    launch(page, host="127.0.0.1", port=port, block=False)
    yield f"http://127.0.0.1:{port}/"
    page.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(locale="id-ID", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    hosts: list[str] = []
    page.on("request", lambda request: hosts.append(request.url))
    page.goto(address)
    yield page
    strangers = [url for url in hosts if not url.startswith((address, "data:", "blob:"))]
    assert not strangers
    context.close()


def ask(page: Page, question: str) -> None:
    page.get_by_test_id("textbox").fill(question)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("question", "frame"),
    [
        ("What did the 2000 treaty replace?", "According to the article:"),
        ("Apa yang digantikan oleh perjanjian tahun 2000?", "Menurut artikel ini:"),
    ],
)
def test_a_question_gets_its_quote_marked_in_the_article(
    page: Page, bundled_library: Library, question: str, frame: str
) -> None:
    ask(page, question)
    quote = page.locator("#conversation blockquote").first
    expect(quote).to_contain_text("pada 1961.", timeout=60_000)
    expect(page.locator("#conversation")).to_contain_text(frame)
    marked = page.locator("#evidence .kutip-card mark").first.inner_text()
    texts = [bundled_library.document(info.id).text for info in bundled_library.documents()]
    assert any(marked in text for text in texts)
    assert quote.get_attribute("lang") == "id"
    page.locator("#evidence summary").first.click()
    expect(page.locator("#evidence details mark").first).to_be_visible()


def test_what_no_article_says(page: Page) -> None:
    ask(page, "Berapa harga beras di pasar?")
    expect(page.locator("#conversation")).to_contain_text("tidak membahas", timeout=60_000)
    expect(page.locator("#conversation blockquote")).to_have_count(0)


def test_after_an_error_the_page_goes_on(page: Page) -> None:
    ask(page, "Perjanjian apa yang gagal dari tahun 2000?")
    expect(page.get_by_role("alert")).to_contain_text("Coba lagi", timeout=60_000)
    ask(page, "Apa yang digantikan oleh perjanjian tahun 2000?")
    expect(page.locator("#conversation blockquote").first).to_be_visible(timeout=60_000)


def test_what_an_article_holds_is_shown_as_text(page: Page) -> None:
    ask(page, "Kapal apa yang karam di Selat Bali pada Senin malam?")
    evidence = page.locator("#evidence")
    expect(evidence).to_contain_text("<img src=http://contoh.invalid", timeout=60_000)
    expect(evidence).to_contain_text("**karam** di Selat $x^2$")
    assert page.locator("#evidence img, #conversation blockquote img").count() == 0
    assert page.title() == "Kutip"
