"""Saved news pages: the article, and what the page says of it."""

from datetime import date
from pathlib import Path

import pytest

from kutip.index.errors import DocumentError
from kutip.index.loading import load_document

FIRST = (
    "CIANJUR – Gempa berkekuatan 5,6 magnitudo mengguncang Cianjur pada Rabu pagi. Ratusan rumah "
    "rusak berat dan ribuan warga mengungsi ke lapangan terdekat."
)
SECOND = (
    "“Kami butuh tenda & selimut,” kata Bupati Herman Suherman kepada wartawan. Bantuan pertama "
    "tiba pada malam hari dari Bandung."
)
THIRD = (
    "Badan Meteorologi mencatat 25 gempa susulan sampai pukul 10.30 WIB dan meminta warga menjauhi "
    "bangunan yang retak."
)
PARAGRAPHS = [FIRST, SECOND, THIRD]
HEAD = """
<title>Gempa Cianjur: Ratusan Rumah Rusak - Antara News</title>
<meta property="og:title" content="Gempa Cianjur: Ratusan Rumah Rusak">
<meta property="og:site_name" content="Antara News">
<meta property="article:published_time" content="2024-06-19T07:15:00+07:00">
"""
BODY = """
<header><nav><ul><li><a href="/">Beranda</a></li><li><a href="/politik">Politik Nasional</a></li>
<li><a href="/bola">Sepak Bola</a></li></ul></nav></header>
<main><article><h1>Gempa Cianjur: Ratusan Rumah Rusak</h1>{article}</article>
<aside><h2>Berita Terpopuler</h2><ul><li><a href="/a">Timnas menang besar</a></li>
<li><a href="/b">Harga emas naik</a></li></ul></aside></main>
<footer><p>Hak cipta 2024 Antara News. Kebijakan privasi. Pedoman media siber.</p></footer>
<script>var iklan = "Belanja sekarang";</script>
"""


def page(charset: str = "utf-8", head: str = HEAD) -> bytes:
    article = "".join(f"<p>{text.replace('&', '&amp;')}</p>" for text in PARAGRAPHS)
    body = BODY.format(article=article)
    return (
        f'<!DOCTYPE html><html lang="id"><head><meta charset="{charset}">{head}</head>'
        f"<body>{body}</body></html>"
    ).encode(charset)


@pytest.mark.parametrize("suffix", ["html", "htm"])
@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_the_article_is_found(tmp_path: Path, suffix: str, charset: str) -> None:
    (tmp_path / f"gempa.{suffix}").write_bytes(page(charset))
    document = load_document(tmp_path / f"gempa.{suffix}")
    assert document.title == "Gempa Cianjur: Ratusan Rumah Rusak"
    assert document.outlet == "Antara News"
    assert document.published == date(2024, 6, 19)
    assert document.language == "id"
    found = [document.text[start:end] for start, end in document.paragraphs]
    assert found[-3:] == PARAGRAPHS
    assert found[:-3] in ([], ["Gempa Cianjur: Ratusan Rumah Rusak"])


@pytest.mark.parametrize("other", ["Politik Nasional", "Timnas", "emas", "Hak cipta", "iklan"])
def test_what_stands_around_the_article_is_left_out(tmp_path: Path, other: str) -> None:
    (tmp_path / "gempa.html").write_bytes(page())
    assert other.encode() in page()
    assert other not in load_document(tmp_path / "gempa.html").text


def test_a_page_that_says_nothing_of_itself(tmp_path: Path) -> None:
    (tmp_path / "gempa.html").write_bytes(page(head=""))
    document = load_document(tmp_path / "gempa.html")
    assert document.title == "Gempa Cianjur: Ratusan Rumah Rusak"
    assert document.outlet is None
    assert SECOND in document.text


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body></body></html>",
        b"<html><body><script>muat()</script></body></html>",
        b"<!-- hanya catatan -->",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    ],
    ids=["empty", "script", "comment", "picture"],
)
def test_a_page_without_an_article_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kosong.html").write_bytes(content)
    with pytest.raises(DocumentError, match=r"kosong\.html holds no article"):
        load_document(tmp_path / "kosong.html")
