"""Ask news articles in Indonesian or English, and get the exact words that answer."""

from kutip.index import Document, Filter, KutipError, Library, Passage
from kutip.rag import Answer, Assistant, Hit, Quote, Retriever, Turn

__all__ = [
    "Answer", "Assistant", "Document", "Filter", "Hit", "KutipError", "Library", "Passage",
    "Quote", "Retriever", "Turn",
]  # fmt: skip
