"""Which sentence a quote must take along to be understood."""

import re
from bisect import bisect_right

from kutip.index.document import Document, Span
from kutip.index.sentences import sentences_within

# A sentence that begins so says little without the one before it.
LEANING = {
    "id": re.compile(
        r"^[“\"(]?(ia|dia|mereka|beliau|itu|ini|hal (itu|ini|tersebut)|namun|tetapi|tapi|sebaliknya"
        r"|karena itu|oleh karena|sebab|selain itu|di (sana|situ|sinilah)|dengan demikian|adapun"
        r"|(\w+ ){0,3}(tersebut|itu|ini|tadi)\b|[A-Z]\w{3,}nya)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"^[“\"(]?(he|she|it|they|his|her|its|their|this|that|these|those|but|however|instead|there"
        r"|both|such|the (former|latter|same))\b",
        re.IGNORECASE,
    ),
}


def with_context(document: Document, span: Span) -> Span:
    """`span`, a sentence or more, and the sentence before it where the first one leans on it."""
    if not LEANING[document.language].search(document.text[span.start : span.end]):
        return span
    before = sentence_before(document, span.start)
    return Span(before.start, span.end) if before else span


def sentence_before(document: Document, offset: int) -> Span | None:
    """The last sentence that ends at or before `offset`; None at the start of the document."""
    paragraphs = document.paragraphs
    number = bisect_right([start for start, _ in paragraphs], offset) - 1
    for paragraph in reversed(paragraphs[max(0, number - 1) : number + 1]):
        found = [span for span in sentences_within(document, paragraph) if span.end <= offset]
        if found:
            return found[-1]
    return None
