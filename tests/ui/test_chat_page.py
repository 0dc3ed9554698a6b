"""Asking in a real browser: steps, quotes, evidence, the article, what is not there."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

INDONESIAN = "Apa yang digantikan oleh perjanjian tahun 2000?"
ENGLISH = "To what percent did the central bank raise interest rates on Tuesday?"

Ask = Callable[[Page, str], None]

# The server runs in this process, and Gradio uses what other packages warn of.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize(
    ("locale", "question", "frame", "words", "language", "took"),
    [
        ("id-ID", INDONESIAN, "Menurut artikel ini:", "1961", "id", "detik"),
        ("en-US", ENGLISH, "According to the article:", "25", "en", " s"),
    ],
)
def test_an_answer_with_its_evidence_and_its_article(
    ask: Ask,
    visit: Callable[..., Page],
    chat: Any,
    locale: str,
    question: str,
    frame: str,
    words: str,
    language: str,
    took: str,
) -> None:
    page = visit(chat, locale=locale)
    assert page.locator("html").get_attribute("lang") == language
    ask(page, question)
    turn = page.locator(".turn").last
    expect(turn.locator(".frame")).to_have_text(frame)
    expect(turn.locator(".words")).to_have_text(words)
    quote = turn.locator("blockquote").first
    assert quote.get_attribute("lang") == language
    texts = [chat.library.document(info.id).text for info in chat.library.documents()]
    shown = quote.locator("p").text_content()
    assert any(shown in text for text in texts)
    expect(quote.locator("mark")).to_have_text(words)
    assert took in turn.locator(".took").inner_text()
    assert turn.locator(".sure").get_attribute("title")
    # What a screen reader is told, once.
    expect(page.locator("#kutip-live")).to_contain_text(words)
    card = page.locator("#kutip-evidence .card").first
    expect(card.locator("mark")).to_have_text(words)
    card.locator("[data-do=article]").click()
    marked = page.locator("#kutip-article mark.at")
    expect(marked).to_have_text(words)
    expect(marked).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#kutip-article")).to_be_hidden()


def test_from_one_mark_to_the_next_in_the_article(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat)
    ask(page, INDONESIAN)
    card = page.locator("#kutip-evidence .card").first
    facts = "Kutip Berita · 20 Juni 2024 · Indonesia · paragraf 10"
    expect(card.locator(".meta")).to_have_text(facts)
    expect(card.locator(".score")).to_contain_text("Kedekatan")
    page.locator("#kutip-evidence [data-do=article]").nth(1).click()
    article = page.locator("#kutip-article")
    expect(article.locator("mark.at")).to_have_attribute("data-mark", "2")
    all_ = article.locator("mark[data-mark]").count()
    assert all_ > 1
    article.locator("[data-do=step]").last.click()
    expect(article.locator(".step")).to_contain_text(f"dari {all_}")
    expect(article.locator("mark.at")).to_have_count(1)
    expect(article.locator("mark.at")).not_to_have_attribute("data-mark", "2")
    article.locator("[data-do=step]").first.click()
    expect(article.locator("mark.at")).to_have_attribute("data-mark", "2")


def test_passages_come_before_the_quotes(visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat)
    page.locator("#kutip-question").fill(INDONESIAN + " pelan")
    page.keyboard.press("Enter")
    expect(page.locator(".turn.pending .doing")).to_contain_text("Membaca")
    expect(page.locator("#kutip-evidence .card.found").first).to_be_visible()
    expect(page.locator(".turn[data-status] blockquote").first).to_be_visible()
    expect(page.locator("#kutip-evidence .card.found")).to_have_count(0)


def test_stopping_an_answer(ask: Ask, visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat)
    page.locator("#kutip-question").fill(INDONESIAN + " pelan")
    page.keyboard.press("Enter")
    expect(page.locator(".turn.pending")).to_be_visible()
    page.locator("[data-do=stop]").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, INDONESIAN)
    expect(page.locator(".turn")).to_have_count(1)


def test_what_no_article_says(ask: Ask, visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat)
    ask(page, "Berapa harga beras di pasar?")
    turn = page.locator(".turn").last
    expect(turn).to_have_attribute("data-status", "not_found")
    expect(turn.locator(".frame")).to_contain_text("tidak membahas")
    expect(turn.locator(".about li")).to_have_count(3)
    expect(turn.locator("blockquote")).to_have_count(0)


def test_what_is_only_related(ask: Ask, visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat, locale="en-US")
    ask(page, "Which London markets fell sharply when Governor Andrew Bailey resigned, and why?")
    turn = page.locator(".turn").last
    expect(turn).to_have_attribute("data-status", "related")
    expect(turn.locator(".frame")).to_contain_text("does not answer this directly")
    expect(turn.locator("blockquote").first).to_be_visible()
    expect(turn.locator(".words, mark, .sure")).to_have_count(0)


def test_a_follow_up_is_read_with_the_question_before_it(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat)
    ask(page, "Dan itu di mana?")
    expect(page.locator(".turn").last).not_to_have_attribute("data-status", "answered")
    ask(page, INDONESIAN)
    ask(page, "Dan itu di mana?")
    expect(page.locator(".turn").last).to_have_attribute("data-status", "answered")
    expect(page.locator(".turn").last.locator("blockquote").first).to_contain_text("1961")


def test_a_greeting_gets_a_greeting(ask: Ask, visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat)
    ask(page, "Halo!")
    expect(page.locator(".turn .frame")).to_contain_text("Halo!")
    expect(page.locator(".turn blockquote, .turn .surety")).to_have_count(0)


def test_a_number_in_an_older_answer_brings_its_evidence_back(
    ask: Ask, visit: Callable[..., Page], chat: Any
) -> None:
    page = visit(chat)
    ask(page, INDONESIAN)
    ask(page, ENGLISH)
    expect(page.locator("#kutip-evidence q")).to_have_text(ENGLISH)
    page.locator(".turn").first.locator(".cite").first.click()
    expect(page.locator("#kutip-evidence q")).to_have_text(INDONESIAN)
    expect(page.locator("#kutip-evidence .card.chosen")).to_be_focused()


def test_examples_are_answered(visit: Callable[..., Page], chat: Any) -> None:
    page = visit(chat)
    example = page.locator("#kutip-examples button").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".turn .asked")).to_contain_text(question)
    expect(page.locator(".turn")).to_have_attribute("data-status", "answered")
    expect(page.locator("#kutip-examples")).to_be_hidden()
