"""Languages, keyboard, small screens, dark, failures, hostile text, a full queue, accessibility."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Ask = Callable[[Page, str], None]

# The server runs in this process, and Gradio uses what other packages warn of.
pytestmark = pytest.mark.filterwarnings("default")

QUESTION = "Apa yang digantikan oleh perjanjian tahun 2000?"


def test_the_language_can_be_switched_and_is_remembered(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat, locale="en-US")
    ask(page, QUESTION)
    expect(page.locator(".views [data-view=evidence]")).to_have_text("Evidence")
    # The frame of an answer speaks the question's language whatever the page's is.
    expect(page.locator(".turn .frame")).to_have_text("Menurut artikel ini:")
    page.locator("[data-locale=id]").click()
    expect(page.locator(".views [data-view=evidence]")).to_have_text("Bukti")
    expect(page.locator("#kutip-evidence [data-do=article]").first).to_have_text("Lihat di artikel")
    page.reload()
    expect(page.locator(".views [data-view=evidence]")).to_have_text("Bukti")
    expect(page.locator("html")).to_have_attribute("lang", "id")


def test_light_and_dark(visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat, dark=True)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("[data-do=theme]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    page.locator("html[data-started=true]").wait_for(state="attached")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_by_keyboard_alone(visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat)
    expect(page.locator("#kutip-question")).to_be_focused()
    page.keyboard.type("Apa yang digantikan")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("oleh perjanjian tahun 2000?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn[data-status=answered]")).to_have_count(1)
    expect(page.locator("#kutip-question")).to_be_focused()
    page.locator(".turn .cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".card.chosen")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#kutip-article mark.at")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".card.chosen [data-do=article]")).to_be_focused()
    # Everything that can be done can be reached.
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset?.do ?? ''"))
    assert reached >= {"locale", "theme", "export", "new", "cite", "verdict", "retry", "undo"}
    assert reached >= {"view", "article", "copy"}


@pytest.mark.parametrize("width", [360, 390])
def test_on_a_narrow_screen(ask: Ask, visit: Callable[..., Page], chat: Any, width: int) -> None:
    page = visit(chat, width=width)
    ask(page, QUESTION)
    expect(page.locator(".turn blockquote").first).to_be_in_viewport()
    expect(page.locator("#kutip-evidence")).to_be_hidden()
    page.locator(".turn .cite").first.click()
    expect(page.locator(".card.chosen")).to_be_in_viewport()
    expect(page.locator("#kutip-conversation")).to_be_hidden()
    for view in ("library", "history", "conversation"):
        page.locator(f".views [data-view={view}]").click()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        wide = page.evaluate(
            """() => [...document.querySelectorAll('.gradio-container *')].filter(item =>
            item.checkVisibility() && item.getBoundingClientRect().right > innerWidth + 1
            && !item.closest('.unseen, .skip')).map(item => item.outerHTML.slice(0, 80))"""
        )
        assert wide == []
    expect(page.locator("#kutip-question")).to_be_in_viewport()


def test_after_an_error_the_page_goes_on(ask: Ask, visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat)
    ask(page, "Perjanjian apa yang gagal digantikan oleh perjanjian tahun 2000?")
    expect(page.get_by_role("alert")).to_contain_text("Coba lagi")
    ask(page, QUESTION)
    expect(page.locator(".turn").last.locator("blockquote").first).to_be_visible()
    assert "Traceback" not in page.locator("body").inner_text()


def test_a_question_too_long_is_told_so_in_its_language(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat)
    page.evaluate("document.getElementById('kutip-question').removeAttribute('maxlength')")
    ask(page, "Siapa yang datang ke Pyongyang? " * 70)
    expect(page.get_by_role("alert")).to_contain_text("terlalu panjang")


def test_when_the_queue_is_full_one_is_told_to_wait(
    ask: Ask, visit: Callable[..., Page], start_chat: Callable[..., Any]
) -> None:
    chat = start_chat(concurrency=1, queue_size=1)
    pages = [visit(chat) for _ in range(3)]
    for page in pages[:2]:
        page.locator("#kutip-question").fill(f"{QUESTION} pelan")
        page.locator("#kutip-question").press("Enter")
        expect(page.locator(".turn.pending")).to_be_visible()
    ask(pages[2], QUESTION)
    expect(pages[2].get_by_role("alert")).to_contain_text("Tunggu sebentar")
    for page in pages[:2]:
        expect(page.locator(".turn[data-status=answered]")).to_be_visible()


def test_what_an_article_and_a_person_write_is_shown_as_text(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat)
    question = "Kapal <b>apa</b> **yang** karam di Selat $x^2$ ${1+1} Bali pada Senin malam?"
    ask(page, question)
    turn = page.locator(".turn").last
    expect(turn.locator(".asked")).to_contain_text(question)
    quote = turn.locator("blockquote").first
    expect(quote).to_contain_text("<img src=http://contoh.invalid/a.png onerror=")
    expect(quote).to_contain_text("**karam** di Selat $x^2$ Bali ${document.title='diserang'}")
    expect(turn.locator("cite").first).to_have_text("<b>Karam</b> ${1+1}")
    page.locator("#kutip-evidence [data-do=article]").first.click()
    expect(page.locator("#kutip-article")).to_contain_text("</p></script><script>document")
    page.keyboard.press("Escape")
    page.locator(".views [data-view=library]").click()
    expect(page.locator(".articles")).to_contain_text("<b>Karam</b> ${1+1}")
    selector = ":is(.turn, .card, .articles, #kutip-article) :is(img, script, b, iframe, .katex)"
    assert page.locator(selector).count() == 0
    assert page.title() == "Kutip"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("locale", ["id-ID", "en-US"])
def test_axe_finds_nothing_serious(
    ask: Ask, visit: Callable[..., Page], chat: Any, axe: str, locale: str, dark: bool
) -> None:
    page = visit(chat, locale=locale, dark=dark)
    ask(page, QUESTION)
    ask(page, "Berapa harga beras di pasar?")
    page.locator(".turn .cite").first.click()
    page.evaluate(axe)
    for view in ("evidence", "library", "history"):
        page.locator(f".views [data-view={view}]").click()
        found = page.evaluate("axe.run()")["violations"]
        serious = [
            (rule["id"], [node["html"][:160] for node in rule["nodes"]])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
        assert serious == [], json.dumps(serious, indent=1)
    page.locator(".views [data-view=evidence]").click()
    page.locator("#kutip-evidence [data-do=article]").first.click()
    expect(page.locator("#kutip-article mark.at")).to_be_visible()
    assert [
        rule["id"]
        for rule in page.evaluate("axe.run('#kutip-article')")["violations"]
        if rule["impact"] in ("serious", "critical")
    ] == []
