"""Several processes on one library: one writes, the others read what was there before."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kutip.index import Document, FunctionEmbedder, Library
from kutip.index.errors import LibraryBusyError

Child = Callable[..., "subprocess.Popen[str]"]

# Each child says "ready" when it has what it needs, and goes on at a line of input.
HOLD_THE_LOCK = """
library = Library.open(sys.argv[1], embedder=embedder)
with library._database.lock():
    print("ready", flush=True)
    sys.stdin.readline()
"""
ADD = """
with Library.open(sys.argv[1], embedder=embedder) as library:
    print(library.add(Document.from_text(sys.argv[2])).outcome, flush=True)
"""
ADD_LATER = """
with Library.open(sys.argv[1], embedder=embedder, lock_seconds=60) as library:
    print("ready", flush=True)
    print(library.add(Document.from_text(sys.argv[2])).outcome, flush=True)
"""
ADD_MANY = """
print("ready", flush=True)
sys.stdin.readline()
with Library.open(sys.argv[1], embedder=embedder, lock_seconds=60) as library:
    for number in range(10):
        library.add(Document.from_text(f"Berita {sys.argv[2]} nomor {number}."))
"""
OPEN_MANY = """
import time
for number in range(200):
    while time.time() < float(sys.argv[2]) + number / 50:
        pass
    Library.open(f"{sys.argv[1]}/{number}", embedder=embedder).close()
"""
CRASH = """
library = Library.open(sys.argv[1], embedder=embedder)
with library._database.writing() as connection:
    connection.execute("DELETE FROM documents")
    connection.execute("UPDATE meta SET value = 99 WHERE key = 'revision'")
    connection.execute("PRAGMA cache_spill = ON")
    os._exit(7)
"""
CRASH_IN_REEMBED = """
def embed(texts):
    if any("Timnas" in text for text in texts):
        os._exit(7)
    return bag_of_words(texts)[:, :32] + 1
Library.open(sys.argv[1], embedder=embedder).reembed(FunctionEmbedder(embed, 32))
"""


def say(process: "subprocess.Popen[str]") -> str:
    """The next line that a child prints; what went wrong where it printed none."""
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline().strip()
    return line or process.stderr.read()


def tell(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def finish(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """The exit status, and what was printed as an error."""
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors


@pytest.fixture
def filled(library: Library, articles: list[Document]) -> Library:
    library.add_all(articles[:2])
    return library


def test_a_second_writer_is_told_that_the_library_is_busy(
    filled: Library, embedder: FunctionEmbedder, child: Child, articles: list[Document]
) -> None:
    holder = child(HOLD_THE_LOCK, filled.path)
    assert say(holder) == "ready"
    with Library.open(filled.path, embedder=embedder, lock_seconds=0.3) as library:
        started = time.monotonic()
        with pytest.raises(LibraryBusyError, match=r"not done after 0\.3 s") as caught:
            library.add(articles[2])
        assert 0.3 <= time.monotonic() - started < 10
        assert str(filled.path) in str(caught.value)
        with pytest.raises(LibraryBusyError):
            library.remove(articles[0].id)
        assert [info.id for info in library.documents()] == [one.id for one in articles[:2]]
        assert library.stats().revision == 2
        tell(holder)
        assert finish(holder) == (0, "")
        assert library.add(articles[2]).outcome == "added"


def test_a_second_writer_waits_for_the_first(
    filled: Library, child: Child, articles: list[Document]
) -> None:
    holder = child(HOLD_THE_LOCK, filled.path)
    assert say(holder) == "ready"
    late = child(ADD_LATER, filled.path, "Berita dari proses lain.")
    assert say(late) == "ready"
    time.sleep(0.5)
    assert len(filled.documents()) == 2
    assert late.poll() is None
    tell(holder)
    assert say(late) == "added"
    assert finish(late) == (0, "")
    assert len(filled.documents()) == 3


def test_closing_does_not_wait_for_an_error_where_another_process_writes(
    filled: Library, embedder: FunctionEmbedder, child: Child
) -> None:
    holder = child(HOLD_THE_LOCK, filled.path)
    assert say(holder) == "ready"
    library = Library.open(filled.path, embedder=embedder, lock_seconds=0.1)
    with library.snapshot() as snapshot:
        assert len(snapshot.nearest(embedder.embed_questions(["Gempa"])[0], 1, "id")) == 1
    library.close()
    assert not (filled.path / "vectors.faiss").exists()


def test_a_snapshot_stays_while_another_process_writes(
    filled: Library, embedder: FunctionEmbedder, child: Child, articles: list[Document]
) -> None:
    vector = embedder.embed_questions(["Gempa di Cianjur"])[0]
    with filled.snapshot() as snapshot:
        before = (snapshot.revision, snapshot.documents(), snapshot.passage_ids().tolist())
        writer = child(ADD, filled.path, "Gempa susulan di Cianjur.")
        assert say(writer) == "added"
        assert (snapshot.revision, snapshot.documents(), snapshot.passage_ids().tolist()) == before
        assert len(snapshot.nearest(vector, 9, "id")) == 1
        assert len(snapshot.matching("Cianjur", 9, "id")) == 1
        with filled.snapshot() as later:
            assert later.revision == before[0] + 1
            assert len(later.documents()) == 3
            assert len(later.nearest(vector, 9, "id")) == 2
            assert len(later.matching("Cianjur", 9, "id")) == 2
        assert snapshot.revision == before[0]
    assert finish(writer) == (0, "")


def test_a_snapshot_is_of_the_moment_when_it_was_opened(filled: Library, child: Child) -> None:
    with filled.snapshot() as snapshot:
        # Nothing has been read yet.
        assert say(child(ADD, filled.path, "Gempa susulan di Cianjur.")) == "added"
        assert len(snapshot.documents()) == 2
        assert snapshot.revision == 2


def test_an_open_library_sees_what_another_process_removed(
    library: Library, embedder: FunctionEmbedder, child: Child, articles: list[Document]
) -> None:
    def found() -> list[str]:
        with library.snapshot() as snapshot:
            near = snapshot.nearest(embedder.embed_questions(["Gempa di Cianjur"])[0], 9, "id")
            return [passage.document_id for passage in snapshot.passages([id_ for id_, _ in near])]

    library.add_all(articles)
    assert found() == [articles[0].id, articles[2].id]
    code = "Library.open(sys.argv[1], embedder=embedder).remove(sys.argv[2])"
    assert finish(child(code, library.path, articles[0].id)) == (0, "")
    assert found() == [articles[2].id]
    with library.snapshot() as snapshot:
        assert snapshot.matching("Cianjur", 9, "id") == []
        assert [info.id for info in snapshot.documents()] == [articles[1].id, articles[2].id]


def test_processes_open_the_same_new_libraries_at_the_same_moment(
    tmp_path: Path, child: Child
) -> None:
    # Two in the very same moment are rare, so many libraries are tried.
    start = time.time() + 5
    processes = [child(OPEN_MANY, tmp_path, start) for _ in range(4)]
    assert [finish(process) for process in processes] == [(0, "")] * 4


def test_processes_fill_the_same_new_library_at_once(
    tmp_path: Path, embedder: FunctionEmbedder, child: Child
) -> None:
    processes = [child(ADD_MANY, tmp_path / "baru", name) for name in ("satu", "dua", "tiga")]
    assert [say(process) for process in processes] == ["ready"] * 3
    for process in processes:
        tell(process)
    assert [finish(process) for process in processes] == [(0, "")] * 3
    with Library.open(tmp_path / "baru", embedder=embedder) as library:
        assert sorted(info.title for info in library.documents()) == sorted(
            f"Berita {name} nomor {n}." for name in ("satu", "dua", "tiga") for n in range(10)
        )
        assert library.stats().revision == 30
        with library.snapshot() as snapshot:
            assert snapshot.background("id").shape == (32, 64)
            assert len(snapshot.nearest(embedder.embed_questions(["Berita"])[0], 99, "id")) == 30


@pytest.mark.parametrize("code", [CRASH, CRASH_IN_REEMBED], ids=["writing", "reembedding"])
def test_a_crash_while_writing_leaves_the_old_state(
    library: Library, child: Child, articles: list[Document], code: str
) -> None:
    library.add_all(articles)
    before, held = library.stats(), library.documents()
    assert finish(child(code, library.path)) == (7, "")
    assert library.documents() == held
    assert (library.stats().revision, library.stats().passages) == (
        before.revision,
        before.passages,
    )
    assert library.model == before.model
    with library.snapshot() as snapshot:
        assert len(snapshot.matching("Timnas", 5, "id")) == 1
        assert snapshot.background("en").shape == (32, 64)
    assert library.remove(articles[0].id) == articles[0]
    assert library.stats().revision == before.revision + 1
