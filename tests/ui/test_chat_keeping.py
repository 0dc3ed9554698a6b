"""What is kept: in the browser the conversations, in the library's folder the feedback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kutip.evals.feedback import question_lines

Ask = Callable[[Page, str], None]

# The server runs in this process, and Gradio uses what other packages warn of.
pytestmark = pytest.mark.filterwarnings("default")

QUESTION = "Apa yang digantikan oleh perjanjian tahun 2000?"
OTHER = "Kapan perang yang pecah itu berhenti dengan gencatan senjata?"


def reload(page: Page) -> None:
    page.reload()
    page.locator("html[data-started=true]").wait_for(state="attached")


def test_conversation_and_evidence_survive_a_reload(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat)
    ask(page, QUESTION)
    ask(page, OTHER)
    page.locator(".turn").first.locator(".cite").nth(1).click()
    expect(page.locator("#kutip-evidence .card.chosen")).to_have_attribute("data-number", "2")
    talk, evidence = (page.locator(name) for name in ("#kutip-conversation", "#kutip-evidence"))
    before = talk.inner_text(), evidence.inner_text()
    reload(page)
    expect(page.locator(".turn")).to_have_count(2)
    assert (talk.inner_text(), evidence.inner_text()) == before
    expect(page.locator("#kutip-evidence .card.chosen")).to_have_attribute("data-number", "2")


def test_a_quote_changed_in_the_browser_is_not_shown(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat)
    ask(page, QUESTION)
    page.evaluate(
        """() => Object.keys(localStorage).filter(key => key.startsWith("kutip.conversation."))
        .forEach(key => localStorage.setItem(key,
            localStorage.getItem(key).replaceAll("pada 1961.", "pada 1990.")))"""
    )
    reload(page)
    expect(page.locator(".turn .gone")).to_be_visible()
    assert "1990" not in page.locator("body").inner_text()


def test_retry_undo_and_a_new_conversation(ask: Ask, visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat)
    ask(page, QUESTION)
    first = page.locator(".turn").get_attribute("data-turn")
    # Twice, as the impatient do: no turn but the last may go.
    page.locator("[data-do=retry]").dblclick()
    expect(page.locator(f".turn[data-status]:not([data-turn='{first}'])")).to_have_count(1)
    expect(page.locator(".turn")).to_have_count(1)
    ask(page, OTHER)
    page.locator("[data-do=undo]").dblclick()
    expect(page.locator("#kutip-question")).to_have_value(OTHER)
    expect(page.locator(".turn")).to_have_count(1)
    page.locator("[data-do=new]").click()
    expect(page.locator(".welcome")).to_be_visible()
    page.locator("#kutip-question").fill("")
    ask(page, OTHER)
    page.locator(".views [data-view=history]").click()
    expect(page.locator("#kutip-conversations li")).to_have_count(2)
    page.locator("#kutip-conversations .past").nth(1).click()
    expect(page.locator(".turn .asked")).to_contain_text(QUESTION)
    page.locator(".views [data-view=history]").click()
    page.locator("#kutip-conversations [data-do=delete]").first.click()
    page.locator("#kutip-confirm .primary").click()
    expect(page.locator("#kutip-conversations li")).to_have_count(1)


def test_a_conversation_is_downloaded_with_its_citations(
    ask: Ask, visit: Callable[..., Page], chat: Any, tmp_path: Path
) -> None:
    page = visit(chat)
    ask(page, QUESTION)
    with page.expect_download() as download:
        page.locator("[data-do=export]").click()
    file = tmp_path / "percakapan.md"
    download.value.save_as(file)
    assert download.value.suggested_filename.endswith(".md")
    text = file.read_text("utf-8")
    assert f"## {QUESTION}" in text
    assert "> Perjanjian tahun 2000 menggantikan" in text
    assert "\\[1\\] Putin dan Kim Teken" in text
    assert "20 Juni 2024, paragraf 10, karakter" in text


def test_a_quote_is_copied_with_its_source(ask: Ask, visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.locator("#kutip-evidence [data-do=copy]").first.click()
    expect(page.locator("#kutip-toast.seen")).to_contain_text("disalin")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“Perjanjian tahun 2000")
    assert copied.endswith("Kutip Berita, 20 Juni 2024, paragraf 10")


def test_feedback_is_written_where_it_is_read_from(
    ask: Ask, visit: Callable[..., Page], start_chat: Callable[..., Any]
) -> None:
    chat = start_chat()
    page = visit(chat)
    ask(page, QUESTION)
    good = page.locator("[data-verdict=good]")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    page.locator("[data-do=wrong]").click()
    page.locator("#kutip-wrong textarea").fill("Tahunnya bukan itu.\n<b>")
    page.locator("#kutip-wrong .primary").click()
    expect(page.locator("[data-do=wrong]")).to_have_attribute("aria-pressed", "true")
    reload(page)
    expect(page.locator("[data-do=wrong]")).to_have_attribute("aria-pressed", "true")
    file = chat.library.path / "feedback.jsonl"
    good_line, wrong_line = map(json.loads, file.read_text("utf-8").splitlines())
    assert (good_line["verdict"], wrong_line["verdict"]) == ("good", "wrong quote")
    assert wrong_line["comment"] == "Tahunnya bukan itu.\n<b>"
    quote = wrong_line["quotes"][0]
    text = chat.library.document(quote["document_id"]).text
    assert text[quote["start"] : quote["end"]] == quote["text"]
    assert set(wrong_line["versions"]) == {"kutip", "model", "model_sha256", "reader"}
    approved, rejected = question_lines(file)
    assert (approved["answers"], rejected["answers"]) == (["1961"], [])


def test_without_feedback_there_is_nothing_to_press(
    ask: Ask, visit: Callable[..., Page], start_chat: Callable[..., Any]
) -> None:
    chat = start_chat(feedback=False)
    page = visit(chat)
    ask(page, QUESTION)
    expect(page.locator("[data-do=verdict], [data-do=wrong]")).to_have_count(0)
    assert not (chat.library.path / "feedback.jsonl").exists()


def test_two_tabs_of_one_conversation(ask: Ask, visit: Callable[..., Page], chat: Any) -> None:
    first = visit(chat)
    ask(first, QUESTION)
    second = first.context.new_page()
    second.goto(chat.url)
    second.locator("html[data-started=true]").wait_for(state="attached")
    second.locator(".views [data-view=history]").click()
    second.locator("#kutip-conversations .past").click()
    expect(second.locator(".turn")).to_have_count(1)
    ask(second, OTHER)
    expect(first.locator(".turn")).to_have_count(2)
    ask(first, QUESTION)
    expect(second.locator(".turn")).to_have_count(3)
    reload(first)
    expect(first.locator(".turn")).to_have_count(3)


def test_a_browser_that_blocks_storage(ask: Ask, visit: Callable[..., Page], chat: Any) -> None:
    blocked = "{get() { throw new DOMException('blocked', 'SecurityError'); }}"
    names = ("localStorage", "sessionStorage")
    script = "".join(f"Object.defineProperty(window, '{name}', {blocked});" for name in names)
    page = visit(chat, script=script)
    ask(page, QUESTION)
    expect(page.locator(".turn mark").first).to_be_visible()
