"""Text on its way to the page and out of it: escaped, checked against the library, in order."""

import html
import re
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kutip.index import Document, KutipError, Library
from kutip.index.document import Span
from kutip.index.errors import LibraryBusyError, ModelError
from kutip.index.language import LANGUAGES
from kutip.index.loading import SUFFIXES, load_document
from kutip.rag import Quote
from kutip.rag.answer import Answer
from kutip.rag.display import text_html
from kutip.rag.retriever import check_question
from kutip.ui.chat.adding import Progress
from kutip.ui.chat.article import article_html, quote_marks
from kutip.ui.chat.checking import checked
from kutip.ui.chat.conversation import Frame, Pending, conversation_html
from kutip.ui.chat.evidence import evidence_html
from kutip.ui.chat.export import escaped, markdown
from kutip.ui.chat.library_panel import examples_html, library_html, progress_html
from kutip.ui.chat.markup import attribute, marked_html
from kutip.ui.chat.refusals import explain
from kutip.ui.chat.requests import Request
from kutip.ui.chat.state import KeptTurn, read_turns
from kutip.ui.chat.words import words

HOSTILE = (
    "<img src=x onerror=alert(1)> **tebal** $x^2$ ![gambar](http://contoh.invalid/a.png)\n\n"
    "</blockquote><script>alert(2)</script> &amp; “kutipan” <mark>palsu</mark>."
)
TEXT = st.text(alphabet=st.characters(exclude_characters="\r", exclude_categories=["Cs"]))


def shown_text(page: str) -> str:
    """What a browser shows of simple HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", page.replace("<br>", "\n")))


@pytest.fixture
def answered(library: Library) -> KeptTurn:
    """An answer that quotes a hostile article, which is in the library."""
    document = Document.from_text(
        HOSTILE, title="<b>judul</b>", outlet="<i>koran</i>", language="id"
    )
    library.add(document)
    quote = Quote.cut(document, Span(0, len(HOSTILE)), Span(5, 20))
    answer = Answer(HOSTILE, "id", "answered", quote.parts()[1], "Menurut artikel:", (quote,), 0.9)
    return KeptTurn.of(answer)


@given(TEXT, st.data())
def test_marked_text_is_the_text_to_the_letter(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    page = marked_html(text, Span(0, len(text)), [(Span(start, end), "")])
    assert shown_text(page) == text
    assert page.count("<mark>") == 1


@given(TEXT)
def test_text_in_an_attribute_cannot_leave_it(text: str) -> None:
    assert html.unescape(attribute(text)) == text
    assert not re.search('[<>"\n]', attribute(text))
    assert shown_text(text_html(text)) == text


def test_hostile_text_stays_text_in_every_pane(library: Library, answered: KeptTurn) -> None:
    turns = checked([answered], library)
    frame = Frame("id", library.documents())
    document = library.document(library.documents()[0].id)
    refused = Progress(HOSTILE, "refused", KutipError(HOSTILE))
    for page in (
        conversation_html(turns, frame, Pending(HOSTILE, "id", HOSTILE)),
        evidence_html(turns[0], "en", 1),
        article_html(document, quote_marks(turns[0], document.id), "id", target=1),
        library_html(library.documents(), [], "en", read_only=False),
        progress_html([refused], "id", max_file_bytes=10),
        examples_html([(HOSTILE, "id")], "id"),
    ):
        assert not re.search("<(img|script|b|i)[ >]", page)
        assert "<mark>palsu" not in page
        assert "\n" not in page


def test_an_article_is_named_once_for_quotes_that_follow_each_other(
    library: Library, answered: KeptTurn
) -> None:
    twice = replace(answered, quotes=answered.quotes * 2)
    page = conversation_html(checked([twice], library), Frame("id", []))
    assert page.count("<blockquote") == 2
    assert page.count("<cite") == 1
    assert "[2]" in page


def test_what_is_kept_and_read_back_is_the_same(answered: KeptTurn) -> None:
    assert read_turns([answered.to_dict()]) == [answered]


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "question", "status", "quotes", "start", "end", "mark", "turns", "files"]
                ),
                inner,
            )
        ),
    )
)
def test_whatever_a_browser_sends_is_read_or_left_out(values: object) -> None:
    request = Request.read(values)
    assert request.locale in LANGUAGES
    assert read_turns([values, {"turns": values}]) is not None
    assert request.uploads(Path("/nowhere"), 10) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "Teks lain."),
        ("start", 1),
        ("end", 10_000),
        ("start", -5),
        ("document_id", "0" * 16),
        ("document_id", ""),
        ("mark", [0, 10_000]),
    ],
)
def test_a_forged_quote_is_not_shown(
    library: Library, answered: KeptTurn, name: str, value: object
) -> None:
    kept = answered.to_dict()
    assert len(checked(read_turns([kept]), library)[0].quotes) == 1
    kept["quotes"][0][name] = value
    (turn,) = checked(read_turns([kept]), library)
    assert (turn.quotes, turn.missing, turn.text) == ((), 1, "")
    page = conversation_html([turn], Frame("id", []))
    assert "<blockquote" not in page
    assert 'class="gone"' in page


def test_the_beginning_of_an_id_is_not_an_article(library: Library, answered: KeptTurn) -> None:
    kept = answered.to_dict()
    kept["quotes"][0]["document_id"] = kept["quotes"][0]["document_id"][:8]
    assert checked(read_turns([kept]), library)[0].quotes == ()


def test_a_path_counts_only_among_the_uploads(tmp_path: Path) -> None:
    folder, outside = tmp_path / "uploads", tmp_path / "secret.txt"
    folder.mkdir()
    outside.write_text("rahasia", "utf-8")
    inside = folder / "berita.txt"
    inside.write_text("Berita", "utf-8")
    (folder / "link.txt").symlink_to(outside)
    paths = [inside, outside, folder / "link.txt", f"{folder}/../secret.txt", "\0", folder]
    files = [{"name": "x.txt", "path": str(path)} for path in paths]
    uploads = Request.read({"files": files}).uploads(folder, 100)
    assert [upload.path for upload in uploads] == [inside, *[None] * 5]


@pytest.mark.parametrize(
    "text", ["*a* _b_ `c` [d](e) <f> # g", "- a\n1. b\n+ c", "$x$ ~~y~~ &amp; http://a.b www.c.d"]
)
def test_markdown_of_an_article_is_escaped(text: str) -> None:
    written = escaped(text)
    assert re.sub(r"\\(.)", r"\1", written) == text
    assert not re.search(r"(?<!\\)[*_`\[<#$~&]", written)
    assert not re.search(r"^(-|\+|\d+\.)", written, re.MULTILINE)
    assert not re.search(r"https?://|www\.", written)


def test_an_exported_conversation_cites_by_offsets(library: Library, answered: KeptTurn) -> None:
    text = markdown(checked([answered], library), "en")
    assert "karakter 0–" in text
    assert answered.quotes[0].document_id in text
    assert "![gambar]" not in text


def test_every_word_is_there_in_both_languages_with_the_same_fields() -> None:
    for name, translations in words().items():
        assert set(translations) == set(LANGUAGES), name
        fields = [
            {field for _, field, _, _ in Formatter().parse(text) if field}
            for text in translations.values()
        ]
        assert fields[0] == fields[1], name


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.png", b"x", "tidak didukung"),
        ("a", b"x", "tidak didukung"),
        ("a.txt", b"", "kosong"),
        ("a.txt", b"a\0b" * 20, "bukan teks"),
        ("a.txt", b"x" * 101, "terlalu besar"),
        ("a.pdf", b"%PDF-1.4", "rusak"),
        ("a.docx", b"PK", "Word"),
        ("a.html", b"<p></p>", "Tidak ditemukan artikel"),
        ("a.md", b"---\na: [\n---\nteks", "YAML"),
    ],
)
def test_a_refusal_is_told_in_the_persons_language(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(KutipError) as refusal:
        load_document(tmp_path / name, max_bytes=100)
    told = explain(refusal.value, "id", max_file_bytes=100)
    assert reason in told
    assert str(tmp_path) not in told
    assert told != explain(refusal.value, "en", max_file_bytes=100)
    assert SUFFIXES[0] in told or "tidak didukung" not in told


def test_other_problems_are_told_too() -> None:
    assert "Proses lain" in explain(LibraryBusyError("x"), "id")
    assert "Coba lagi" in explain(RuntimeError("secret"), "id")
    assert "secret" not in explain(RuntimeError("secret"), "en")
    assert explain(ModelError("/weights: missing keys"), "en").startswith("The language model")
    assert "/weights" not in explain(ModelError("/weights: missing keys"), "en")
    for question, told in (("", "kosong"), ("x" * 2001, "terlalu panjang")):
        with pytest.raises(KutipError) as refusal:
            check_question(question)
        assert told in explain(refusal.value, "id")
