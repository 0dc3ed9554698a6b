"""Cuts a document into passages: the unit that is embedded, searched and read.

It knows sizes in tokens through a counting function alone, so it works with any embedding model.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from kutip.index.document import Span
from kutip.index.language import Language
from kutip.index.paragraphs import paragraphs
from kutip.index.sentences import sentences

CountTokens = Callable[[Sequence[str]], list[int]]

PASSAGE_TOKENS = 160
"""Measured on the development data, see `docs/decisions.md`."""

# Where a sentence is too long for a passage: the weakest cut that is needed.
SEPARATORS = ["\n", "; ", ": ", " – ", ", ", " ", ""]


def split_passages(
    text: str,
    language: Language,
    count_tokens: CountTokens,
    *,
    max_tokens: int = PASSAGE_TOKENS,
    overlap: int = 1,
) -> list[Span]:
    """Offsets of the passages of `text`, in order.

    A passage is a run of whole sentences of at most `max_tokens`, ended at a paragraph's end where
    that leaves it at least half full; the next one repeats its last `overlap` sentences. Together
    the passages hold every character: each starts where the one before ends, or earlier. Only a
    single sentence above `max_tokens` is cut inside, at a clause or a word where it can be.
    """
    units = _units(text, language, count_tokens, max_tokens)
    sizes = count_tokens([text[start:end] for start, end in units])
    paragraph_starts = {start for start, _ in paragraphs(text)}
    spans: list[Span] = []
    first = covered = 0
    while covered < len(units):
        last = _fill(units, sizes, first, max_tokens, paragraph_starts, covered)
        spans.append(Span(units[first].start, units[last - 1].end))
        covered = last
        first = max(last - overlap, first + 1)
        # The repeated sentences give way to the first new one.
        while first < covered < len(units) and sum(sizes[first : covered + 1]) > max_tokens:
            first += 1
    return spans


def _fill(
    units: list[Span],
    sizes: list[int],
    first: int,
    max_tokens: int,
    paragraph_starts: set[int],
    covered: int,
) -> int:
    """The end (exclusive) of the passage that begins with unit `first`; above `covered`."""
    last = first + 1
    used = sizes[first]
    best = 0
    while last < len(units) and used + sizes[last] <= max_tokens:
        if units[last].start in paragraph_starts and used >= max_tokens / 2 and last > covered:
            best = last
        used += sizes[last]
        last += 1
    if last == len(units) or units[last].start in paragraph_starts or not best:
        return last
    return best


def _units(text: str, language: Language, count_tokens: CountTokens, max_tokens: int) -> list[Span]:
    """The sentences with the blank space after them, so that they hold every character."""
    if not text:
        return []
    starts = [start for start, _ in sentences(text, language)][1:]
    spans = [Span(start, end) for start, end in pairwise([0, *starts, len(text)])]
    units = []
    for span, size in zip(spans, count_tokens([text[a:b] for a, b in spans]), strict=True):
        units.extend([span] if size <= max_tokens else _cut(text, span, count_tokens, max_tokens))
    return units


def _cut(text: str, span: Span, count_tokens: CountTokens, max_tokens: int) -> list[Span]:
    """Cut one long sentence; the pieces hold every character of it."""
    # Its import takes half a second, and few articles have such a sentence.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=SEPARATORS,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=max_tokens,
        chunk_overlap=0,
        # A piece that counts for nothing (blanks) would be repeated in the overlap of none.
        length_function=lambda piece: max(1, count_tokens([piece])[0]) if piece else 0,
    )
    edges = [span.start]
    for piece in splitter.split_text(text[span.start : span.end]):
        edges.append(edges[-1] + len(piece))
    return [Span(start, end) for start, end in pairwise(edges)]
