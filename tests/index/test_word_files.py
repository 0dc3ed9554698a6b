"""Word files, written by python-docx."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from kutip.index.document import Document
from kutip.index.errors import DocumentError
from kutip.index.loading import load_document


def write_word(path: Path, title: str = "") -> Path:
    file = docx.Document()
    file.core_properties.title = title
    file.add_heading("Harga Beras Naik", level=1)
    file.add_paragraph("JAKARTA – Harga beras naik menjadi Rp 10.500 per kilogram.")
    file.add_paragraph("   ")
    table = file.add_table(rows=2, cols=2)
    for cell, text in zip(
        [cell for row in table.rows for cell in row.cells],
        ["Kota", "Harga", "Medan", "Rp 11.000"],
        strict=True,
    ):
        cell.text = text
    file.add_paragraph("“Stok aman,” kata menteri.")
    file.save(str(path))
    return path


def rewrite(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Write the file's parts again as `change` gives them; None leaves one out."""
    with zipfile.ZipFile(path) as file:
        parts = {name: change(name, file.read(name)) for name in file.namelist()}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            if content is not None:
                file.writestr(name, content)


def test_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    document = load_document(write_word(tmp_path / "beras.docx"))
    assert document.text.split("\n\n") == [
        "Harga Beras Naik",
        "JAKARTA – Harga beras naik menjadi Rp 10.500 per kilogram.",
        "Kota | Harga",
        "Medan | Rp 11.000",
        "“Stok aman,” kata menteri.",
    ]
    assert document.title == "Harga Beras Naik"
    assert document.language == "id"
    assert document.pages == ()
    assert document.source == str(tmp_path / "beras.docx")


def test_the_title_of_the_file_wins(tmp_path: Path) -> None:
    document = load_document(write_word(tmp_path / "beras.docx", title="Beras dan Harganya"))
    assert document.title == "Beras dan Harganya"


def test_a_file_without_properties_is_named_by_its_first_line(tmp_path: Path) -> None:
    # Other programs leave the properties out, and python-docx then makes up a title.
    def change(name: str, content: bytes) -> bytes | None:
        if name == "_rels/.rels":
            return re.sub(rb"<Relationship [^>]*docProps/core\.xml[^>]*/>", b"", content)
        return None if name == "docProps/core.xml" else content

    path = write_word(tmp_path / "beras.docx")
    rewrite(path, change)
    assert load_document(path).title == "Harga Beras Naik"


def test_a_merged_cell_is_read_once(tmp_path: Path) -> None:
    file = docx.Document()
    table = file.add_table(rows=1, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Harga beras"
    table.cell(0, 2).text = "Medan"
    file.save(str(tmp_path / "tabel.docx"))
    assert load_document(tmp_path / "tabel.docx").text == "Harga beras | Medan"


def test_a_file_without_text_is_refused_by_name(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "kosong.docx"))
    with pytest.raises(DocumentError, match=r"kosong\.docx holds no text"):
        load_document(tmp_path / "kosong.docx")


@pytest.mark.parametrize(
    "content",
    [
        b"Bukan berkas Word.",
        b"PK\x03\x04 bukan zip",
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600,
    ],
    ids=["text", "zip", "doc"],
)
def test_what_is_no_word_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rusak.docx").write_bytes(content)
    with pytest.raises(DocumentError, match=r"rusak\.docx is no Word file"):
        load_document(tmp_path / "rusak.docx")


def test_a_file_cut_short_is_refused_by_name(tmp_path: Path) -> None:
    path = write_word(tmp_path / "rusak.docx")
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(DocumentError, match=r"rusak\.docx is no Word file"):
        load_document(path)


@pytest.mark.parametrize("where", [0.1, 0.3, 0.5, 0.7])
def test_a_file_with_damaged_bytes_is_read_or_refused_by_name(tmp_path: Path, where: float) -> None:
    path = write_word(tmp_path / "rusak.docx")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        part = file.getinfo("word/document.xml")
    start = part.header_offset + 50 + int(part.compress_size * where)
    content[start : start + 8] = bytes(byte ^ 0xFF for byte in content[start : start + 8])
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=r"rusak\.docx"):
        load_document(path)


def test_a_part_that_is_no_xml_is_refused_by_name(tmp_path: Path) -> None:
    path = write_word(tmp_path / "rusak.docx")
    rewrite(path, lambda name, part: part[:300] if name == "word/document.xml" else part)
    with pytest.raises(DocumentError, match=r"rusak\.docx"):
        load_document(path)


def test_the_same_words_in_word_and_in_text_are_the_same_document(tmp_path: Path) -> None:
    document = load_document(write_word(tmp_path / "beras.docx"))
    assert document.id == Document.from_text(document.text).id


def test_a_damaged_table_is_refused_by_name(tmp_path: Path) -> None:
    file = write_word(tmp_path / "beras.docx")
    rewrite(
        file,
        lambda name, content: (
            content.replace(b"<w:tc>", b"<w:tc><w:tcPr><w:gridSpan w:val='x'/></w:tcPr>")
            if name == "word/document.xml"
            else content
        ),
    )
    with pytest.raises(DocumentError, match=r"beras\.docx is no Word file"):
        load_document(file)
