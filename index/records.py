"""Writes documents into a library's database, inside a transaction that the caller holds."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from kutip.index import fulltext
from kutip.index.background import Background
from kutip.index.document import Document, Span
from kutip.index.embedder import ModelIdentity, Vectors


def stored_model(connection: sqlite3.Connection) -> ModelIdentity | None:
    """The model that the library's passages are embedded with; None before the first."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'model'").fetchone()
    return ModelIdentity(**json.loads(row[0])) if row else None


def store_model(
    connection: sqlite3.Connection, model: ModelIdentity, background: Background
) -> None:
    """Record the model that the library's passages are embedded with."""
    connection.execute(
        "INSERT OR REPLACE INTO meta VALUES ('model', ?)", [json.dumps(asdict(model))]
    )
    connection.execute("DELETE FROM background")
    connection.executemany(
        "INSERT INTO background VALUES (?, ?)",
        [
            (language, pack(vector))
            for language, vectors in background.items()
            for vector in vectors
        ],
    )


def pack(vector: Vectors) -> bytes:
    """One vector as the database keeps it: float16, half the size and as good for search."""
    return vector.astype(np.float16).tobytes()


def unpack(rows: Sequence[bytes]) -> Vectors:
    """Vectors as float32, shape (rows, dimension); at least one row."""
    vectors = np.frombuffer(b"".join(rows), dtype=np.float16)
    return vectors.reshape(len(rows), -1).astype(np.float32)


def holds(connection: sqlite3.Connection, document: Document) -> bool:
    """Whether adding the document would change nothing."""
    rows = connection.execute(
        "SELECT id, source, title, language, outlet, published FROM documents "
        "WHERE id = ? OR source = ?",
        [document.id, document.source],
    ).fetchall()
    if [id_ for id_, *_ in rows] != [document.id]:
        return False
    _, source, *known = rows[0]
    published = document.published and document.published.isoformat()
    given = [document.title, document.language, document.outlet, published]
    # The same text from elsewhere stays as it is; what its own source corrects is taken over.
    return bool(source != document.source or known == given)


def remove(connection: sqlite3.Connection, document_id: str) -> None:
    """Remove every trace of a document."""
    connection.execute("DELETE FROM documents WHERE id = ?", [document_id])
    # Words of removed passages stay in the full-text index until it is merged.
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")


def insert(
    connection: sqlite3.Connection, document: Document, spans: Sequence[Span], vectors: Vectors
) -> bool:
    """Add a document with its passages; whether what was known of its source had to go for it."""
    replaced = connection.execute(
        "DELETE FROM documents WHERE source = ? OR (source IS ? AND id = ?)",
        [document.source, document.source, document.id],
    ).rowcount
    if _is_known(connection, document.id):
        return replaced > 0
    number = connection.execute(
        "INSERT INTO documents (id, title, text, language, source, outlet, published, pages) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.id,
            document.title,
            document.text,
            document.language,
            document.source,
            document.outlet,
            document.published and document.published.isoformat(),
            json.dumps(document.pages),
        ),
    ).lastrowid
    for ordinal, (span, vector) in enumerate(zip(spans, vectors, strict=True)):
        passage = connection.execute(
            "INSERT INTO passages (document, ordinal, start, end, embedding) "
            "VALUES (?, ?, ?, ?, ?)",
            (number, ordinal, span.start, span.end, pack(vector)),
        ).lastrowid
        words = fulltext.columns(document.text[span.start : span.end], document.language)
        connection.execute("INSERT INTO words (rowid, id, en) VALUES (?, ?, ?)", [passage, *words])
    return replaced > 0


def _is_known(connection: sqlite3.Connection, document_id: str) -> bool:
    row = connection.execute("SELECT 1 FROM documents WHERE id = ?", [document_id]).fetchone()
    return row is not None
