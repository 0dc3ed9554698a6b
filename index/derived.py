"""What a library derives from its database and keeps in memory: made anew when it is behind."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kutip.index.embedder import Vectors
from kutip.index.language import LANGUAGES, Language
from kutip.index.vectors import Ids, VectorIndex

if TYPE_CHECKING:
    from kutip.index.snapshot import Snapshot

# The mean and the deviation of so many cosines are known to 3 %.
SAMPLE_SIZE = 1_000


@dataclass(frozen=True, slots=True)
class LanguageSide:
    """The passages in one language. `sample` is what a question's cosines are measured against:
    the background passages and at most `SAMPLE_SIZE` of the library's, shape (n, dimension)."""

    ids: Ids
    sample: Vectors


class Derived:
    """The vector index and the sides of each language. Safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._guard = threading.RLock()
        self._vectors: VectorIndex | None = None
        self._sides: tuple[int, dict[Language, LanguageSide]] = (-1, {})

    def index(self, snapshot: "Snapshot") -> VectorIndex:
        """The vector index, at the snapshot's revision or a later one."""
        with self._guard:
            dimension = snapshot.dimension
            if self._vectors is None or self._vectors.dimension != dimension:
                self._vectors = VectorIndex(self._directory, dimension, snapshot.state)
            index = self._vectors
            # A thread with an older snapshot must not turn the index back.
            if index.revision < snapshot.revision:
                held, wanted = index.ids(), snapshot.passage_ids()
                removed = np.setdiff1d(held, wanted, assume_unique=True)
                added = np.setdiff1d(wanted, held, assume_unique=True)
                index.update(snapshot.revision, snapshot.state, removed, snapshot.embeddings(added))
            return index

    def sides(self, snapshot: "Snapshot") -> dict[Language, LanguageSide]:
        """The languages of which the library has passages."""
        with self._guard:
            revision, sides = self._sides
            if revision != snapshot.revision:
                sides = {}
                for language in LANGUAGES:
                    ids = snapshot.passage_ids(language=language)
                    if ids.size:
                        # Evenly spread, so that the same library always has the same sample.
                        step = -(-ids.size // SAMPLE_SIZE)
                        parts = [vectors for _, vectors in snapshot.embeddings(ids[::step])]
                        sample = np.concatenate([snapshot.background(language), *parts])
                        sides[language] = LanguageSide(ids, sample)
                self._sides = (snapshot.revision, sides)
            return sides

    def save(self, lock: Callable[[], AbstractContextManager[None]]) -> None:
        """Write the vector index where it is newer than its file."""
        index = self._vectors
        if index and not index.is_saved:
            with lock():
                index.save()
