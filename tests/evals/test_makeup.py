"""The table of what a question set is made of."""

from pathlib import Path

import pytest

from kutip.evals.adapters import load_questions
from kutip.evals.makeup import LISTED, main, makeup, makeup_table
from kutip.evals.questions import Question, QuestionSet
from kutip.index.document import Document

BUNDLED = Path(__file__).resolve().parents[2] / "evals" / "questions"


def many_documents(count: int) -> QuestionSet:
    documents = [Document.from_text(f"Jembatan [b]{number}[/b] dibuka.") for number in range(count)]
    questions = tuple(Question(each.title, "id", "Kapan?", (), each.id) for each in documents)
    relevant = {questions[0].id: {documents[0].id: 1}}
    return QuestionSet("many", {each.id: each for each in documents}, questions, relevant)


def test_counts() -> None:
    questions = load_questions(BUNDLED)
    counts = makeup(questions)
    assert list(counts) == ["document", "language", "answerable", "tag"]
    for name in ("document", "language", "answerable"):
        assert counts[name].total() == len(questions.questions)
    assert counts["answerable"]["yes"] == sum(each.answerable for each in questions.questions)


def test_the_bundled_set_is_what_was_promised() -> None:
    counts = makeup(load_questions(BUNDLED))
    assert counts["language"].total() >= 200
    assert abs(counts["language"]["Indonesian"] - counts["language"]["English"]) <= 20
    assert counts["answerable"]["no"] >= 60
    assert len(counts["document"]) >= 3
    wanted = {
        "who", "when", "where", "why", "how", "list", "number", "quote", "yes_no", "near_miss",
        "off_topic", "typo", "informal", "code_switched", "follow_up", "two_sentences",
    }  # fmt: skip
    assert wanted <= set(counts["tag"])


def test_relevance_alone_does_not_tell() -> None:
    assert makeup(many_documents(3))["answerable"] == {"not told": 1, "no": 2}


def test_a_long_list_is_cut() -> None:
    cells = [str(cell) for cell in makeup_table(many_documents(LISTED + 5)).columns[1].cells]
    assert cells[0] == "Jembatan [b]0[/b] dibuka."
    assert cells[LISTED] == "5 more"


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "near_miss" in capsys.readouterr().out
    assert main(["nowhere"]) == 1
    assert "nowhere does not exist" in capsys.readouterr().err
