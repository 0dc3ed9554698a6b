"""What is no question, and what is only half of one."""

import pytest

from kutip.rag.answer import Turn
from kutip.rag.followup import is_followup, with_context
from kutip.rag.smalltalk import smalltalk


@pytest.mark.parametrize(
    ("message", "kind", "language"),
    [
        ("Halo!", "hello", "id"),
        ("selamat pagi kak", "hello", "id"),
        ("Hi there", "hello", "en"),
        ("Good morning.", "hello", "en"),
        ("Terima kasih banyak 🙏", "thanks", "id"),
        ("makasih ya", "thanks", "id"),
        ("Thank you so much!", "thanks", "en"),
        ("bye", "bye", "en"),
    ],
)
def test_greetings_and_thanks_are_known(message: str, kind: str, language: str) -> None:
    assert smalltalk(message) == (kind, language)


@pytest.mark.parametrize(
    "message",
    [
        "Halo, kapan perjanjian itu diteken?",
        "Why did Putin thank Kim?",
        "Siapa yang mengucapkan terima kasih kepada Kim?",
        "Hi-tech apa yang dialihkan?",
        "1961",
    ],
)
def test_questions_are_not_taken_for_greetings(message: str) -> None:
    assert smalltalk(message) is None


HISTORY = (Turn("Apa isi perjanjian tahun 1961?"), Turn("Apa yang terjadi setelah 1991?"))


@pytest.mark.parametrize(
    "question",
    ["dan kapan itu diganti?", "and when was that replaced?", "kapan?", "Siapa penggantinya?"],
)
def test_a_follow_up_is_read_with_the_question_before_it(question: str) -> None:
    assert is_followup(question)
    assert with_context(question, HISTORY) == f"Apa yang terjadi setelah 1991? {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Kapan Putin terakhir kali berkunjung ke Korea Utara?",
        "What did the treaty of 2000 between Russia and North Korea replace?",
    ],
)
def test_a_whole_question_stands_alone(question: str) -> None:
    assert with_context(question, HISTORY) == question


def test_without_history_nothing_is_added() -> None:
    assert with_context("dan kapan itu diganti?", ()) == "dan kapan itu diganti?"
