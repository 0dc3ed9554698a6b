"""Indonesian or English, and the default where a text does not tell."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kutip.index.language import LANGUAGES, Language, detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Presiden menandatangani perjanjian itu di Pyongyang pada hari Rabu.", "id"),
        ("Siapa yang memimpin rapat itu?", "id"),
        ("Berapa korban gempa di Cianjur?", "id"),
        ("The president signed the treaty in Pyongyang on Wednesday.", "en"),
        ("Who chaired the meeting?", "en"),
        ("How many people died in the earthquake?", "en"),
    ],
)
def test_news_and_questions(text: str, language: Language) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "2024", "10.30 – 3,5 %", "?!", "\U0001f600"])
@pytest.mark.parametrize("default", LANGUAGES)
def test_text_without_letters_gets_the_default(text: str, default: Language) -> None:
    assert detect_language(text, default) == default


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    indonesian = "Pemerintah menaikkan tarif listrik mulai hari Senin pekan depan. " * 40
    assert len(indonesian) > 2_000
    assert detect_language(indonesian + "The bank raised rates on Monday. " * 400) == "id"


@pytest.mark.parametrize(
    "text", ["Le président a signé le traité mercredi.", "这是一个新闻", "مرحبا"]
)
def test_other_languages_get_one_of_the_two(text: str) -> None:
    assert detect_language(text) in LANGUAGES


def test_threads_agree() -> None:
    texts = ["Siapa presiden itu sekarang?", "Who is the president now?"] * 50
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(detect_language, texts)) == ["id", "en"] * 50
