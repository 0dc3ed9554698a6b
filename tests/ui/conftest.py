"""The program run in this process, so that the model is loaded once."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from kutip.index.bundled import bundled_article
from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.library import Library
from kutip.ui.cli import main


@dataclass(frozen=True)
class Finished:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Finished]


@pytest.fixture
def library_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty library that commands use by default."""
    path = tmp_path / "library"
    monkeypatch.setenv("KUTIP_LIBRARY", str(path))
    monkeypatch.delenv("KUTIP_MODEL", raising=False)
    return path


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    """The real model, in memory as long as the tests run: commands share it."""
    embedder = SentenceTransformerEmbedder()
    embedder.count_tokens(["load"])
    return embedder


@pytest.fixture
def kutip(
    embedder: SentenceTransformerEmbedder,
    library_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run `kutip` with these arguments and this standard input."""

    def run(*arguments: str, stdin: str = "") -> Finished:
        monkeypatch.setattr(sys, "argv", ["kutip", *arguments])
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin.encode()), encoding="utf-8"))
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        captured = capsys.readouterr()
        return Finished(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def bundled_library(
    tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder
) -> Library:
    """A library of the bundled article, with the real model."""
    path = tmp_path_factory.mktemp("bundled")
    library = Library.open(path, embedder=embedder)
    library.add(bundled_article())
    return library
