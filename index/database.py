"""Transactions on a library's SQLite file: many readers, one writer at a time."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kutip.index.errors import LibraryBusyError, LibraryError
from kutip.index.schema import connect


class Database:
    """Safe to share between threads; each transaction has a connection of its own."""

    def __init__(self, directory: Path, lock_seconds: float) -> None:
        self._directory = directory
        self._file = directory / "library.sqlite3"
        self._lock_seconds = lock_seconds
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read transaction: what others write meanwhile is not seen."""
        connection = self._take()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction that raises the revision; an exception undoes all of it.

        Raises `LibraryBusyError` where another process or thread writes for too long.
        """
        with self.lock():
            connection = self._take()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'revision'")
                connection.execute("COMMIT")
            finally:
                self._give_back(connection)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """The right to change the library's files."""
        from filelock import FileLock, Timeout

        lock = FileLock(self._directory / "write.lock", timeout=self._lock_seconds)
        try:
            lock.acquire()
        except Timeout as error:
            raise LibraryBusyError(
                f"Another process is writing to the library in {self._directory}, and was not done "
                f"after {self._lock_seconds:g} s: wait for it to end, then try again."
            ) from error
        try:
            yield
        finally:
            lock.release()

    def close(self) -> None:
        """Close every connection; a transaction under way ends first."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._guard:
            if self._closed:
                raise LibraryError(
                    f"The library in {self._directory} is closed: open it again with Library.open."
                )
            if self._idle:
                return self._idle.pop()
        return connect(self._file)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        with self._guard:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()
