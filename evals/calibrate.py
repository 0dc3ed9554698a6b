"""Fits how sure the reader is, on development articles that are kept for this alone.

`python -m kutip.evals.calibrate FILE …` prints the `Calibration` for `kutip.rag.reader.calibration`
and, by cross-validation over articles, the risk at each threshold and language pair, from which the
thresholds of `kutip.rag.composer` are read.
"""

import argparse
import random
import sys
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from kutip.evals.adapters import load_questions
from kutip.evals.metrics.text import f1
from kutip.evals.questions import Question, answer_spans, holds_answer
from kutip.evals.run import eval_library
from kutip.evals.scores import GOOD_F1
from kutip.index.document import Document
from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.language import detect_language
from kutip.rag.assistant import READ_PASSAGES
from kutip.rag.composer import LEAST
from kutip.rag.reader.calibration import FEATURES, features
from kutip.rag.reader.decode import Found
from kutip.rag.reader.trained import TrainedReader
from kutip.rag.retriever import Hit, Retriever

FOLDS = 5
SEED = 3
SMALL_LIBRARIES = (1, 1, 1, 2, 3, 5)
"""The numbers of articles of small libraries, in turn."""
CANDIDATES = 20
FEWEST = 3
"""The most passages of a short article."""
THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.82, 0.85, 0.9)


@dataclass(frozen=True, slots=True)
class Row:
    """The best span of one sentence: what was seen of it, and whether it answers."""

    question: int
    article: str
    pair: str
    answerable: bool
    values: tuple[float, ...]
    right: bool


def collect(
    paths: list[Path], reader: TrainedReader, passages: int, limit: int | None
) -> list[Row]:
    """The rows of all questions, or `limit` of each file.

    Every other one is asked of all articles together, the others of small libraries: a passage's
    retrieval score depends on what it stands beside, and many people have one article. These are
    read once more with few passages, as a short article has.
    """
    sets = [load_questions(path, limit=limit) for path in paths]
    documents = {id_: document for part in sets for id_, document in part.documents.items()}
    questions = [question for part in sets for question in part.questions]
    embedder = SentenceTransformerEmbedder()
    all_together = Retriever(eval_library(list(documents.values()), embedder, _quiet))
    small = _small_retrievers(documents, embedder)
    rows: list[Row] = []
    for number, question in enumerate(questions):
        retriever = all_together if number % 2 else small[question.document]
        hits = retriever.search(question.question, CANDIDATES)
        own = documents[question.document]
        rows += _rows(2 * number, question, own, hits[:passages], reader)
        if number % 2 == 0:
            few = _few(hits, 1 + number // 2 % FEWEST, question, own)
            rows += _rows(2 * number + 1, question, own, few, reader)
    return rows


def _rows(
    number: int, question: Question, own: Document, hits: list[Hit], reader: TrainedReader
) -> list[Row]:
    """A row for each sentence of the passages read."""
    language = detect_language(question.question)
    return [
        Row(
            number,
            question.document,
            f"{question.language} → {hits[found.passage].passage.language}",
            question.answerable,
            features(found, hits, language),
            hits[found.passage].document.id == own.id
            and _is_right(found, hits[found.passage], question, own),
        )
        for found in reader.find(question.question, hits)
    ]


def _few(hits: list[Hit], count: int, question: Question, own: Document) -> list[Hit]:
    """The first hits, the last of them one that holds the answer where none else does."""
    holding = [hit for hit in hits if holds_answer(question, own, hit.passage)]
    few = hits[:count]
    if question.answerable and holding and not any(hit in few for hit in holding):
        few[-1] = holding[0]
    return few


def _small_retrievers(
    documents: dict[str, Document], embedder: SentenceTransformerEmbedder
) -> dict[str, Retriever]:
    """For each article the retriever of a library of one to five, itself among them."""
    left = list(documents)
    random.Random(SEED).shuffle(left)
    retrievers: dict[str, Retriever] = {}
    for size in cycle(SMALL_LIBRARIES):
        if not left:
            return retrievers
        some, left = left[:size], left[size:]
        library = eval_library([documents[id_] for id_ in some], embedder, _quiet)
        retrievers |= dict.fromkeys(some, Retriever(library))
    return retrievers


def _is_right(found: Found, hit: Hit, question: Question, document: Document) -> bool:
    """Whether an accepted answer stands in the sentence, or the words match one in its place."""
    first = hit.passage.start
    words = hit.passage.text[found.answer.start : found.answer.end]
    for start, end in answer_spans(question, document):
        if first + found.sentence.start <= start and end <= first + found.sentence.end:
            return True
        touching = start < first + found.answer.end and first + found.answer.start < end
        if touching and f1(words, question.answers) >= GOOD_F1:
            return True
    return False


def main() -> None:
    """Fit and print."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict

    parser = argparse.ArgumentParser(description="Calibrate the reader.")
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--passages", type=int, default=READ_PASSAGES)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    console = Console()
    rows = collect(options.data, TrainedReader(options.weights), options.passages, options.limit)
    inputs = np.array([row.values for row in rows])
    labels = np.array([row.right for row in rows])
    articles = np.array([row.article for row in rows])
    # In two steps: which sentence is the best, from all; then how sure, from the best alone.
    ranking = LogisticRegression(max_iter=1_000)
    ranked = cross_val_predict(
        ranking, inputs, labels, groups=articles, cv=GroupKFold(FOLDS), method="decision_function"
    )
    best: dict[int, int] = {}
    for number, row in enumerate(rows):
        if row.question not in best or ranked[number] > ranked[best[row.question]]:
            best[row.question] = number
    chosen = np.array(list(best.values()))
    scaling = LogisticRegression(C=100.0)
    scores = ranked[chosen][:, None]
    predicted = cross_val_predict(
        scaling,
        scores,
        labels[chosen],
        groups=articles[chosen],
        cv=GroupKFold(FOLDS),
        method="predict_proba",
    )[:, 1]
    ranking.fit(inputs, labels)
    scaling.fit(scores, labels[chosen])
    scale, shift = scaling.coef_[0][0], scaling.intercept_[0]
    weights = ", ".join(f"{scale * value:.3f}" for value in ranking.coef_[0])
    intercept = shift + scale * ranking.intercept_[0]
    console.print(f"CALIBRATION = Calibration({intercept:.3f}, ({weights}))  # {FEATURES}")
    # Whether there is an answer at all is another question, with another best use of the same.
    answerable = np.array([row.answerable for row in rows])
    telling = LogisticRegression(max_iter=1_000).fit(inputs[chosen], answerable[chosen])
    weights = ", ".join(f"{value:.3f}" for value in telling.coef_[0])
    console.print(f"ANSWERABLE = Calibration({telling.intercept_[0]:.3f}, ({weights}))")
    there = cross_val_predict(
        LogisticRegression(max_iter=1_000),
        inputs[chosen],
        answerable[chosen],
        groups=articles[chosen],
        cv=GroupKFold(FOLDS),
        method="predict_proba",
    )[:, 1]
    best_rows = [rows[number] for number in chosen]
    for pair in ["all", *sorted({row.pair for row in rows})]:
        some = [number for number, row in enumerate(best_rows) if pair in ("all", row.pair)]
        console.print(
            risks(pair, [best_rows[number] for number in some], predicted[some], there[some])
        )


def risks(pair: str, rows: list[Row], predicted: np.ndarray, there: np.ndarray) -> Table:
    """What each threshold of the composer would do to the questions of a pair."""
    from sklearn.metrics import roc_auc_score

    right = np.array([row.right for row in rows])
    answerable = np.array([row.answerable for row in rows])
    auc = roc_auc_score(answerable, there)
    title = f"{pair}: {len(rows)} questions, {right.mean():.3f} right, AUC answerable {auc:.3f}"
    table = Table(
        "threshold", "answered", "right if answered", "unanswerable answered", title=title
    )
    for threshold in THRESHOLDS:
        given = (there >= threshold) & (predicted >= LEAST)
        table.add_row(
            f"{threshold:.2f}",
            f"{given.mean():.3f}",
            f"{right[given].mean():.3f}" if given.any() else "none",
            f"{given[~answerable].mean():.3f}",
        )
    return table


def _quiet(what: str, done: int, total: int) -> None:
    """Show a count on the error stream now and then."""
    if done % 50 == 0:
        sys.stderr.write(f"{what}: {done} of {total}\n")


if __name__ == "__main__":
    main()
