"""PDF files, written by fpdf2 and changed by pypdf."""

from io import BytesIO
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from kutip.index.errors import DocumentError
from kutip.index.loading import load_document
from kutip.index.loading.pdf import join_lines, load_pdf

DATA = Path(__file__).parent / "data"
FIRST = (
    "Gempa berkekuatan 5,6 magnitudo mengguncang Cianjur pada Rabu pagi. Ratusan rumah rusak berat "
    "dan ribuan warga mengungsi ke lapangan terdekat."
)
SECOND = (
    '"Kami butuh tenda dan selimut," kata Bupati Herman Suherman kepada wartawan. Bantuan pertama '
    "tiba pada malam hari dari Bandung, lalu"
)
THIRD = "dibagikan kepada warga. Badan Meteorologi mencatat 25 gempa susulan sampai pukul 10.30."


def pdf(*pages: list[str], title: str = "") -> bytes:
    """A PDF of one or more paragraphs on each page."""
    file = FPDF()
    file.set_font("Helvetica", size=12)
    if title:
        file.set_title(title)
    for paragraphs in pages:
        file.add_page()
        for paragraph in paragraphs:
            file.multi_cell(0, text=paragraph, new_x="LMARGIN", new_y="NEXT")
    return bytes(file.output())


def encrypted(content: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(content))
    writer.encrypt(password, owner_password="pemilik", algorithm="RC4-128")
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_lines_become_paragraphs_and_pages_have_numbers(tmp_path: Path) -> None:
    path = tmp_path / "gempa.pdf"
    path.write_bytes(pdf([FIRST, SECOND], [THIRD], title="Gempa Cianjur"))
    document = load_document(path)
    assert document.text == f"{FIRST}\n\n{SECOND} {THIRD}"
    assert document.title == "Gempa Cianjur"
    assert document.language == "id"
    assert document.source == str(path)
    assert document.pages == (0, document.text.index(THIRD))
    assert document.page_at(document.text.index("selimut")) == 1
    assert document.page_at(document.text.index("dibagikan")) == 2
    assert document.page_at(len(document.text) - 1) == 2


def test_a_sentence_end_at_a_page_end_ends_the_paragraph() -> None:
    document = load_pdf(pdf([FIRST], [THIRD]), "gempa.pdf")
    assert document.text == f"{FIRST}\n\n{THIRD}"
    assert document.title == FIRST[:120].rsplit(" ", 1)[0] + " …"


def test_pages_without_text_are_counted() -> None:
    document = load_pdf(pdf([], [FIRST], [], [THIRD]), "gempa.pdf")
    assert document.page_at(0) == 2
    assert document.page_at(document.text.index(THIRD)) == 4


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            "Gempa mengguncang\nCianjur pada Rabu.\nRatusan rumah.",
            "Gempa mengguncang Cianjur pada Rabu. Ratusan rumah.",
        ),
        (
            "Harga naik tajam di Medan\nkemarin.\nWarga mengeluh soal itu.",
            "Harga naik tajam di Medan kemarin.\n\nWarga mengeluh soal itu.",
        ),
        (
            "Judul\nGempa mengguncang Cianjur pada\nRabu pagi.",
            "Judul\n\nGempa mengguncang Cianjur pada Rabu pagi.",
        ),
        ("satu dua tiga\n\n\n\nempat lima enam", "satu dua tiga\n\nempat lima enam"),
        ("Rusia-\nKorea", "Rusia-Korea"),
        ("", ""),
    ],
)
def test_join_lines(page: str, expected: str) -> None:
    assert join_lines(page) == expected


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=8).map("\n".join))
def test_joined_lines_keep_every_character_that_is_not_blank(page: str) -> None:
    assert "".join(join_lines(page).split()) == "".join(page.split())


def test_a_password_is_asked_for_by_name(tmp_path: Path) -> None:
    (tmp_path / "rahasia.pdf").write_bytes(encrypted(pdf([FIRST]), "rahasia"))
    with pytest.raises(DocumentError, match=r"rahasia\.pdf is encrypted"):
        load_document(tmp_path / "rahasia.pdf")


def test_a_file_locked_against_changes_alone_is_read() -> None:
    assert load_pdf(encrypted(pdf([FIRST]), ""), "gempa.pdf").text == FIRST


def test_a_password_of_the_newer_kind_is_asked_for_by_name() -> None:
    # Made by fpdf2 and pypdf with the package cryptography, which Kutip does not require.
    with pytest.raises(DocumentError, match=r"password-aes-256\.pdf is encrypted"):
        load_document(DATA / "password-aes-256.pdf")


def test_a_file_locked_by_the_newer_kind_is_read_or_refused_by_name() -> None:
    try:
        text = load_document(DATA / "no-password-aes-128.pdf").text
    except DocumentError as error:
        text = str(error)
    assert text == "Rahasia negara." or "no-password-aes-128.pdf" in text


def test_a_scan_is_refused_by_name(tmp_path: Path) -> None:
    file = FPDF()
    for _ in range(2):
        file.add_page()
        file.rect(10, 10, 100, 100, style="F")
    (tmp_path / "pindaian.pdf").write_bytes(bytes(file.output()))
    with pytest.raises(DocumentError, match=r"pindaian\.pdf holds no text in its 2 pages"):
        load_document(tmp_path / "pindaian.pdf")


@pytest.mark.parametrize(
    "content",
    [b"Bukan PDF.", b"%PDF-1.7\n", pdf([FIRST])[:200], b"%PDF-1.7\n" + bytes(range(256)) * 8],
    ids=["text", "header", "cut", "junk"],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rusak.pdf").write_bytes(content)
    with pytest.raises(DocumentError, match=r"rusak\.pdf is no PDF that can be read"):
        load_document(tmp_path / "rusak.pdf")


@pytest.mark.parametrize(
    ("sound", "damaged"),
    [
        (b"/FlateDecode", b"/FlaReDecode"),
        (b"/Filter /Standard", b"/Filter /Sxandard"),
        (b"/Length 128", b"/Length   0"),
        (b"/Kids", b"/Kixs"),
        (b"/Contents", b"/Confents"),
    ],
)
def test_a_file_with_a_damaged_name_is_read_or_refused_by_name(
    sound: bytes, damaged: bytes
) -> None:
    content = encrypted(pdf([FIRST]), "")
    assert sound in content
    with pytest.raises(DocumentError, match=r"rusak\.pdf"):
        load_pdf(content.replace(sound, damaged), "rusak.pdf")
