"""The library on the page: adding in several ways, refusals, removing, choosing, other pages."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from playwright.sync_api import Page, expect

Ask = Callable[[Page, str], None]

# The server runs in this process, and Gradio uses what other packages warn of.
pytestmark = pytest.mark.filterwarnings("default")

HTML = """<html lang="id"><head><title>Panen raya di Lembang</title></head><body><nav>Menu</nav>
<article><h1>Panen raya di Lembang</h1><p>Petani Lembang memanen 4200 ton kubis pada pekan ini
setelah hujan deras berhenti. Panen itu merupakan panen terbesar dalam sepuluh tahun terakhir di
kecamatan tersebut, kata kepala dinas pertanian setempat.</p><p>Harga kubis di tingkat petani
tetap bertahan karena permintaan dari Jakarta meningkat menjelang hari raya.</p></article></body>
</html>"""


def open_library(page: Page) -> None:
    page.locator(".views [data-view=library]").click()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A text, a PDF and a web page, each about something of its own."""
    text, pdf, page = (tmp_path / name for name in ("waduk.txt", "jembatan.pdf", "panen.html"))
    text.write_text("Waduk Cirata\n\nWaduk Cirata menampung 2165 juta meter kubik air.", "utf-8")
    made = FPDF()
    made.add_page()
    made.set_font("Helvetica", size=12)
    made.multi_cell(0, text="Jembatan Suramadu sepanjang 5438 meter diresmikan pada Juni.")
    made.output(str(pdf))
    page.write_text(HTML, "utf-8")
    return [text, pdf, page]


def test_files_are_added_and_can_be_asked_about_at_once(
    ask: Ask, visit: Callable[..., Page], start_chat: Callable[..., Any], files: list[Path]
) -> None:
    chat = start_chat()
    page, other = visit(chat), visit(chat, locale="en-US")
    open_library(other)
    expect(other.locator(".articles li")).to_have_count(3)
    open_library(page)
    page.locator("#kutip-files").set_input_files(files)
    expect(page.locator(".adding li.added")).to_have_count(3)
    expect(page.locator(".summary")).to_have_text("3 ditambahkan, 0 sudah ada, 0 ditolak.")
    expect(page.locator(".articles li")).to_have_count(6)
    # Another page shows them without being loaded again.
    expect(other.locator(".articles li")).to_have_count(6)
    for question, answer in (
        ("Berapa juta meter kubik air menampung Waduk Cirata?", "2165"),
        ("Berapa meter sepanjang Jembatan Suramadu diresmikan?", "5438"),
        ("Berapa ton kubis memanen Petani Lembang pekan ini?", "4200"),
    ):
        for asked in (page, other):
            ask(asked, question)
            expect(asked.locator(".turn").last.locator("mark").first).to_have_text(answer)
    pdf_source = page.locator(".turn").nth(1).locator(".origin").first
    expect(pdf_source).to_contain_text("halaman 1")


def test_a_file_can_be_dragged_onto_the_page(
    visit: Callable[..., Page], start_chat: Callable[..., Any]
) -> None:
    page = visit(start_chat())
    open_library(page)
    dragged = page.evaluate_handle(
        """() => {
          const dragged = new DataTransfer();
          const text = "Bendungan Jatiluhur diresmikan pada 1967.";
          dragged.items.add(new File([text], "jatiluhur.txt", {type: "text/plain"}));
          return dragged;
        }"""
    )
    # Anywhere on the page: a file that misses the frame must not open in its place.
    page.dispatch_event(".articles", "dragover", {"dataTransfer": dragged})
    expect(page.locator("#kutip-drop")).to_have_class("drop over")
    page.dispatch_event(".articles", "drop", {"dataTransfer": dragged})
    expect(page.locator("#kutip-drop")).to_have_class("drop")
    expect(page.locator(".adding li.added")).to_have_count(1)
    expect(page.locator(".articles li")).to_have_count(4)


def test_what_is_refused_says_which_file_and_why(
    visit: Callable[..., Page], start_chat: Callable[..., Any], tmp_path: Path
) -> None:
    page = visit(start_chat(max_file_bytes=5_000))
    good = tmp_path / "benar.txt"
    good.write_text("Kereta cepat itu berangkat dari Halim.", "utf-8")
    bad = {
        "gambar.png": b"\x89PNG",
        "rusak.pdf": b"%PDF-1.4 rusak",
        "kosong.txt": b"  ",
        "besar.txt": b"panjang " * 1_000,
    }
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    open_library(page)
    page.locator("#kutip-files").set_input_files([good, *(tmp_path / name for name in bad)])
    expect(page.locator(".adding li.refused")).to_have_count(4)
    expect(page.locator(".adding li.added .file")).to_have_text("benar.txt")
    for name, reason in (
        ("gambar.png", "tidak didukung"),
        ("rusak.pdf", "rusak"),
        ("kosong.txt", "kosong"),
        ("besar.txt", "terlalu besar"),
    ):
        item = page.locator(".adding li.refused").filter(has_text=name)
        expect(item.locator(".reason")).to_contain_text(reason)
        assert str(tmp_path) not in item.inner_text()


def test_pasting_removing_and_choosing(
    ask: Ask, visit: Callable[..., Page], start_chat: Callable[..., Any]
) -> None:
    chat = start_chat()
    page = visit(chat)
    open_library(page)
    page.locator(".paste summary").click()
    page.locator("#kutip-paste [name=title]").fill("Kereta <b>cepat</b>")
    page.locator("#kutip-paste [name=text]").fill("Kereta cepat itu melaju 350 kilometer per jam.")
    page.locator("#kutip-paste button").click()
    added = page.locator(".articles li").first
    expect(added.locator(".title")).to_have_text("Kereta <b>cepat</b>")
    question = "Berapa kilometer kereta cepat melaju per jam?"
    ask(page, question)
    expect(page.locator(".turn mark").first).to_have_text("350")
    # Without it the same question has no answer.
    open_library(page)
    added.locator(".choose").uncheck()
    expect(page.locator(".scope")).to_contain_text("3 dari 4")
    ask(page, question)
    expect(page.locator(".turn").last.locator("mark")).to_have_count(0)
    page.locator(".scope button").click()
    expect(page.locator(".scope")).to_have_count(0)
    open_library(page)
    expect(added.locator(".choose")).to_be_checked()
    added.locator("[data-do=remove]").click()
    dialog = page.locator("#kutip-confirm")
    expect(dialog.locator(".subject")).to_have_text("Kereta <b>cepat</b>")
    dialog.locator("button").first.click()
    expect(page.locator(".articles li")).to_have_count(4)
    added.locator("[data-do=remove]").click()
    dialog.locator(".primary").click()
    expect(page.locator(".articles li")).to_have_count(3)
    # Its quote is no longer shown as one.
    expect(page.locator(".turn").first.locator("blockquote")).to_have_count(0)
    expect(page.locator(".turn").first.locator(".gone")).to_be_visible()
    assert len(chat.library.documents()) == 3


def test_what_was_pasted_stays_where_it_is_refused(
    visit: Callable[..., Page], start_chat: Callable[..., Any]
) -> None:
    page = visit(start_chat(max_file_bytes=50))
    open_library(page)
    page.locator(".paste summary").click()
    text = page.locator("#kutip-paste [name=text]")
    long = "Kereta cepat itu melaju 350 kilometer per jam sejak Senin."
    text.fill(long)
    page.locator("#kutip-paste button").click()
    expect(page.locator(".adding li.refused")).to_have_count(1)
    expect(text).to_have_value(long)
    text.fill("Kereta cepat itu melaju.")
    page.locator("#kutip-paste button").click()
    expect(text).to_have_value("")
    expect(page.locator(".articles li")).to_have_count(4)


def test_a_library_that_is_only_read(
    visit: Callable[..., Page], start_chat: Callable[..., Any]
) -> None:
    page = visit(start_chat(read_only=True), locale="en-US")
    open_library(page)
    expect(page.locator("#kutip-add")).to_contain_text("read-only")
    expect(page.locator("#kutip-files, [data-do=remove], .paste")).to_have_count(0)
    facts = re.compile(r"Kutip Berita · 20 June 2024 · Indonesian · \d+ passages")
    expect(page.locator(".articles .meta").last).to_have_text(facts)
    page.locator(".articles [data-do=read]").last.click()
    expect(page.locator("#kutip-article h2")).to_contain_text("Putin dan Kim")


def test_an_empty_library_says_what_to_do(
    ask: Ask, visit: Callable[..., Page], start_chat: Callable[..., Any]
) -> None:
    page = visit(start_chat(documents=[]))
    expect(page.locator(".welcome")).to_contain_text("masih kosong")
    page.locator(".welcome button").click()
    expect(page.locator("#kutip-drop")).to_be_visible()
    ask(page, "Siapa yang datang?")
    expect(page.locator(".turn .frame")).to_contain_text("kosong")
