"""The shipped weights with the real encoder, in both languages."""

from collections.abc import Iterator

import pytest

from kutip.index import Document, Library
from kutip.index.document import Passage
from kutip.rag import Assistant
from kutip.rag.reader.by_sentences import SentenceReader
from kutip.rag.reader.default import default_reader
from kutip.rag.reader.trained import TrainedReader
from kutip.rag.retriever import Hit, Retriever

TEXT = (
    "Jembatan Merah Putih di Ambon ditutup selama tiga hari mulai Senin. Penutupan itu diperlukan "
    "untuk mengganti 48 baut penyangga yang berkarat, kata kepala balai jalan, Nona Latuheru. "
    "Selama penutupan, feri dari Galala ke Poka berangkat setiap 20 menit.\n\n"
    "Jembatan sepanjang 1.140 meter itu diresmikan pada 4 April 2016. Latuheru belum memutuskan "
    "apakah truk boleh melintas sesudah perbaikan."
)


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library with one article, embedded with the default model."""
    with Library.open(tmp_path_factory.mktemp("library")) as library:
        library.add(Document.from_text(TEXT, title="Jembatan Merah Putih ditutup", language="id"))
        yield library


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Kapan Jembatan Merah Putih diresmikan?", "4 April 2016"),
        ("Siapa kepala balai jalan?", "Nona Latuheru"),
        ("How many bolts have to be replaced?", "48"),
        ("How long is the bridge in metres?", "1.140"),
    ],
)
def test_it_finds_the_words_and_their_sentence(bridge: Library, question: str, words: str) -> None:
    hits = Retriever(bridge).search(question)
    best = TrainedReader().read(question, hits)[0]
    assert words in TEXT[best.answer.start : best.answer.end]
    assert words in TEXT[best.whole.start : best.whole.end]
    assert best.answer.end - best.answer.start < len(words) + 15


def test_what_answers_is_more_probable_than_what_does_not(bridge: Library) -> None:
    assistant = Assistant(bridge)
    answered = assistant.ask("Kapan Jembatan Merah Putih diresmikan?")
    off_topic = assistant.ask("Who won the badminton final in Birmingham?")
    assert answered.status == "answered"
    assert answered.quotes[0].is_verbatim(bridge.document(answered.quotes[0].document_id))
    assert off_topic.status != "answered"
    assert answered.confidence > off_topic.confidence


def test_a_library_of_another_model_is_read_by_sentences(
    bridge: Library, library: Library, articles: list[Document]
) -> None:
    library.add(articles[0])
    assert isinstance(default_reader(bridge), TrainedReader)
    assert isinstance(default_reader(library), SentenceReader)


def test_a_long_passage_is_read_in_windows() -> None:
    rain = "Pada hari itu hujan turun di pelabuhan dan kapal menunggu di luar teluk. "
    long = 30 * rain + "Nakhoda kapal itu bernama Frans Sahertian."
    document = Document.from_text(long, title="Kapal", language="id")
    passage = Passage(0, document.id, "id", 0, 0, len(long), long)
    hit = Hit(passage, document, 0.0, 0.0, 1, None, None)
    best = TrainedReader().read("Siapa nama nakhoda kapal itu?", [hit])[0]
    assert "Frans Sahertian" in long[best.answer.start : best.answer.end]
