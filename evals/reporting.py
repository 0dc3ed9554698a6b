"""Fills the report page's plain values from a finished evaluation."""

from collections.abc import Mapping

from kutip.evals.metrics import figure as measured
from kutip.evals.metrics.figure import is_time
from kutip.evals.prediction import Place
from kutip.evals.questions import Question, QuestionSet, answer_spans
from kutip.evals.report.model import TAG, Bin, Excerpt, Figure, Report, Row
from kutip.evals.scores import is_right
from kutip.evals.suite import Evaluation
from kutip.evals.summary import Item, bins, curve
from kutip.index.document import Document, Span

MEANINGS = {
    "exact match": "The answer's words equal an accepted answer (SQuAD 2.0; abstaining is right "
    "where nothing answers).",
    "F1": "Words shared with the nearest accepted answer (SQuAD 2.0).",
    "accepted": "An accepted answer stands in the answer's words or in a quote, also where it was "
    "only given as related; answerable ones.",
    "span": "The answer's words match an accepted answer with F1 of 0.5 or more; answerable ones.",
    "sentence": "The first quote holds a sentence that proves the answer; answerable ones.",
    "document": "The first quote is of the right article; answerable ones.",
    "evidence precision": "The share of quoted sentences that prove the answer.",
    "evidence recall": "The share of the proving sentences that were quoted.",
    "false answer": "Unanswerable questions that were answered all the same; less is better.",
    "verbatim quotes": "Quotes that stand in their article to the letter; must be all.",
    "abstention precision": "Of the questions not answered, those that nothing answers.",
    "abstention recall": "Of the questions that nothing answers, those not answered.",
    "AUC answerable": "The chance that an answerable question gets the higher probability.",
    "AURC": "Mean risk over all coverages; less is better.",
    "calibration error": "Mean distance of confidence from being right; less is better.",
    "recall@1": "The answer stands in the first passage found.",
    "recall@5": "The answer stands in the first five passages found.",
    "recall@20": "The answer stands in the first twenty passages found.",
}
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
        made_at=settings["made"],
        settings=settings,
        figures=[_figure(figure) for figure in main.record.figures if not is_time(figure)],
        risk_coverage={name: curve(other.items) for name, other in others.items() if other.items},
        reliability=[Bin(b.low, b.high, b.confidence, b.right, b.count) for b in bins(main.items)],
        latency=times,
        rows=[_row(item, questions) for item in main.items if item.scores.get("F1") is not None],
        headline=HEADLINE,
        meanings=MEANINGS,
    )


def _figure(figure: measured.Figure) -> Figure:
    """A figure for the page; one without any variation has an interval of no width."""
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    group = figure.group.replace("tag: ", TAG)
    return Figure(figure.metric, group, figure.value, low, high, figure.count)


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
