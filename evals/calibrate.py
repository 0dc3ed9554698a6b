"""Fits the probabilities of the sentence reader on training articles, never on development ones.

`python -m kutip.evals.calibrate` prints the coefficients for `kutip.rag.sentence_reader` and the
risk at each threshold, by cross-validation over articles.
"""

import sys

import numpy as np
from rich.console import Console
from rich.table import Table

from kutip.evals.adapters import load_questions
from kutip.evals.questions import evidence_spans, overlap
from kutip.evals.run import eval_library
from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.language import LANGUAGES
from kutip.index.snapshot import Filter
from kutip.rag.assistant import READ_PASSAGES
from kutip.rag.retriever import Retriever
from kutip.rag.sentence_reader import Features, SentenceReader

ARTICLES = 40
FOLDS = 5
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)


def main(path: str = "evals/news_qa/train.jsonl") -> None:
    """Fit and print."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict

    console = Console()
    questions = load_questions(path, format="news")
    documents = list(questions.documents.values())[:ARTICLES]
    library = eval_library(documents, SentenceTransformerEmbedder(), _quiet)
    retriever = Retriever(library)
    with library.snapshot() as snapshot:
        background = {language: snapshot.background(language) for language in LANGUAGES}
    reader = SentenceReader(library.embedder, background)
    rows: list[list[float]] = []
    right: list[bool] = []
    answerable: list[bool] = []
    articles: list[str] = []
    kept = {document.id: document for document in documents}
    for question in questions.questions:
        if question.document not in kept:
            continue
        # Half of the questions are asked of their own article, half of all.
        own = Filter(documents=frozenset([question.document])) if len(rows) % 2 else None
        hits = retriever.search(question.question, READ_PASSAGES, where=own)
        passages = [hit.passage for hit in hits]
        features = reader.features(question.question, passages)
        best = reader.read(question.question, passages)[0]
        gold = evidence_spans(question, kept[question.document])
        if features is None:
            continue
        rows.append(_row(features))
        in_article = best.passage.document_id == question.document
        right.append(in_article and any(overlap(best.answer, span) for span in gold))
        answerable.append(question.answerable)
        articles.append(question.document)
    inputs, labels = np.array(rows), np.array(right)
    model = LogisticRegression(C=1.0, max_iter=1_000)
    folds = GroupKFold(FOLDS)
    predicted = cross_val_predict(
        model, inputs, labels, groups=articles, cv=folds, method="predict_proba"
    )[:, 1]
    model.fit(inputs, labels)
    console.print(f"{len(labels)} questions on {len(kept)} articles, {labels.mean():.3f} right")
    values = ", ".join(f"{value:.3f}" for value in [model.intercept_[0], *model.coef_[0]])
    console.print(f"CALIBRATION = Calibration({values})")
    console.print(_risks(predicted, labels, np.array(answerable)))


def _row(features: Features) -> list[float]:
    return [features.standard, features.margin, features.foreign, features.missing_number]


def _risks(
    predicted: np.ndarray[tuple[int], np.dtype[np.float64]],
    right: np.ndarray[tuple[int], np.dtype[np.bool_]],
    answerable: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> Table:
    table = Table("threshold", "answered", "right if answered", "unanswerable answered")
    for threshold in THRESHOLDS:
        given = predicted >= threshold
        table.add_row(
            f"{threshold:.2f}",
            f"{given.mean():.3f}",
            f"{right[given].mean():.3f}" if given.any() else "none",
            f"{given[~answerable].mean():.3f}",
        )
    return table


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


if __name__ == "__main__":
    main(*sys.argv[1:])
