"""Where the paragraphs of a text begin and end.

A blank line always ends a paragraph. Whether a single line break does depends on the text: pages
copied from the web put a paragraph on a line, files wrapped at a width break lines in
mid-sentence. It knows nothing of sentences or of layout.
"""

import re
from itertools import pairwise

BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*\s*$")
# Nobody wraps lines wider than this: longer ones are paragraphs.
WIDEST_WRAP = 120


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Offsets of the paragraphs in order, without the blank space around them.

    Together they hold every character that is not blank.
    """
    breaks = BLANK_LINE if is_wrapped(text) else re.compile(r"\n\s*")
    edges = [0, *(edge for match in breaks.finditer(text) for edge in match.span()), len(text)]
    found = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        piece = text[start:end]
        if piece.strip():
            start += len(piece) - len(piece.lstrip())
            found.append((start, start + len(piece.strip())))
    return found


def is_wrapped(text: str) -> bool:
    """Whether single line breaks fall in mid-sentence, as in text wrapped at a width."""
    lines = text.split("\n")
    inner = [line for line, following in pairwise(lines) if line.strip() and following.strip()]
    if not inner or max(map(len, inner)) > WIDEST_WRAP:
        return False
    return sum(SENTENCE_END.search(line) is None for line in inner) > len(inner) / 2
