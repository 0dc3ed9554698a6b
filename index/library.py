"""The library: articles on disk, ready to be searched.

One directory. `library.sqlite3` is the truth; `vectors.faiss` is derived from it. One process at a
time writes, any number read, and each reads a consistent state. It knows nothing of questions
beyond their vectors and words.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

from platformdirs import user_data_path

from kutip.index import records
from kutip.index.background import embed_background
from kutip.index.database import Database
from kutip.index.derived import Derived
from kutip.index.document import Document, Span
from kutip.index.embedder import Embedder, ModelIdentity, SentenceTransformerEmbedder, Vectors
from kutip.index.errors import KutipError, LibraryError, ModelMismatchError
from kutip.index.loading import MAX_BYTES, load_document
from kutip.index.passages import split_passages
from kutip.index.snapshot import DocumentInfo, Snapshot

Outcome = Literal["added", "replaced", "unchanged"]


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of one document."""

    document: Document
    outcome: Outcome


@dataclass(slots=True)
class AddSummary:
    """What became of a batch: results in order, and what was refused with the reason."""

    results: list[AddResult] = field(default_factory=list)
    refused: list[tuple[str, KutipError]] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        """How many documents had this outcome."""
        return sum(result.outcome == outcome for result in self.results)


@dataclass(frozen=True, slots=True)
class LibraryStats:
    """Counts of a library; `bytes` is its size on disk, `model` None before the first article."""

    path: Path
    documents: int
    passages: int
    characters: int
    languages: dict[str, int]
    revision: int
    bytes: int
    model: ModelIdentity | None


class Library:
    """A library of articles. Open one with `Library.open`; safe to share between threads."""

    def __init__(self, path: Path, embedder: Embedder | None, lock_seconds: float) -> None:
        self.path = path
        self._database = Database(path, lock_seconds)
        self._derived = Derived(path)
        self._guard = threading.RLock()
        with self._database.reading() as connection:
            stored = records.stored_model(connection)
        if embedder is not None:
            self._check_model(embedder.identity, stored)
        self._embedder = embedder
        self._follows = embedder is None

    @classmethod
    def open(
        cls,
        path: Path | str | None = None,
        *,
        embedder: Embedder | str | None = None,
        lock_seconds: float = 10.0,
    ) -> Self:
        """Open the library at `path`, and make it where there is none.

        `path` defaults to `KUTIP_LIBRARY`, else to the user's data directory. `embedder` is an
        `Embedder`, or a model's name or directory; by default the library keeps the model that it
        was made with. A writer waits `lock_seconds` for another one to finish.

        Raises `ModelMismatchError` where the library was made with another model, `LibraryError`
        where `path` cannot be a library.
        """
        directory = Path(path) if path else default_library_path()
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"{directory} cannot be made into a library: {error.strerror}. Give a directory "
                "that you can write to with --library."
            ) from error
        if isinstance(embedder, str):
            embedder = SentenceTransformerEmbedder(embedder, allow_download=True)
        return cls(directory.absolute(), embedder, lock_seconds)

    def close(self) -> None:
        """Save the vector index and close the files. Closing twice does nothing."""
        # Closed already, another process is writing, or the disk is full: the index is made again
        # when needed.
        with suppress(LibraryError, OSError):
            self.save_vectors()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        """The model that embeds this library's passages, and must embed its questions.

        Raises `ModelMismatchError` where one was given and the library has another by now.
        """
        with self._guard:
            stored = self.model
            name = stored.name if stored else None
            # Another process may have embedded the library anew since it was opened.
            if (
                self._follows
                and self._embedder
                and name not in (None, self._embedder.identity.name)
            ):
                self._embedder = None
            if self._embedder is None:
                self._embedder = SentenceTransformerEmbedder(name)
            self._check_model(self._embedder.identity, stored)
            return self._embedder

    @property
    def model(self) -> ModelIdentity | None:
        """The model that the passages are embedded with; None before the first article."""
        with self._database.reading() as connection:
            return records.stored_model(connection)

    def add(self, item: Document | Path | str, *, max_bytes: int = MAX_BYTES) -> AddResult:
        """Add a document, or the file at a path; a changed file replaces its earlier version.

        Adding what is already there changes nothing. Raises `DocumentError` where the file cannot
        be read, `LibraryBusyError` where another process is writing.
        """
        document = item if isinstance(item, Document) else load_document(item, max_bytes=max_bytes)
        with self._database.reading() as connection:
            if records.holds(connection, document):
                return AddResult(document, "unchanged")
        # Embedding takes seconds: other writers need not wait for it.
        embedder = self.embedder
        spans, vectors = _embed(document, embedder)
        background = None if self.model else embed_background(embedder)
        with self._database.writing() as connection:
            self._check_model(embedder.identity, records.stored_model(connection))
            if records.holds(connection, document):
                return AddResult(document, "unchanged")
            if background and records.stored_model(connection) is None:
                records.store_model(connection, embedder.identity, background)
            replaced = records.insert(connection, document, spans, vectors)
        return AddResult(document, "replaced" if replaced else "added")

    def add_all(
        self,
        items: Iterable[Document | Path | str],
        *,
        max_bytes: int = MAX_BYTES,
        on_item: Callable[[str], None] | None = None,
    ) -> AddSummary:
        """Add many; what is refused does not stop the rest. `on_item` is told each name first."""
        summary = AddSummary()
        for item in items:
            name = (item.source or item.title) if isinstance(item, Document) else str(item)
            if on_item:
                on_item(name)
            try:
                summary.results.append(self.add(item, max_bytes=max_bytes))
            except KutipError as error:
                summary.refused.append((name, error))
        return summary

    def remove(self, document_id: str) -> Document:
        """Remove every trace of a document, and give it back. Raises `LibraryError` if unknown."""
        document = self.document(document_id)
        with self._database.writing() as connection:
            records.remove(connection, document.id)
        self._database.tidy()
        return document

    def reembed(self, embedder: Embedder | str) -> None:
        """Cut and embed all documents anew with another model.

        The library answers with the old model until all is done; a failure changes nothing.
        """
        if isinstance(embedder, str):
            embedder = SentenceTransformerEmbedder(embedder, allow_download=True)
        with self._database.writing() as connection:
            snapshot = Snapshot(connection, self._derived)
            documents = [snapshot.document(info.id) for info in snapshot.documents()]
            connection.execute("DELETE FROM documents")
            for document in documents:
                records.insert(connection, document, *_embed(document, embedder))
            records.store_model(connection, embedder.identity, embed_background(embedder))
        with self._guard:
            self._embedder = embedder

    def documents(self) -> list[DocumentInfo]:
        """All documents, in the order in which they were added."""
        with self.snapshot() as snapshot:
            return snapshot.documents()

    def document(self, document_id: str) -> Document:
        """One document by its id, or the beginning of it. Raises `LibraryError` if unknown."""
        with self.snapshot() as snapshot:
            return snapshot.document(document_id)

    def stats(self) -> LibraryStats:
        """Counts, size and model."""
        with self.snapshot() as snapshot:
            documents, revision = snapshot.documents(), snapshot.revision
        return LibraryStats(
            path=self.path,
            documents=len(documents),
            passages=sum(info.passages for info in documents),
            characters=sum(info.characters for info in documents),
            languages=dict(Counter(info.language for info in documents)),
            revision=revision,
            bytes=sum(file.stat().st_size for file in self.path.iterdir() if file.is_file()),
            model=self.model,
        )

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The library as it stands now, unchanged while the `with` block lasts."""
        with self._database.reading() as connection:
            yield Snapshot(connection, self._derived)

    def save_vectors(self) -> None:
        """Write the vector index where it is newer than its file; done by `close` too.

        Raises `LibraryBusyError` where another process is writing.
        """
        if self.model:
            with self.snapshot() as snapshot:
                self._derived.index(snapshot)
            self._derived.save(self._database.lock)

    def _check_model(self, given: ModelIdentity, stored: ModelIdentity | None) -> None:
        differences = given.differences(stored) if stored else []
        if stored and differences:
            raise ModelMismatchError(
                f"The library in {self.path} was embedded with {stored.name}, the model given is "
                f"{given.name} ({'; '.join(differences)}): leave out --model, KUTIP_MODEL or "
                f"embedder=, or embed the library anew with `kutip reembed --model {given.name}` "
                "or `Library.reembed`."
            )


def default_library_path() -> Path:
    """`KUTIP_LIBRARY`, else the user's data directory."""
    named = os.environ.get("KUTIP_LIBRARY")
    return Path(named) if named else user_data_path("kutip") / "library"


def _embed(document: Document, embedder: Embedder) -> tuple[list[Span], Vectors]:
    """A document's passages and their vectors, shape (passages, dimension)."""
    spans = split_passages(document.text, document.language, embedder.count_tokens)
    texts = [document.text[start:end].strip() for start, end in spans]
    if embedder.identity.titled:
        headings = [document.heading(start) for start, _ in spans]
        texts = [
            f"{title}\n{text}" if title else text
            for title, text in zip(headings, texts, strict=True)
        ]
    return spans, embedder.embed_passages(texts)
