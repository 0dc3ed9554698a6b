"""Whole evaluations over a small set: runs, resuming, scores, comparing, the report's values."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from kutip.evals.compare import GUARDED, GUARDED_LESS, TELLING, compare
from kutip.evals.feedback import question_lines
from kutip.evals.metrics.figure import is_time
from kutip.evals.metrics.meanings import APART, MEANINGS, MEANS
from kutip.evals.prediction import Place, Prediction, read_predictions, write_predictions
from kutip.evals.questions import Question, QuestionSet, evidence_spans
from kutip.evals.record import read_record, reader_name, write_record
from kutip.evals.report import report_html
from kutip.evals.reporting import HEADLINE, build_report
from kutip.evals.run import Task, run
from kutip.evals.scores import Scores, score, score_all
from kutip.evals.suite import evaluate, prepare
from kutip.evals.summary import bins, curve, items, summarise
from kutip.evals.systems import SYSTEMS, AbstainingSystem, AssistantSystem, make_system
from kutip.index import Document, FunctionEmbedder, Library
from kutip.index.errors import EvaluationError
from kutip.rag import Assistant
from kutip.rag.reader.trained import TrainedReader

TEXT = (
    "Gempa mengguncang Cianjur pada Senin siang. Ratusan rumah rusak berat.\n\n"
    "Warga mengungsi ke lapangan terdekat. Bantuan tiba pada malam hari."
)
DOCUMENT = Document.from_text(TEXT, title="Gempa", language="id")
FERRY = Document.from_text(
    "The ferry sank off Bali on Monday. Nobody was hurt, the port said.", language="en"
)
QUESTIONS = (
    Question("when", "id", "Kapan gempa mengguncang Cianjur?", ("Senin siang",), DOCUMENT.id,
             ("Gempa mengguncang Cianjur pada Senin siang.",), ("when",)),
    Question("where", "id", "Ke mana warga mengungsi?", ("lapangan terdekat",), DOCUMENT.id,
             ("Warga mengungsi ke lapangan terdekat.",), ("where",)),
    Question("ferry", "en", "Which day did the ferry sink off Bali?", ("Monday",), FERRY.id),
    Question("who", "id", "Siapa gubernur Jawa Barat?", (), DOCUMENT.id, (), ("near_miss",)),
)  # fmt: skip
SET = QuestionSet("small", {d.id: d for d in (DOCUMENT, FERRY)}, QUESTIONS)


def quiet(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


@pytest.fixture
def prepared(tmp_path: Path, embedder: FunctionEmbedder) -> Library:
    return prepare(SET, embedder, quiet, tmp_path / "cache")


def prediction(text: str, *quoted: str, status: str = "answered") -> Prediction:
    """What a system would say of DOCUMENT: these words, with these quotes."""
    places = tuple(Place(DOCUMENT.id, TEXT.index(q), TEXT.index(q) + len(q)) for q in quoted)
    start = TEXT.index(text) if text else None
    return Prediction(
        "when",
        "answered" if status == "answered" else "related",
        text,
        DOCUMENT.id if text else None,
        start,
        None if start is None else start + len(text),
        0.8,
        0.8,
        quotes=places,
    )


def test_scores_of_a_right_answer() -> None:
    found = score(QUESTIONS[0], DOCUMENT, prediction("Senin siang", QUESTIONS[0].evidence[0]))
    assert found["exact match"] == found["accepted"] == found["span"] == found["sentence"] == 1.0
    assert found["evidence precision"] == found["evidence recall"] == 1.0
    assert found["false answer"] is None


def test_scores_of_the_right_sentence_with_the_wrong_words() -> None:
    said = prediction("Cianjur", QUESTIONS[0].evidence[0], "Bantuan tiba pada malam hari.")
    found = score(QUESTIONS[0], DOCUMENT, said)
    assert (found["exact match"], found["span"], found["accepted"]) == (0.0, 0.0, 1.0)
    assert (found["evidence precision"], found["evidence recall"]) == (0.5, 1.0)


def test_the_same_words_elsewhere_are_not_the_answer() -> None:
    question = replace(QUESTIONS[0], answers=("pada",))
    found = score(question, DOCUMENT, prediction("pada malam", "Bantuan tiba pada malam hari."))
    assert found["accepted"] == found["right"] == 0.0


def test_a_related_answer_is_right_only_by_its_first_quote() -> None:
    first, second = QUESTIONS[0].evidence[0], "Bantuan tiba pada malam hari."
    found = score(QUESTIONS[0], DOCUMENT, prediction("", second, first, status="related"))
    assert (found["accepted"], found["right"], found["F1"]) == (1.0, 0.0, 0.0)


def test_an_unanswerable_question_that_is_answered() -> None:
    said = prediction("Senin siang", QUESTIONS[0].evidence[0])
    found = score(QUESTIONS[3], DOCUMENT, said)
    assert (found["exact match"], found["false answer"], found["accepted"]) == (0.0, 1.0, None)


def test_without_evidence_the_sentence_of_the_answer_counts() -> None:
    (span,) = evidence_spans(QUESTIONS[2], FERRY)
    assert FERRY.text[span.start : span.end] == "The ferry sank off Bali on Monday."


def test_every_quote_of_a_run_is_the_documents_own(prepared: Library) -> None:
    done = evaluate(Task(SET, "open", "kutip", 0), prepared, quiet, "test")
    quotes = [place for item in done.items for place in item.prediction.quotes]
    assert quotes
    for place in quotes:
        assert SET.documents[place.document].text[place.start : place.end].strip()
    found = {(figure.metric, figure.group): figure.value for figure in done.record.figures}
    assert found["verbatim quotes", "all"] == 1.0


def test_every_metric_is_explained_and_every_name_is_a_metric(prepared: Library) -> None:
    record = evaluate(Task(SET, "open", "kutip", 0), prepared, quiet, "test").record
    assert {figure.metric for figure in record.figures if not is_time(figure)} == set(MEANINGS)
    assert {*GUARDED, *GUARDED_LESS, *APART} <= set(MEANS)
    assert set(HEADLINE) <= set(MEANINGS)
    assert set(TELLING) <= set(record.settings)


def test_the_reader_is_named(prepared: Library, tmp_path: Path) -> None:
    # Not the default embedding model, so the trained reader cannot read.
    names = {name: reader_name(make_system(name, prepared)) for name in SYSTEMS}
    assert names["kutip"] == names["by-sentences"] == "SentenceReader"
    assert names["no-reader"] == "FirstPassageReader"
    assert names["abstain"] == names["random"] == "none"
    trained = AssistantSystem(Assistant(prepared, reader=TrainedReader()))
    assert re.fullmatch("TrainedReader [0-9a-f]{12}", reader_name(trained))


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("mode", ["open", "reading"])
def test_every_system_runs_the_same_way_twice(
    prepared: Library, tmp_path: Path, name: str, mode: str
) -> None:
    task = Task(SET, "reading" if mode == "reading" else "open", name, seed=7)
    first, second = (
        run(task, make_system(name, prepared, 7), quiet, tmp_path / "runs") for _ in range(2)
    )
    assert [p.id for p in first] == [question.id for question in QUESTIONS]
    assert [replace(p, milliseconds={}) for p in first] == [
        replace(p, milliseconds={}) for p in second
    ]
    if mode == "reading":
        places = [(q.document, place.document) for q, p in zip(QUESTIONS, first, strict=True)
                  for place in p.retrieved]  # fmt: skip
        assert all(own == found for own, found in places)


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    class Stopping(AbstainingSystem):
        asked: list[str]

        def predict(self, question: Question, document_id: str | None) -> Prediction:
            self.asked.append(question.id)
            if len(self.asked) == 3:
                raise KeyboardInterrupt
            return super().predict(question, document_id)

    task = Task(SET, "open", "stopping", 0)
    system = Stopping()
    system.asked = []
    with pytest.raises(KeyboardInterrupt):
        run(task, system, quiet, tmp_path)
    (partial,) = tmp_path.glob("run-*.jsonl")
    partial.write_text(partial.read_text("utf-8") + '{"id": "cut of', "utf-8")
    assert len(run(task, system, quiet, tmp_path)) == 4
    assert system.asked == ["when", "where", "ferry", "ferry", "who"]
    assert not list(tmp_path.glob("run-*"))


def test_other_documents_make_another_run(tmp_path: Path) -> None:
    class Stopping(AbstainingSystem):
        def predict(self, question: Question, document_id: str | None) -> Prediction:
            raise KeyboardInterrupt

    task = Task(SET, "open", "stopping", 0)
    fewer = replace(SET, documents={DOCUMENT.id: DOCUMENT})
    for each in (task, task, replace(task, questions=fewer)):
        with pytest.raises(KeyboardInterrupt):
            run(each, Stopping(), quiet, tmp_path)
    assert len(list(tmp_path.glob("run-*.jsonl"))) == 2


def test_a_run_is_stored_and_compared(prepared: Library, tmp_path: Path) -> None:
    good = evaluate(Task(SET, "open", "kutip", 0), prepared, quiet, "test").record
    write_record(tmp_path / "run.json", good)
    stored = read_record(tmp_path / "run.json")
    assert stored.settings == good.settings
    assert not compare(stored, good).is_worse
    # Forty questions that were right and are wrong now are more than chance.
    right = {f"q{n}": {"accepted": 1.0, "F1": 1.0, "false answer": None} for n in range(40)}
    wrong = {id_: scores | {"accepted": 0.0} for id_, scores in right.items()}
    before, after = replace(good, scores=right), replace(good, scores=wrong)
    comparison = compare(before, after)
    assert comparison.is_worse
    assert len(comparison.worse) == 40
    assert not compare(after, before).is_worse
    one = right | {"q0": right["q0"] | {"accepted": 0.0}}
    assert not compare(before, replace(good, scores=one)).is_worse
    # Of a single question no interval can be given.
    alone = compare(before, replace(good, scores={"q0": wrong["q0"]}))
    assert (alone.worse, alone.is_worse) == (("q0",), False)
    other = replace(good, settings=good.settings | {"reader": "another"})
    assert compare(good, other).settings == {"reader": (good.settings["reader"], "another")}
    with pytest.raises(EvaluationError, match="no question in common"):
        compare(before, replace(good, scores={"other": {}}))


def test_more_false_answers_are_worse(prepared: Library) -> None:
    record = evaluate(Task(SET, "open", "abstain", 0), prepared, quiet, "test").record
    silent: dict[str, Scores] = {f"q{n}": {"false answer": 0.0} for n in range(40)}
    loud: dict[str, Scores] = {f"q{n}": {"false answer": float(n < 20)} for n in range(40)}
    assert compare(replace(record, scores=silent), replace(record, scores=loud)).is_worse
    assert not compare(replace(record, scores=loud), replace(record, scores=silent)).is_worse


@pytest.mark.parametrize("content", ["", "[]", '{"version": 99}', '{"version": 1}'])
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match=r"run\.json is no stored run"):
        read_record(tmp_path / "run.json")


def test_predictions_go_through_their_file(tmp_path: Path) -> None:
    said = [prediction("Senin siang", QUESTIONS[0].evidence[0]), prediction("", status="related")]
    write_predictions(tmp_path / "p.jsonl", said)
    assert list(read_predictions(tmp_path / "p.jsonl")) == said
    (tmp_path / "p.jsonl").write_text('{"id": "when"}\n', "utf-8")
    with pytest.raises(EvaluationError, match="line 1"):
        list(read_predictions(tmp_path / "p.jsonl"))


def test_the_report_shows_what_was_measured(prepared: Library) -> None:
    done = evaluate(Task(SET, "open", "kutip", 0), prepared, quiet, "kutip eval")
    page = report_html(build_report(done, {"kutip": done}, SET))
    for question in QUESTIONS:
        assert question.question in page
    assert "kutip eval" in page


def test_questions_for_retrieval_alone_are_ranked_by_document() -> None:
    question = Question("q", "id", "Gempa?", (), DOCUMENT.id)
    judged = QuestionSet("beir", SET.documents, (question,), {"q": {DOCUMENT.id: 2}})
    said = Prediction(
        "q", "not_found", "", None, None, None, 0.0, 0.0,
        retrieved=(Place(FERRY.id, 0, 5), Place(DOCUMENT.id, 0, 5), Place(DOCUMENT.id, 6, 9)),
    )  # fmt: skip
    found = score_all(judged, {"q": said})["q"]
    assert (found["recall@1"], found["recall@5"], found["MRR@10"]) == (0.0, 1.0, 0.5)
    assert "exact match" not in found
    scored = items(judged, {"q": said}, {"q": found})
    # Nothing is known of its answers, so it is neither wrong nor a risk.
    assert (curve(scored), bins(scored)) == ([], [])
    assert {figure.metric for figure in summarise(scored)} == set(found)


def test_feedback_becomes_lines_for_a_person_to_check(tmp_path: Path) -> None:
    quote = {"document_id": DOCUMENT.id, "start": 0, "end": 43, "text": TEXT[:43]}
    lines = [
        {"question": "Kapan?", "language": "id", "verdict": "good", "text": "Senin",
         "quotes": [quote]},
        {"question": "Siapa?", "language": "id", "verdict": "wrong quote", "text": "x",
         "quotes": [quote], "comment": "bukan ini"},
        {"question": "Berapa?", "language": "id", "verdict": "good", "text": "",
         "quotes": [quote]},
    ]  # fmt: skip
    file = tmp_path / "feedback.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    good, wrong, declined = question_lines(file)
    assert (good["answers"], good["evidence"]) == (["Senin"], [TEXT[:43]])
    assert (wrong["answers"], wrong["evidence"]) == ([], [])
    # Passages that were shown as related prove no answer.
    assert (declined["answers"], declined["evidence"]) == ([], [])
    assert "bukan ini" in wrong["check"]
    file.write_text("{}\n", "utf-8")
    with pytest.raises(EvaluationError, match="line 1"):
        list(question_lines(file))
