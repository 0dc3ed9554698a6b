"""A library as it stands at one revision: everything that can be asked of it.

It is bound to one read transaction, so a writer in another process changes nothing under it.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from kutip.index import fulltext
from kutip.index.document import Document, Passage
from kutip.index.embedder import Vectors
from kutip.index.errors import LibraryError
from kutip.index.language import LANGUAGES, Language
from kutip.index.vectors import Ids, VectorIndex

# Embeddings are read so many at a time: 8 MB of 384 dimensions.
BATCH = 10_000

FITS = """
    (:documents IS NULL OR d.id IN (SELECT value FROM json_each(:documents)))
    AND (:language IS NULL OR d.language = :language)
    AND (:first IS NULL OR d.published >= :first)
    AND (:last IS NULL OR d.published <= :last)
"""
PASSAGE_IDS = f"""
    SELECT p.id FROM passages p JOIN documents d ON d.number = p.document
    WHERE {FITS} ORDER BY p.id
"""
MATCHING = f"""
    SELECT words.rowid, -bm25(words) AS score FROM words
    JOIN passages p ON p.id = words.rowid JOIN documents d ON d.number = p.document
    WHERE words MATCH :expression AND {FITS} ORDER BY score DESC, words.rowid LIMIT :k
"""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents to search: all that fit every field that is set. Dates are inclusive."""

    documents: frozenset[str] | None = None
    language: Language | None = None
    published_from: date | None = None
    published_to: date | None = None

    def __bool__(self) -> bool:
        return self != Filter()


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document in a list: all but its text. `passages` and `characters` are counts."""

    id: str
    title: str
    language: Language
    source: str | None
    outlet: str | None
    published: date | None
    passages: int
    characters: int


class Snapshot:
    """Made by `Library.snapshot()`; usable while its `with` block lasts, by one thread."""

    def __init__(
        self, connection: sqlite3.Connection, index: Callable[["Snapshot"], VectorIndex]
    ) -> None:
        self._connection = connection
        # A function, since the index is made when first needed, and from this very state.
        self._index = index

    @property
    def revision(self) -> int:
        """Grows by one with each change of the library."""
        (value,) = self._connection.execute(
            "SELECT value FROM meta WHERE key = 'revision'"
        ).fetchone()
        return int(value)

    def documents(self) -> list[DocumentInfo]:
        """All documents, in the order in which they were added."""
        rows = self._connection.execute(
            "SELECT id, title, language, source, outlet, published, "
            "(SELECT count(*) FROM passages WHERE document = number), length(text) "
            "FROM documents ORDER BY number"
        )
        return [
            DocumentInfo(id_, title, language, source, outlet, _date(published), passages, size)
            for id_, title, language, source, outlet, published, passages, size in rows
        ]

    def document(self, document_id: str) -> Document:
        """One document, by its id or the beginning of it.

        Raises `LibraryError` where no document, or more than one, has it.
        """
        rows = self._connection.execute(
            "SELECT id, title, text, language, source, outlet, published, pages FROM documents "
            "WHERE id >= ? AND id < ? LIMIT 2",
            (document_id, document_id + "\U0010ffff"),
        ).fetchall()
        if len(rows) != 1 or not document_id:
            found = "more than one article has" if rows else "no article has"
            raise LibraryError(
                f"{found} the id {document_id!r}: see `kutip list` for the ids.".capitalize()
            )
        id_, title, text, language, source, outlet, published, pages = rows[0]
        return Document(
            id_, title, text, language, source, outlet, _date(published), tuple(json.loads(pages))
        )

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in the order of the ids; ids not held are left out."""
        rows = self._connection.execute(
            "SELECT p.id, d.id, p.ordinal, p.start, p.end, "
            "substr(d.text, p.start + 1, p.end - p.start) FROM passages p "
            "JOIN documents d ON d.number = p.document "
            "WHERE p.id IN (SELECT value FROM json_each(?))",
            [_json(ids)],
        )
        found = {row[0]: Passage(*row) for row in rows}
        return [found[id_] for id_ in ids if id_ in found]

    def passage_ids(self, where: Filter | None = None) -> Ids:
        """The ids of all passages of the documents that fit, ascending."""
        rows = self._connection.execute(PASSAGE_IDS, _parameters(where))
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def languages(self, ids: Sequence[int]) -> list[Language]:
        """The language of the document of each passage, in the order of the ids."""
        rows = self._connection.execute(
            "SELECT p.id, d.language FROM passages p JOIN documents d ON d.number = p.document "
            "WHERE p.id IN (SELECT value FROM json_each(?))",
            [_json(ids)],
        )
        found = dict(rows.fetchall())
        return [found[id_] for id_ in ids]

    def embeddings(self, ids: Ids) -> Iterator[tuple[Ids, Vectors]]:
        """The vectors of these passages, in batches of ids and float32 rows."""
        for first in range(0, len(ids), BATCH):
            batch = ids[first : first + BATCH]
            rows = self._connection.execute(
                "SELECT id, embedding FROM passages WHERE id IN (SELECT value FROM json_each(?))",
                [_json(batch.tolist())],
            ).fetchall()
            vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16)
            yield (
                np.array([row[0] for row in rows], dtype=np.int64),
                vectors.reshape(len(rows), -1).astype(np.float32),
            )

    def nearest(
        self, vector: Vectors, k: int, where: Filter | None = None
    ) -> list[tuple[int, float]]:
        """The `k` passages nearest to a question's vector: ids with cosines, best first."""
        allowed = self.passage_ids(where) if where else None
        if allowed is not None and not allowed.size:
            return []
        ids, scores = self._index(self).search(vector, k, allowed)
        return list(zip(ids.tolist(), scores.tolist(), strict=True))

    def matching(
        self, question: str, k: int, where: Filter | None = None
    ) -> list[tuple[int, float]]:
        """The `k` passages that match a question's rarest words: ids with BM25, best first."""
        terms = [(language, self._rarest(question, language)) for language in LANGUAGES]
        expression = fulltext.match_expression(terms)
        if not expression:
            return []
        parameters = _parameters(where) | {"expression": expression, "k": k}
        return self._connection.execute(MATCHING, parameters).fetchall()

    def _rarest(self, question: str, language: Language) -> list[str]:
        """The question's words that the fewest passages in this language hold, rarest first."""
        words = list(dict.fromkeys(fulltext.stems(question, language)))
        rows = self._connection.execute(
            "SELECT term FROM vocabulary WHERE col = ? "
            "AND term IN (SELECT value FROM json_each(?)) ORDER BY doc, term LIMIT ?",
            [language, _json(words), fulltext.QUERY_TERMS],
        )
        return [row[0] for row in rows]


def _parameters(where: Filter | None) -> dict[str, str | int | None]:
    """The values of `FITS`."""
    where = where or Filter()
    return {
        "documents": None if where.documents is None else _json(sorted(where.documents)),
        "language": where.language,
        "first": where.published_from.isoformat() if where.published_from else None,
        "last": where.published_to.isoformat() if where.published_to else None,
    }


def _json(values: Sequence[object]) -> str:
    """A list as one parameter, for `json_each`: a statement takes few parameters one by one."""
    return json.dumps(values)


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
