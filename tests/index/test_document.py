"""A text becomes a document, or is refused."""

from datetime import date

import pytest

from kutip.index.document import Document, Span
from kutip.index.errors import DocumentError


def test_the_id_comes_from_the_text_alone() -> None:
    plain = Document.from_text("Gempa mengguncang Cianjur.")
    dressed = Document.from_text(
        "Gempa mengguncang Cianjur.",
        title="Gempa",
        language="en",
        source="/berita/gempa.txt",
        outlet="Antara",
        published=date(2024, 6, 18),
        pages=(0,),
    )
    other = Document.from_text("Gempa mengguncang Cianjur. ")
    assert plain.id == dressed.id
    assert plain.id != other.id
    assert len(plain.id) == 16
    assert int(plain.id, 16) >= 0


def test_the_text_is_kept_to_the_letter() -> None:
    text = "\n  Judul\r\n\tIsi\u00a0berita “e\u0301” \U0001f600 \n\n"
    assert Document.from_text(text).text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Judul berita\nIsi berita.", "Judul berita"),
        ("\n\n   Judul   dengan\tspasi  \r\nIsi.", "Judul dengan spasi"),
        ("## Judul bertanda\n\nIsi.", "Judul bertanda"),
        ("###\nIsi.", "Untitled"),
        ("kata " * 24 + "akhir", ("kata " * 24).strip() + " …"),
        ("x" * 120, "x" * 120),
        ("x" * 121, "x" * 120 + " …"),
    ],
)
def test_the_title_is_the_first_line(text: str, title: str) -> None:
    assert Document.from_text(text).title == title


def test_a_title_and_a_language_that_are_given_win() -> None:
    document = Document.from_text("Judul\nIsi berita ini ditulis.", title="Lain", language="en")
    assert (document.title, document.language) == ("Lain", "en")


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\u2003\u00a0"])
def test_an_empty_text_is_refused_by_its_source(text: str) -> None:
    with pytest.raises(DocumentError, match=r"kosong\.txt is empty"):
        Document.from_text(text, source="kosong.txt")


def test_half_a_surrogate_pair_is_refused_with_its_offset() -> None:
    with pytest.raises(DocumentError, match=r"rusak\.txt.*surrogate pair at offset 5"):
        Document.from_text("Isi: \ud83d.", source="rusak.txt")


def test_nul_is_refused_with_its_offset() -> None:
    with pytest.raises(DocumentError, match=r"data\.txt.*NUL character at offset 3"):
        Document.from_text("Isi\0.", source="data.txt")


def test_paragraph_at_counts_from_one() -> None:
    document = Document.from_text("\n\nSatu.\n\nDua.\n\n\nTiga.\n")
    assert document.paragraphs == [Span(2, 7), Span(9, 13), Span(16, 21)]
    numbers = [document.paragraph_at(offset) for offset in range(len(document.text) + 1)]
    assert numbers == [1] * 9 + [2] * 7 + [3] * 7


def test_page_at_counts_from_one() -> None:
    document = Document.from_text("Halaman satu. Halaman dua.", pages=(0, 14))
    assert [document.page_at(offset) for offset in (0, 13, 14, 25)] == [1, 1, 2, 2]


def test_page_at_skips_pages_without_text() -> None:
    document = Document.from_text("Teks pertama. Teks kedua.", pages=(0, 0, 14, 14))
    assert [document.page_at(offset) for offset in (0, 13, 14)] == [2, 2, 4]


def test_a_document_without_pages_has_no_page_number() -> None:
    assert Document.from_text("Isi berita.").page_at(3) is None
