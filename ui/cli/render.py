"""How answers and passages look on a terminal. Nothing here changes the text of a quote."""

from rich.text import Text

from kutip.index.language import Language
from kutip.rag.answer import Answer, Quote
from kutip.rag.phrases import confidence_phrase
from kutip.rag.retriever import Hit

PARAGRAPH = {"id": "paragraf", "en": "paragraph"}
PAGE = {"id": "halaman", "en": "page"}


def answer_text(answer: Answer) -> Text:
    """The frame, each quote with the answering words marked, and where it stands."""
    text = Text()
    text.append(answer.message + "\n", style="bold")
    for number, quote in enumerate(answer.quotes, 1):
        before, marked, after = quote.parts()
        text.append("\n  ")
        text.append(before)
        text.append(marked, style="bold black on yellow")
        text.append(after)
        text.append(f"\n  [{number}] {source_line(quote, answer.language)}\n", style="dim")
    if answer.status == "answered":
        text.append(f"\n{confidence_phrase(answer.confidence, answer.language)}\n", style="dim")
    return text


def source_line(quote: Quote, language: Language) -> str:
    """Where a quote stands, in the reader's language."""
    parts = [quote.title, quote.outlet, quote.published and quote.published.isoformat()]
    parts.append(f"{PARAGRAPH[language]} {quote.paragraph}")
    if quote.page:
        parts.append(f"{PAGE[language]} {quote.page}")
    return " · ".join(part for part in parts if part)


def hit_text(number: int, hit: Hit) -> Text:
    """A passage with its rank, score and place."""
    place = f"{hit.document.title} · paragraph {hit.document.paragraph_at(hit.passage.start)}"
    return Text.assemble(
        (f"{number}. {place}", "bold"),
        (f"  score {hit.score:.2f}\n", "dim"),
        hit.passage.text.strip() + "\n",
    )
