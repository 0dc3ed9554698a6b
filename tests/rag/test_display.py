"""How an answer looks in a console and in a notebook, and that no text can change that."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kutip.index.document import Document, Passage, Span
from kutip.rag.answer import Answer, Quote
from kutip.rag.display import shown_quotes, text_html, visible
from kutip.rag.phrases import phrase
from kutip.rag.retriever import Hit

TEXT = "Kapal itu berangkat pada Senin.\n\nNakhodanya Sri Wahyuni, kata syahbandar."
HOSTILE = (
    "<script>alert(1)</script> & </blockquote></div><img src=x onerror=alert(1)> \"'`"
    "$5 and $6$ \\(x\\) {{7*7}} ${1+1} [a](javascript:alert(1)) &lt;b&gt;"
)
TAGS = {"div", "p", "strong", "figure", "blockquote", "mark", "br", "figcaption", "cite", "bdi"}


class Page(HTMLParser):
    """The tags of a page, and the text of each of its quotes and marks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.quotes: list[str] = []
        self.marks: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "br":
            self.handle_data("\n")
            return
        self.open.append(tag)
        if tag == "blockquote":
            self.quotes.append("")
        elif tag == "mark":
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "blockquote" in self.open:
            self.quotes[-1] += data
        if "mark" in self.open:
            self.marks[-1] += data


def answer_of(document: Document, mark: Span | None = None, **fields: object) -> Answer:
    """An answer that quotes the whole document."""
    whole = Span(0, len(document.text))
    passage = Passage(1, document.id, document.language, 0, *whole, document.text)
    answer = Answer(
        question="Siapa?",
        language="id",
        status="answered",
        text="",
        message=phrase("answered", "id"),
        quotes=(Quote.cut(document, whole, mark),),
        confidence=0.9,
        hits=(Hit(passage, document, 2.0, 0.8, 1, None, None),),
    )
    # A test gives only fields of an answer, whose types differ.
    return replace(answer, **fields)  # type: ignore[arg-type]


@pytest.fixture
def ferry() -> Document:
    return Document.from_text(
        TEXT, title="Feri", language="id", outlet="Warta", published=date(2024, 6, 20)
    )


@pytest.fixture
def named(ferry: Document) -> Answer:
    start = TEXT.index("Sri")
    return answer_of(ferry, Span(start, start + len("Sri Wahyuni")))


def test_as_text_it_is_read_with_its_source(named: Answer) -> None:
    assert str(named) == (
        "Menurut artikel ini:\n\n"
        f"{TEXT}\n"
        "→ Sri Wahyuni\n"
        "[1] Feri · Warta · 2024-06-20 · paragraf 1\n\n"
        "Cukup yakin bahwa kutipan ini menjawab."
    )


class Printed(list[str]):
    """What IPython prints with, and what it printed."""

    def text(self, obj: str) -> None:
        self.append(obj)


def test_a_notebook_prints_it_too_and_keeps_no_article(named: Answer) -> None:
    printed = Printed()
    named._repr_pretty_(printed, cycle=False)
    assert printed == [str(named)]
    whole = "Isi artikel. " * 1000
    assert "Isi artikel" not in repr(answer_of(Document.from_text(whole, language="id"), quotes=()))


def test_as_html_the_answer_is_marked_in_its_quote(named: Answer) -> None:
    html = named._repr_html_()
    page = Page(html)
    assert (page.quotes, page.marks) == ([TEXT], ["Sri Wahyuni"])
    assert "<bdi>Feri</bdi></cite> · Warta · 2024-06-20 · paragraf 1<" in html
    assert "Menurut artikel ini:" in html
    # pandas' classes: without them a notebook would typeset what stands between two dollars.
    assert {"tex2jax_ignore", "mathjax_ignore"} <= set(str(page.tags[0][1]["class"]).split())


def test_quotes_and_frame_carry_their_own_languages(ferry: Document) -> None:
    page = Page(answer_of(replace(ferry, language="en"))._repr_html_())
    languages = {tag: attributes.get("lang") for tag, attributes in page.tags}
    assert (languages["div"], languages["blockquote"], languages["cite"]) == ("id", "en", "en")


@pytest.mark.parametrize("status", ["related", "not_found", "greeting"])
def test_only_an_answer_says_how_sure_it_is(ferry: Document, status: str) -> None:
    answer = answer_of(ferry, status=status, quotes=(), message="Halo!")
    assert str(answer) == "Halo!"
    assert "yakin" not in answer_of(ferry, status=status)._repr_html_()


def test_a_quote_that_was_changed_is_not_shown(named: Answer) -> None:
    (quote,) = named.quotes
    for false in (
        replace(quote, text=quote.text.replace("Senin", "Rabu")),
        replace(quote, mark=Span(0, len(TEXT) + 1)),
        replace(quote, document_id="another"),
    ):
        answer = replace(named, quotes=(false,))
        assert shown_quotes(answer) == []
        for shown in (str(answer), answer._repr_html_()):
            assert "Wahyuni" not in shown
            assert "Rabu" not in shown
            assert "tidak sama persis" in shown


def test_what_texts_hold_is_shown_as_text() -> None:
    document = Document.from_text(HOSTILE, title=HOSTILE, outlet=HOSTILE, language="id")
    answer = answer_of(document, Span(3, 60), message=HOSTILE)
    html = answer._repr_html_()
    page = Page(html)
    assert (page.quotes, page.marks) == ([HOSTILE], [HOSTILE[3:60]])
    assert {tag for tag, _ in page.tags} <= TAGS | {"small"}
    assert {name for _, attributes in page.tags for name in attributes} <= {"class", "lang"}
    assert "javascript:" not in re.sub(r">[^<]*<", "", html)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1).filter(
        str.strip
    ),
    st.data(),
)
def test_any_text_is_quoted_in_html_to_the_letter(text: str, data: st.DataObject) -> None:
    document = Document.from_text(text, title="T", language="en")
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    page = Page(answer_of(document, Span(start, end))._repr_html_())
    assert (page.quotes, page.marks) == ([text], [text[start:end]])


def test_a_terminal_has_nothing_to_obey() -> None:
    text = "Judul\x1b[2J\x1b]0;x\x07 satu\r\ndua\u202e tiga\x9b1m\r\x08."
    document = Document.from_text(text, title="A\x1b[31m\u2066", language="id")
    shown = str(answer_of(document, Span(0, 9)))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert "satu\ndua" in shown
    assert visible("Café “satu”\n\tdua…") == "Café “satu”\n\tdua…"


def test_each_kind_of_line_break_is_one() -> None:
    assert text_html("satu\r\ndua\rtiga\nempat") == "satu<br>dua<br>tiga<br>empat"
