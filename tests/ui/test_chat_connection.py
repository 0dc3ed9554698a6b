"""What the page does when the server is gone, comes back, or does not do what was asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kutip.index import Library

Ask = Callable[[Page, str], None]

# The server runs in this process, and Gradio uses what other packages warn of.
pytestmark = pytest.mark.filterwarnings("default")

QUESTION = "Apa yang digantikan oleh perjanjian tahun 2000?"
GRADIO = "[data-testid=toast-body]"


@pytest.mark.parametrize(
    ("locale", "told"), [("id-ID", "terputus"), ("en-US", "connection to Kutip is lost")]
)
def test_a_lost_server_is_told_in_the_pages_language(
    browser: Browser, serving: Callable[..., Any], locale: str, told: str
) -> None:
    server = serving(page=True)
    page = browser.new_context(locale=locale).new_page()
    page.goto(server.url)
    page.locator("html[data-started=true]").wait_for(state="attached", timeout=240_000)
    expect(page.locator("#kutip-lost")).to_be_hidden()
    page.locator("#kutip-question").fill("Kapan gempa yang lambat mengguncang Cianjur?")
    server.process.kill()
    expect(page.get_by_role("alert")).to_contain_text(told)
    # Gradio says it too, in English alone.
    expect(page.locator(GRADIO)).to_be_hidden()
    page.locator("[data-locale=id]").click()
    expect(page.get_by_role("alert")).to_contain_text("terputus")
    page.context.close()


def test_a_question_under_way_can_be_sent_again_when_the_server_is_back(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat)
    ask(page, QUESTION)
    # As from a server that is gone: nothing gets through, and no reply can come in between.
    page.route("**/healthz", lambda route: route.abort())
    page.route("**/queue/**", lambda route: route.abort())
    page.locator("#kutip-question").fill(f"{QUESTION} pelan")
    page.locator("#kutip-question").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator(".turn.pending")).to_be_hidden()
    expect(page.locator("#kutip-question")).to_have_value(f"{QUESTION} pelan")
    page.unroute("**/queue/**")
    page.unroute("**/healthz")
    # The page is loaded anew by itself, with all that it held.
    expect(page.locator("#kutip-lost")).to_be_hidden()
    page.locator("html[data-started=true]").wait_for(state="attached")
    expect(page.locator(".turn[data-status=answered]")).to_have_count(1)
    expect(page.locator("#kutip-question")).to_have_value(f"{QUESTION} pelan")
    page.locator("#kutip-question").press("Enter")
    expect(page.locator(".turn[data-status=answered]")).to_have_count(2)


def test_a_request_that_fails_leaves_the_page_usable(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat, locale="en-US")
    page.route("**/queue/join*", lambda route: route.fulfill(status=500, body="Internal error"))
    page.locator("#kutip-question").fill(QUESTION)
    page.locator("#kutip-question").press("Enter")
    expect(page.locator("#kutip-toast.seen")).to_contain_text("Something went wrong")
    expect(page.locator(GRADIO).first).to_be_hidden()
    expect(page.locator("html")).to_have_attribute("data-busy", "false")
    page.unroute("**/queue/join*")
    ask(page, QUESTION)
    expect(page.locator(".turn[data-status=answered]")).to_have_count(1)


def test_whatever_fails_is_told_in_the_pages_language(
    ask: Ask, visit: Callable[..., Page], start_chat: Callable[..., Any]
) -> None:
    chat = start_chat()
    page = visit(chat)
    ask(page, QUESTION)
    library: Library = chat.library
    library.close()
    page.locator("#kutip-evidence [data-do=article]").first.click()
    expect(page.locator("#kutip-toast.seen")).to_contain_text("Tidak berhasil")
    expect(page.locator("#kutip-article")).to_be_hidden()
    page.locator("[data-do=export]").click()
    expect(page.locator("#kutip-toast.seen")).to_contain_text("Tidak berhasil")
    page.locator("#kutip-question").fill(QUESTION)
    page.locator("#kutip-question").press("Enter")
    # Both are so before the question is sent, too.
    page.wait_for_timeout(2_000)
    expect(page.locator("#kutip-question")).to_have_value(QUESTION)
    expect(page.locator("html")).to_have_attribute("data-busy", "false")


def test_a_file_that_is_being_added_is_finished_before_the_end(
    browser: Browser, serving: Callable[..., Any], news: Library, tmp_path: Path
) -> None:
    server = serving(page=True)
    page = browser.new_context(locale="id-ID").new_page()
    page.goto(server.url)
    page.locator("html[data-started=true]").wait_for(state="attached", timeout=240_000)
    files = [tmp_path / "pertama.txt", tmp_path / "kedua.txt"]
    for file in files:
        file.write_text(f"Kereta {file.stem} itu berangkat perlahan.", "utf-8")
    page.locator(".views [data-view=library]").click()
    page.locator("#kutip-files").set_input_files(files)
    expect(page.locator(".adding li.indexing")).to_have_count(1)
    server.process.terminate()
    # The one under way is finished, the one after it is told why it is not.
    expect(page.locator(".adding li.added")).to_contain_text("pertama.txt")
    expect(page.locator(".adding li.refused .reason")).to_contain_text("sedang dihentikan")
    assert server.process.wait(timeout=60) == 0
    page.context.close()
    with Library.open(news.path, embedder=news.embedder) as library:
        (added,) = library.documents()[3:]
        assert "pertama" in library.document(added.id).text
