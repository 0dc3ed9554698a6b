"""How a question set is found, told from others, translated and sampled."""

import json
from pathlib import Path

import pytest

from kutip.evals.adapters import load_questions
from kutip.evals.adapters.load import detect_format
from kutip.index.errors import EvaluationError

BUNDLED = Path(__file__).resolve().parents[2] / "evals" / "questions"


def write(path: Path, value: object) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def two_questions(folder: Path) -> Path:
    tuesday = {"text": "Selasa", "answer_start": 26}
    asked = [
        {"id": "a", "question": "Kapan dibuka?", "answers": [tuesday]},
        {"id": "b", "question": "Siapa yang membukanya?", "answers": []},
    ]
    return write(
        folder / "set.json", [{"context": "Jembatan dibuka pada hari Selasa.", "qas": asked}]
    )


@pytest.mark.parametrize("name", ["set.txt", "set.json", "set.jsonl"])
def test_unknown_format(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"text": "neither"})
    with pytest.raises(EvaluationError, match="in no known format, expected one of kutip, news"):
        load_questions(path)
    with pytest.raises(EvaluationError, match="in no known format"):
        load_questions(tmp_path)


def test_folder_of_news_is_no_set(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", {"questions": []})
    assert detect_format(tmp_path / "train.jsonl") == "news"
    with pytest.raises(EvaluationError, match="in no known format"):
        detect_format(tmp_path)


def test_bad_options(tmp_path: Path) -> None:
    path = two_questions(tmp_path)
    with pytest.raises(EvaluationError, match=r"nowhere\.json does not exist"):
        load_questions(tmp_path / "nowhere.json")
    with pytest.raises(EvaluationError, match="no format 'xml', expected auto or one of kutip"):
        load_questions(path, format="xml")
    with pytest.raises(EvaluationError, match="limit is 0, expected 1 or more"):
        load_questions(path, limit=0)
    with pytest.raises(EvaluationError, match="holds no question"):
        load_questions(write(path, []))


def test_bad_files(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"set\.json, line 2, is not JSON"):
        load_questions(write(tmp_path / "set.json", "[\n{]"))
    article = json.dumps({"text": "Jembatan dibuka.", "title": "Jembatan", "questions": []})
    path = write(tmp_path / "set.jsonl", f"{article}\n\n{{]")
    with pytest.raises(EvaluationError, match=r"set\.jsonl, line 3, is not JSON"):
        load_questions(path)
    path.write_bytes('{"question": "Où ?"}'.encode("latin-1"))
    with pytest.raises(EvaluationError, match=r"set\.jsonl is not UTF-8 at byte 15"):
        load_questions(path)


def test_questions_map(tmp_path: Path) -> None:
    # Alone "Selasa?" has another language; the map as a whole tells.
    texts = {"a": "Selasa?", "x": "When was it opened?", "y": "What did the bridge cost?"}
    questions = load_questions(
        two_questions(tmp_path), questions_map=write(tmp_path / "english.json", texts)
    )
    (only,) = questions.questions
    assert (only.id, only.question, only.language) == ("a", "Selasa?", "en")
    assert questions.name == f"{tmp_path.name}-set+english"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"other": "When?"}, "holds none of the 2 questions of .*such as 'a'"),
        ({"a": 5}, "'a' is 5, expected text"),
        ({"a": " "}, "has an empty 'a'"),
        (["When?"], r"is \['When\?'\], expected an object"),
    ],
)
def test_bad_questions_map(tmp_path: Path, texts: object, message: str) -> None:
    path = two_questions(tmp_path)
    with pytest.raises(EvaluationError, match=rf"map\.json,? {message}"):
        load_questions(path, questions_map=write(tmp_path / "map.json", texts))


def test_limit() -> None:
    everything = load_questions(BUNDLED)
    some = load_questions(BUNDLED, limit=20, seed=3)
    assert len(some.questions) == 20
    assert [each for each in everything.questions if each in some.questions] == [*some.questions]
    assert some.documents == everything.documents
    assert some == load_questions(BUNDLED, limit=20, seed=3)
    assert some != load_questions(BUNDLED, limit=20, seed=4)
    assert load_questions(BUNDLED, limit=10_000) == everything
