"""The table of questions as JSON for the page's script.

An article is kept once, however many questions are asked of it. Scripts count in UTF-16 units, so
every offset is turned from code points here.
"""

import json
from collections.abc import Sequence
from typing import Any

from kutip.evals.report.model import Excerpt, Row
from kutip.index.document import Span

# `<` would let a text end the script element. The two line ends are legal JSON, but not in scripts.
ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def rows_json(rows: Sequence[Row]) -> str:
    """Rows and their texts, safe inside a script element. Raises `ValueError` for NaN."""
    texts: dict[tuple[str, str, str], int] = {}
    kept = [_row(row, texts) for row in rows]
    articles = [
        {"title": title, "language": language, "text": text} for title, language, text in texts
    ]
    written = json.dumps(
        {"rows": kept, "articles": articles},
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    return written.translate(ESCAPES)


def utf16(text: str, spans: Sequence[Span]) -> list[list[int]]:
    """Spans of code points as spans of UTF-16 units."""
    if text.isascii() or max(text, default="") <= "\uffff":
        return [list(span) for span in spans]
    return [[len(text[:at].encode("utf-16-le")) // 2 for at in span] for span in spans]


def _row(row: Row, texts: dict[tuple[str, str, str], int]) -> dict[str, Any]:
    return {
        "id": row.id,
        "language": row.pair,
        "asked": row.language,
        "tags": row.tags,
        "question": row.question,
        "history": row.history,
        "answerable": row.answerable,
        "expected": row.expected,
        "got": row.got,
        "status": row.status,
        "confidence": _rounded(row.confidence),
        "em": _rounded(row.em),
        "f1": _rounded(row.f1),
        "outcome": row.outcome,
        "right": row.right,
        "excerpts": [_excerpt(excerpt, texts) for excerpt in row.excerpts],
    }


def _excerpt(excerpt: Excerpt, texts: dict[tuple[str, str, str], int]) -> dict[str, Any]:
    key = (excerpt.title, excerpt.language, excerpt.text)
    mark = (excerpt.mark,) if excerpt.mark else ()
    return {
        "article": texts.setdefault(key, len(texts)),
        "quotes": utf16(excerpt.text, excerpt.quotes),
        "mark": utf16(excerpt.text, mark),
        "expected": utf16(excerpt.text, excerpt.expected),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
