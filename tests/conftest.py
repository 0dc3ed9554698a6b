"""What all tests share: embedder and reader without a model, a library, articles, processes."""

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

from kutip.index import Document, FunctionEmbedder, Library, Span
from kutip.index.embedder import Vectors
from kutip.rag import Hit, Reading

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
def filled(library: Library, articles: list[Document]) -> Library:
    """The library with the articles in it."""
    for article in articles:
        library.add(article)
    return library


class FirstWordReader:
    """Reads the first word of each passage as the answer, with the sentence that it stands in.

    It is sure by `probability` of the first passage, by `others` of those after it, and keeps the
    questions that it was asked.
    """

    def __init__(self, probability: float = 0.9, others: float = 0.1) -> None:
        self.questions: list[str] = []
        self._probability = probability
        self._others = others

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        self.questions.append(question)
        readings = []
        for number, passage in enumerate(hit.passage for hit in hits):
            word = Span(passage.start, passage.start + len(passage.text.split()[0]))
            sentence = Span(passage.start, passage.start + passage.text.index(".") + 1)
            probability = self._others if number else self._probability
            readings.append(Reading(passage, word, (sentence,), -number, probability))
        return readings


@pytest.fixture
def first_words() -> Callable[..., FirstWordReader]:
    """Makes a reader that needs no model."""
    return FirstWordReader


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
