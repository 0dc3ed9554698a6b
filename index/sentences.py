"""Where the sentences of a text begin and end.

The work is done by sentencex, which follows Indonesian and English rules and keeps a quotation
whole (compared with four others in `docs/decisions.md`). Added here: exact offsets over whole
documents, and the Indonesian titles that it takes for the end of a sentence.
"""

import re
from bisect import bisect_right
from itertools import islice, pairwise
from operator import itemgetter

from sentencex import get_sentence_boundaries

from kutip.index.document import Document, Span
from kutip.index.language import Language
from kutip.index.paragraphs import paragraphs

# Titles, honorifics and reference words after which an Indonesian sentence goes on.
ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"])(?:Hj|Hi|KH|Kh|Tgk|Tn|Ny|Sdr|drg|drh|Drs|Dra|Ir|Prof|Dr|dr|Letjen|Mayjen|Brigjen"
    r"|Irjen|Kompol|Pol|Rp|Jl|Gg|No|Kab|Kec|Kel|Prov|tgl|hlm|bdk|lih|mis|alm|almh)\.\s*$"
)
# Words that may stand at either place: the sentence goes on where a small letter follows.
LIST_END = re.compile(r"\b(?:dkk|dll|dsb|dst|Tbk|etc)\.\s*$")


def sentences(text: str, language: Language) -> list[Span]:
    """Offsets of the sentences in order, without the blank space around them.

    Together they hold every character that is not blank. No sentence crosses a paragraph.
    """
    found: list[Span] = []
    for start, end in paragraphs(text):
        found.extend(_in_paragraph(text, start, end, language))
    return found


def sentences_within(document: Document, stretch: Span) -> list[Span]:
    """Offsets in the document of the sentences of a stretch of it, cut off at its edges, in order.

    A stretch by itself may be too short to show that its lines are wrapped; the document tells.
    """
    found: list[Span] = []
    # Done for each passage that is read; a document may have thousands of paragraphs.
    first = max(0, bisect_right(document.paragraphs, stretch.start, key=itemgetter(0)) - 1)
    for paragraph in islice(document.paragraphs, first, None):
        start, end = max(paragraph.start, stretch.start), min(paragraph.end, stretch.end)
        if paragraph.start >= stretch.end:
            break
        if start < end:
            found.extend(_in_paragraph(document.text, start, end, document.language))
    return found


def _in_paragraph(text: str, start: int, end: int, language: Language) -> list[Span]:
    paragraph = text[start:end]
    cuts = [0]
    for boundary in get_sentence_boundaries(language, paragraph):
        cut = boundary["end_index"]
        before = paragraph[cuts[-1] : cut]
        goes_on = LIST_END.search(before) and paragraph[cut : cut + 1].islower()
        if not goes_on and not ABBREVIATION.search(before):
            cuts.append(cut)
    if cuts[-1] != len(paragraph):
        cuts.append(len(paragraph))
    spans = []
    for first, last in pairwise(cuts):
        piece = paragraph[first:last]
        if piece.strip():
            first += len(piece) - len(piece.lstrip())
            spans.append(Span(start + first, start + first + len(piece.strip())))
    return spans
