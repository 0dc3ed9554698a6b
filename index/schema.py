"""The library's SQLite database: its tables, and how a connection to it is opened.

SQLite is the truth of a library. The vector index beside it is derived from `passages.embedding`.
"""

import sqlite3
from pathlib import Path

from kutip.index.errors import LibraryError

SCHEMA_VERSION = 1
BUSY_SECONDS = 10.0

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('revision', '0'), ('state', '');

CREATE TABLE background (
    language TEXT NOT NULL,
    embedding BLOB NOT NULL
);

CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    source TEXT UNIQUE,
    outlet TEXT,
    published TEXT,
    pages TEXT NOT NULL
);

-- AUTOINCREMENT: an id is never used twice, so a vector index that is behind cannot mistake one
-- passage for another, and is brought up to date by comparing ids.
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    embedding BLOB NOT NULL
);
CREATE INDEX passages_document ON passages (document);

CREATE VIRTUAL TABLE words USING fts5 (id, en, tokenize = "unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, col);
CREATE TRIGGER passages_removed AFTER DELETE ON passages BEGIN
    DELETE FROM words WHERE rowid = old.id;
END;

PRAGMA user_version = 1;
"""
APPLICATION_ID = 0x4B555449
"""Tells a Kutip library from other SQLite files: "KUTI" in ASCII."""


def connect(file: Path) -> sqlite3.Connection:
    """Open `file`, and create its tables where it is new.

    The connection is in autocommit mode: transactions are begun and ended by hand. Raises
    `LibraryError` where the file is not a library or of another version.
    """
    try:
        connection = sqlite3.connect(
            file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, file)
        except BaseException:
            connection.close()
            raise
    except sqlite3.DatabaseError as error:
        raise LibraryError(
            f"{file} cannot be opened as a Kutip library: {error}. Give another path with "
            "--library, or restore the file from a copy."
        ) from error
    return connection


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables:
        _create(connection)
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise sqlite3.DatabaseError("it holds the tables of another program")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA_VERSION:
        raise LibraryError(
            f"{file} is a library of version {version}, this Kutip reads version {SCHEMA_VERSION}: "
            "install the Kutip that made it, or add the articles to a new library."
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # A removed article leaves nothing to be read in the file.
    connection.execute("PRAGMA secure_delete = ON")


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(SCHEMA):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    """The statements of a script one by one: `executescript` would commit first."""
    statements: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
