"""What all tests share: an embedder without a model, a library, articles, child processes."""

import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from kutip.index import Document, FunctionEmbedder, Library
from kutip.index.embedder import Vectors

# The first call of a test pays for imports, and the machines are shared.
settings.register_profile("kutip", deadline=None)
settings.load_profile("kutip")

DIMENSION = 64
CHILD = f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from conftest import bag_of_words
from kutip.index import Document, FunctionEmbedder, KutipError, Library
embedder = FunctionEmbedder(bag_of_words, {DIMENSION})
"""


def bag_of_words(texts: Sequence[str]) -> Vectors:
    """Counts of hashed words, shape (texts, 64): texts that share words are near each other."""
    counts = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    for row, text in zip(counts, texts, strict=True):
        for word in text.casefold().split():
            row[zlib.crc32(word.strip(".,?").encode()) % DIMENSION] += 1
    return counts


@pytest.fixture(scope="session")
def word_embedder() -> FunctionEmbedder:
    """The embedder without a model, under a name that no other file of fixtures takes."""
    return FunctionEmbedder(bag_of_words, DIMENSION)


@pytest.fixture(scope="session")
def embedder(word_embedder: FunctionEmbedder) -> FunctionEmbedder:
    return word_embedder


@pytest.fixture
def library(tmp_path: Path, embedder: FunctionEmbedder) -> Iterator[Library]:
    """An empty library in `tmp_path / "library"`."""
    with Library.open(tmp_path / "library", embedder=embedder) as opened:
        yield opened


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, which checks how well a page serves everyone."""
    script = files("axe_playwright_python").joinpath("axe.min.js")
    return script.read_text("utf-8")


@pytest.fixture
def articles() -> list[Document]:
    """Two Indonesian articles and an English one, a day apart, that share few words."""
    return [
        Document.from_text(
            "Gempa mengguncang Cianjur pada Senin siang. Ratusan rumah rusak berat.\n\n"
            "Warga mengungsi ke lapangan terdekat. Bantuan tiba pada malam hari.",
            source="/berita/gempa.txt",
            outlet="Antara",
            language="id",
            published=date(2024, 6, 18),
        ),
        Document.from_text(
            "The central bank raised interest rates on Tuesday. Markets fell sharply.",
            source="/news/bank.txt",
            outlet="Reuters",
            language="en",
            published=date(2024, 6, 19),
        ),
        Document.from_text(
            "Timnas Indonesia menang atas Vietnam. Pelatih memuji kiper muda itu.",
            source="/berita/timnas.txt",
            language="id",
            published=date(2024, 6, 20),
        ),
    ]


@pytest.fixture
def child() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts Python code in another process, with `embedder` and the arguments in `sys.argv`."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD + code, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
