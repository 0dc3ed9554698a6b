"""A library as it stands at one revision: everything that can be asked of it.

It is bound to one read transaction, so a writer in another process changes nothing under it.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from kutip.index import fulltext
from kutip.index.derived import Derived, LanguageSide
from kutip.index.document import Document, Passage
from kutip.index.embedder import Vectors
from kutip.index.errors import LibraryError
from kutip.index.language import Language
from kutip.index.records import stored_model, unpack
from kutip.index.vectors import Ids

# Embeddings are read so many at a time: 8 MB of 384 dimensions.
BATCH = 10_000

FITS = """
    (:documents IS NULL OR d.id IN (SELECT value FROM json_each(:documents)))
    AND (:language IS NULL OR d.language = :language)
    AND (:side IS NULL OR d.language = :side)
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

    def __init__(self, connection: sqlite3.Connection, derived: Derived) -> None:
        self._connection = connection
        self._derived = derived

    @property
    def revision(self) -> int:
        """Grows by one with each change of the library."""
        return int(self._meta("revision"))

    @property
    def state(self) -> str:
        """A token that no other content of any library has."""
        return self._meta("state")

    @property
    def dimension(self) -> int:
        """The length of the passages' vectors; the library must hold an article."""
        model = stored_model(self._connection)
        return model.dimension if model else 0

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
        # SQLite takes no half of a surrogate pair, and no id has one: with "?" it is not found.
        asked = document_id.encode(errors="replace").decode()
        rows = self._connection.execute(
            "SELECT id, title, text, language, source, outlet, published, pages FROM documents "
            "WHERE id >= ? AND id < ? LIMIT 2",
            (asked, asked + "\U0010ffff"),
        ).fetchall()
        if len(rows) != 1 or not asked:
            found = "More than one article has" if rows else "No article has"
            raise LibraryError(f"{found} the id {document_id!r}: see `kutip list` for the ids.")
        id_, title, text, language, source, outlet, published, pages = rows[0]
        return Document(
            id_, title, text, language, source, outlet, _date(published), tuple(json.loads(pages))
        )

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages with these ids, in the order of the ids; ids not held are left out."""
        rows = self._connection.execute(
            "SELECT p.id, d.id, d.language, p.ordinal, p.start, p.end, "
            "substr(d.text, p.start + 1, p.end - p.start) FROM passages p "
            "JOIN documents d ON d.number = p.document "
            "WHERE p.id IN (SELECT value FROM json_each(?))",
            [_json(ids)],
        )
        found = {row[0]: Passage(*row) for row in rows}
        return [found[id_] for id_ in ids if id_ in found]

    def passage_ids(self, where: Filter | None = None, language: Language | None = None) -> Ids:
        """The ids of the passages of all documents that fit, ascending."""
        rows = self._connection.execute(PASSAGE_IDS, _parameters(where, language))
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def embeddings(self, ids: Ids) -> Iterator[tuple[Ids, Vectors]]:
        """The vectors of these passages by ascending id, in batches of ids and float32 rows."""
        for first in range(0, len(ids), BATCH):
            rows = self._connection.execute(
                "SELECT id, embedding FROM passages "
                "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
                [_json(ids[first : first + BATCH].tolist())],
            ).fetchall()
            if rows:
                found = np.array([row[0] for row in rows], dtype=np.int64)
                yield found, unpack([row[1] for row in rows])

    def background(self, language: Language) -> Vectors:
        """The background passages of a language, see `background`."""
        rows = self._connection.execute(
            "SELECT embedding FROM background WHERE language = ?", [language]
        ).fetchall()
        return unpack([row[0] for row in rows])

    def sides(self) -> dict[Language, LanguageSide]:
        """The languages of which the library has passages."""
        return self._derived.sides(self)

    def nearest(
        self, vector: Vectors, k: int, language: Language, where: Filter | None = None
    ) -> list[tuple[int, float]]:
        """The `k` passages in `language` nearest to a question's vector, shape (dimension,).

        Gives ids with cosines, best first.
        """
        if where:
            allowed: Ids | None = self.passage_ids(where, language)
        else:
            sides = self.sides()
            if language not in sides:
                return []
            allowed = sides[language].ids if len(sides) > 1 else None
        if allowed is not None and not allowed.size:
            return []
        ids, scores = self._derived.index(self).search(vector, k, allowed)
        return list(zip(ids.tolist(), scores.tolist(), strict=True))

    def cosines(self, vector: Vectors, ids: Sequence[int]) -> dict[int, float]:
        """The cosines of these passages with a question's vector, shape (dimension,)."""
        cosines: dict[int, float] = {}
        for found, vectors in self.embeddings(np.array(ids, dtype=np.int64)):
            cosines |= zip(found.tolist(), (vectors @ vector).tolist(), strict=True)
        return cosines

    def matching(
        self, question: str, k: int, language: Language, where: Filter | None = None
    ) -> list[tuple[int, float]]:
        """The `k` passages in `language` that match a question's rarest words.

        Gives ids with BM25, best first.
        """
        expression = fulltext.match_expression(language, self._rarest(question, language))
        if not expression:
            return []
        parameters = _parameters(where, language) | {"expression": expression, "k": k}
        return self._connection.execute(MATCHING, parameters).fetchall()

    def _meta(self, key: str) -> str:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
        return str(row[0])

    def _rarest(self, question: str, language: Language) -> list[str]:
        """The question's words that the fewest passages in this language hold, rarest first."""
        words = list(dict.fromkeys(fulltext.stems(question, language)))
        rows = self._connection.execute(
            "SELECT term FROM vocabulary WHERE col = ? "
            "AND term IN (SELECT value FROM json_each(?)) ORDER BY doc, term LIMIT ?",
            [language, _json(words), fulltext.QUERY_TERMS],
        )
        return [row[0] for row in rows]


def _parameters(where: Filter | None, language: Language | None) -> dict[str, str | int | None]:
    """The values of `FITS`."""
    where = where or Filter()
    return {
        "side": language,
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
