"""Fills the report page's plain values from a finished evaluation."""

from collections.abc import Mapping
from datetime import datetime

from kutip.evals.metrics.figure import is_time
from kutip.evals.metrics.meanings import MEANINGS
from kutip.evals.prediction import Place
from kutip.evals.questions import Question, QuestionSet, answer_spans
from kutip.evals.report.model import Excerpt, Report, Row
from kutip.evals.scores import is_right
from kutip.evals.suite import Evaluation
from kutip.evals.summary import Item, bins, curve, judged
from kutip.index.document import Document, Span

HEADLINE = ("accepted", "false answer", "sentence", "F1", "recall@5", "verbatim quotes")
# Long documents are shown from this many characters before what matters to as many after.
AROUND = 1_200


def build_report(
    main: Evaluation, others: Mapping[str, Evaluation], questions: QuestionSet
) -> Report:
    """The report of one run, with the curves of the systems beside it."""
    settings = main.record.settings
    times: dict[str, list[float]] = {}
    for item in main.items:
        for step, milliseconds in item.prediction.milliseconds.items():
            times.setdefault(step, []).append(milliseconds)
    return Report(
        title="How far to trust the answers",
        suite=settings["suite"],
        mode=settings["mode"],
        made_at=f"{datetime.fromisoformat(settings['made']):%Y-%m-%d %H:%M %Z}",
        settings=settings,
        figures=[figure for figure in main.record.figures if not is_time(figure)],
        risk_coverage={name: curve(other.items) for name, other in others.items()},
        reliability=bins(main.items),
        latency=times,
        rows=[_row(item, questions) for item in judged(main.items)],
        headline=HEADLINE,
        meanings=MEANINGS,
    )


def _row(item: Item, questions: QuestionSet) -> Row:
    question, prediction = item.question, item.prediction
    document = questions.documents[question.document]
    # Only what was given as the answer can be right; of `related` passages no claim is made.
    answered = prediction.status == "answered"
    right = answered and is_right(item.scores) if question.answerable else not answered
    places: dict[str, list[Place]] = {question.document: []}
    for quote in prediction.quotes:
        places.setdefault(quote.document, []).append(quote)
    return Row(
        id=question.id,
        language=question.language,
        document_language=document.language,
        question=question.question,
        answerable=question.answerable,
        expected=question.answers,
        got=prediction.text,
        status=prediction.status,
        confidence=prediction.confidence,
        em=item.scores.get("exact match"),
        f1=item.scores.get("F1"),
        right=right,
        tags=question.tags,
        history=tuple(turn.question for turn in question.history),
        excerpts=tuple(
            _excerpt(question, questions.documents[id_], quotes, item)
            for id_, quotes in places.items()
            if id_ in questions.documents
        ),
    )


def _excerpt(question: Question, document: Document, quotes: list[Place], item: Item) -> Excerpt:
    """The document, or the part of a long one that holds the quotes and the answers."""
    expected = answer_spans(question, document) if document.id == question.document else []
    spans = [Span(quote.start, quote.end) for quote in quotes]
    shown = [*spans, *expected]
    first = max(0, min((span.start for span in shown), default=0) - AROUND)
    last = max((span.end for span in shown), default=0) + AROUND
    prediction = item.prediction
    mark = None
    if prediction.document == document.id and prediction.start is not None and prediction.end:
        mark = Span(prediction.start - first, prediction.end - first)
    return Excerpt(
        title=document.title,
        language=document.language,
        text=document.text[first:last],
        quotes=tuple(Span(start - first, end - first) for start, end in spans),
        mark=mark,
        expected=tuple(Span(start - first, end - first) for start, end in expected),
    )
