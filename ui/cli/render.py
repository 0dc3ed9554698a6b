"""How answers and passages look on a terminal: what it would obey in a text is made visible."""

from rich.text import Text

from kutip.rag.answer import Answer
from kutip.rag.display import remarks, shown_quotes, source_line, visible
from kutip.rag.retriever import Hit


def answer_text(answer: Answer) -> Text:
    """The frame, each quote with the answering words marked, and where it stands."""
    text = Text()
    text.append(answer.message + "\n", style="bold")
    quotes = shown_quotes(answer)
    for number, quote in enumerate(quotes, 1):
        before, marked, after = map(visible, quote.parts())
        text.append("\n  ")
        text.append(before)
        text.append(marked, style="bold black on yellow")
        text.append(after)
        text.append(f"\n  [{number}] {visible(source_line(quote, answer.language))}\n", style="dim")
    for remark in remarks(answer, quotes):
        text.append(f"\n{remark}\n", style="dim")
    return text


def hit_text(number: int, hit: Hit) -> Text:
    """A passage with its rank, score and place."""
    title = visible(hit.document.title)
    place = f"{title} · paragraph {hit.document.paragraph_at(hit.passage.start)}"
    return Text.assemble(
        (f"{number}. {place}", "bold"),
        (f"  score {hit.score:.2f}\n", "dim"),
        visible(hit.passage.text).strip() + "\n",
    )
