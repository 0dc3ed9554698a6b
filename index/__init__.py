"""Documents, passages, embeddings, and where they are kept. It knows nothing of questions."""

from kutip.index.document import Document, Passage, Span
from kutip.index.embedder import Embedder, FunctionEmbedder, SentenceTransformerEmbedder
from kutip.index.errors import KutipError
from kutip.index.library import Library
from kutip.index.snapshot import Filter

__all__ = [
    "Document", "Embedder", "Filter", "FunctionEmbedder", "KutipError", "Library", "Passage",
    "SentenceTransformerEmbedder", "Span",
]  # fmt: skip
