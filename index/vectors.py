"""The vector index: a FAISS file derived from the library's database.

It can always be made again from the embeddings in SQLite, without the model, so a missing, stale
or damaged file costs a moment and no data. FAISS notices a cut file but not a flipped byte, hence
the SHA-256 beside it.
"""

import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kutip.index.embedder import Vectors

if TYPE_CHECKING:
    import faiss

logger = logging.getLogger(__name__)

Ids = NDArray[np.int64]

READS, READ_PAUSE_SECONDS = 3, 0.05


class VectorIndex:
    """Exact inner-product search over unit vectors by passage id. Safe to share between threads.

    `IDMap2,Flat`: with 100,000 passages of 384 dimensions a query takes 12 ms on one core and the
    file 150 MB.
    """

    def __init__(self, directory: Path, dimension: int, state: str) -> None:
        """Load the file, where it was made from this very `state` of the library; else start empty.

        A file of an earlier state is not gone on with: the database may have been put back since,
        and to read all embeddings again takes a second for 100,000.
        """
        self._file = directory / "vectors.faiss"
        self._note = directory / "vectors.json"
        self.dimension = dimension
        self._lock = threading.RLock()
        self.revision = -1
        self._state = state
        loaded = self._load()
        self._is_saved = loaded is not None
        self._index = loaded or self._empty()

    def ids(self) -> Ids:
        """The ids held, ascending."""
        import faiss

        with self._lock:
            return np.sort(faiss.vector_to_array(self._index.id_map))

    def update(
        self, revision: int, state: str, removed: Ids, added: Iterable[tuple[Ids, Vectors]]
    ) -> None:
        """Bring the index to a later revision of the library."""
        import faiss

        with self._lock:
            if removed.size:
                self._index.remove_ids(faiss.IDSelectorBatch(removed))
            for ids, vectors in added:
                self._index.add_with_ids(vectors, ids)
            self.revision, self._state = revision, state
            self._is_saved = False

    def search(self, vector: Vectors, k: int, allowed: Ids | None) -> tuple[Ids, Vectors]:
        """The at most `k` nearest ids with their inner products, best first.

        `vector` has shape (dimension,). `allowed` restricts the search to these ids.
        """
        import faiss

        parameters = None
        if allowed is not None:
            # The stubs do not know the keyword that every selector is given by.
            parameters = faiss.SearchParameters(  # type: ignore[call-arg]
                sel=faiss.IDSelectorBatch(allowed)
            )
        with self._lock:
            scores, ids = self._index.search(vector[None, :], k, params=parameters)
        found = ids[0] >= 0
        return ids[0][found], scores[0][found]

    def save(self) -> None:
        """Replace the file on disk; each of the two files appears whole or not at all."""
        import faiss

        with self._lock:
            content = faiss.serialize_index(self._index).tobytes()
            note = {
                "revision": self.revision,
                "state": self._state,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            # A reader that comes between the two sees that they do not agree, and builds its own.
            _replace(self._file, content)
            _replace(self._note, json.dumps(note).encode())
            self._is_saved = True

    @property
    def is_saved(self) -> bool:
        """Whether the file on disk holds what this index holds."""
        return self._is_saved

    def _empty(self) -> "faiss.IndexIDMap2":
        import faiss

        return faiss.IndexIDMap2(faiss.IndexFlatIP(self.dimension))

    def _load(self) -> "faiss.IndexIDMap2 | None":
        import faiss

        try:
            content, note = self._read()
            if note["state"] != self._state:
                return None
            index = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
            if not isinstance(index, faiss.IndexIDMap2) or index.d != self.dimension:
                raise ValueError(f"it is no IDMap2 of dimension {self.dimension}")
            self.revision = int(note["revision"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            logger.warning("%s is damaged (%s): building it again", self._file, error)
            return None
        return index

    def _read(self) -> tuple[bytes, dict[str, Any]]:
        """The file and its note. Raises `ValueError` where they do not agree."""
        for _ in range(READS):
            content = self._file.read_bytes()
            note: dict[str, Any] = json.loads(self._note.read_bytes())
            if hashlib.sha256(content).hexdigest() == note["sha256"]:
                return content, note
            # Another process may be between writing the one and the other.
            time.sleep(READ_PAUSE_SECONDS)
        raise ValueError("the SHA-256 differs")


def _replace(file: Path, content: bytes) -> None:
    temporary = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
