"""Transactions on a library's SQLite file: many readers, one writer at a time."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kutip.index.errors import LibraryBusyError, LibraryError
from kutip.index.schema import connect

# The state is a token that no other state of any library has: it ties the vector index, and what
# else is derived, to this very content, also where an older database was put back.
NEW_STATE = (
    "UPDATE meta SET value = value + 1 WHERE key = 'revision'",
    "UPDATE meta SET value = lower(hex(randomblob(16))) WHERE key = 'state'",
)


class Database:
    """Safe to share between threads; each transaction has a connection of its own."""

    def __init__(self, directory: Path, lock_seconds: float) -> None:
        self._directory = directory
        self._file = directory / "library.sqlite3"
        self._lock_seconds = lock_seconds
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._closed = False
        # Of processes that open a new library at once, the first creates its tables.
        with _file_lock(directory / "open.lock", lock_seconds, directory):
            self._idle.append(connect(self._file))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A read transaction: what others write meanwhile is not seen."""
        connection = self._take()
        try:
            connection.execute("BEGIN")
            # A transaction sees the state of its first read: this is it.
            connection.execute("SELECT value FROM meta").fetchone()
            yield connection
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error
        finally:
            self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction, which raises the revision if anything changes.

        An exception undoes all of it.

        Raises `LibraryBusyError` where another process or thread writes for too long.
        """
        with self.lock():
            connection = self._take()
            try:
                connection.execute("BEGIN IMMEDIATE")
                before = connection.total_changes
                yield connection
                if connection.total_changes != before:
                    for statement in NEW_STATE:
                        connection.execute(statement)
                connection.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                raise self._damaged(error) from error
            finally:
                self._give_back(connection)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """The right to change the library's files."""
        with _file_lock(self._directory / "write.lock", self._lock_seconds, self._directory):
            yield

    def tidy(self) -> None:
        """Move all that was written from the log into the file, where no reader hinders it."""
        connection = self._take()
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close every connection; a transaction under way ends first."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _damaged(self, error: sqlite3.DatabaseError) -> LibraryError:
        return LibraryError(
            f"{self._file} cannot be read or written: {error}. Check the disk, or restore the file "
            "from a copy."
        )

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


@contextmanager
def _file_lock(file: Path, seconds: float, directory: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(file, timeout=seconds)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryBusyError(
            f"Another process is writing to the library in {directory}, and was not done after "
            f"{seconds:g} s: wait for it to end, then try again."
        ) from error
    except OSError as error:
        raise LibraryError(
            f"{file} cannot be made: {error.strerror}. Give a library that you can write to."
        ) from error
    try:
        yield
    finally:
        lock.release()
