"""Scores each question of a run by itself; None is 'not scored'.

It knows a question, what was predicted, and the documents; not which system predicted it.
"""

from collections.abc import Mapping, Sequence

from kutip.evals.metrics.retrieval import ranking_scores
from kutip.evals.metrics.text import exact_match, f1
from kutip.evals.prediction import Place, Prediction
from kutip.evals.questions import (
    Question,
    QuestionSet,
    answer_spans,
    evidence_spans,
    overlap,
)
from kutip.index.document import Document, Span
from kutip.index.sentences import sentences_within

Scores = dict[str, float | None]
GOOD_F1 = 0.5


def score_all(questions: QuestionSet, predictions: Mapping[str, Prediction]) -> dict[str, Scores]:
    """The scores of every question that has a prediction, by question id."""
    rankings = {}
    relevant: dict[str, Mapping[str, int]] = {}
    scores: dict[str, Scores] = {}
    for question in questions.questions:
        prediction = predictions.get(question.id)
        if prediction is None:
            continue
        if question.id in questions.relevant:
            relevant[question.id] = questions.relevant[question.id]
            rankings[question.id] = list(
                dict.fromkeys(place.document for place in prediction.retrieved)
            )
            scores[question.id] = {}
            continue
        document = questions.documents[question.document]
        scores[question.id] = score(question, document, prediction)
        if question.answerable and prediction.retrieved:
            relevant[question.id] = {ANSWER: 1}
            rankings[question.id] = _answer_ranking(question, document, prediction.retrieved)
    for id_, measures in ranking_scores(rankings, relevant).items():
        scores[id_] |= measures
    return scores


def score(question: Question, document: Document, prediction: Prediction) -> Scores:
    """The scores of one answer.

    `accepted`: an accepted answer stands in the answer's words or in a quote, also of a `related`
    answer. `right`: it stands in the words or in the first quote alone; never right where nothing
    answers. `span`: the words
    themselves match, with F1 of at least 0.5. `sentence`: the first quote holds a sentence of the
    evidence; `document`: it is of the right document. `false answer`: an unanswerable question was
    `answered`.
    """
    text = prediction.text if prediction.status == "answered" else ""
    scores: Scores = {
        "exact match": exact_match(text, question.answers),
        "F1": f1(text, question.answers),
        "verbatim quotes": _verbatim(prediction),
        "accepted": None,
        "right": 0.0,
        "span": None,
        "sentence": None,
        "document": None,
        "evidence precision": None,
        "evidence recall": None,
        "false answer": None,
    }
    if not question.answerable:
        scores["false answer"] = float(prediction.status == "answered")
        return scores
    words = _answer_place(prediction)
    answers = answer_spans(question, document)
    scores["accepted"] = _shows([*words, *prediction.quotes], question, answers)
    scores["right"] = _shows([*words, *prediction.quotes[:1]], question, answers)
    scores["document"] = float(
        any(place.document == question.document for place in prediction.quotes[:1])
    )
    scores["span"] = float(f1(text, question.answers) >= GOOD_F1)
    gold = evidence_spans(question, document)
    if gold:
        scores |= _evidence(gold, question, document, prediction)
    return scores


def is_right(scores: Scores) -> bool:
    """Whether what was shown first answers the question: never, where nothing answers it."""
    return scores.get("right") == 1.0


ANSWER = "answer"


def _answer_ranking(
    question: Question, document: Document, retrieved: Sequence[Place]
) -> list[str]:
    """The ranking as items: `ANSWER` at the first passage that holds one."""
    spans = answer_spans(question, document)
    items: list[str] = []
    for number, place in enumerate(retrieved):
        holds = place.document == question.document and any(
            place.start <= start and end <= place.end for start, end in spans
        )
        items.append(ANSWER if holds and ANSWER not in items else str(number))
    return items


def _shows(places: Sequence[Place], question: Question, answers: Sequence[Span]) -> float:
    """1.0 where an answer stands inside one of the places."""
    return float(
        any(
            place.document == question.document and place.start <= start and end <= place.end
            for place in places
            for start, end in answers
        )
    )


def _verbatim(prediction: Prediction) -> float | None:
    total = len(prediction.quotes) + prediction.unverified
    return len(prediction.quotes) / total if total else None


def _answer_place(prediction: Prediction) -> list[Place]:
    if prediction.document is None or prediction.start is None or prediction.end is None:
        return []
    return [Place(prediction.document, prediction.start, prediction.end)]


def _evidence(
    gold: Sequence[Span], question: Question, document: Document, prediction: Prediction
) -> Scores:
    """Precision and recall of the quoted sentences, and whether the first quote is right."""
    quoted: list[tuple[bool, Span]] = []
    for place in prediction.quotes:
        if place.document != question.document:
            quoted.append((False, Span(0, 0)))
            continue
        quoted.extend(
            (any(overlap(sentence, span) for span in gold), sentence)
            for sentence in sentences_within(document, Span(place.start, place.end))
        )
    found = sum(any(overlap(span, sentence) for _, sentence in quoted) for span in gold)
    first = prediction.quotes[:1]
    return {
        "sentence": float(
            any(
                place.document == question.document and overlap(Span(place.start, place.end), span)
                for place in first
                for span in gold
            )
        ),
        "evidence precision": sum(right for right, _ in quoted) / len(quoted) if quoted else None,
        "evidence recall": found / len(gold),
    }
