"""Fits how sure the reader is, on development articles that are kept for this alone.

`python -m kutip.evals.calibrate FILE …` prints the `Calibration` for `kutip.rag.reader.calibration`
and, by cross-validation over articles, the risk at each threshold and language pair, from which the
thresholds of `kutip.rag.composer` are read. With `--reading FILE[+MAP]`, half of the documents of
an encyclopedic set are read too, each question with its own: there, near misses are nearer.
"""

import argparse
import hashlib
import random
import sys
from dataclasses import dataclass, replace
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
from kutip.index.snapshot import Filter
from kutip.rag.assistant import READ_PASSAGES
from kutip.rag.composer import LEAST
from kutip.rag.reader.calibration import FEATURES, Calibration, features
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


def collect_reading(source: str, reader: TrainedReader, passages: int) -> list[Row]:
    """The rows of the questions on half of a set's documents.

    `source` is a file and perhaps, after a plus, its `--questions-map`.
    """
    path, _, questions_map = source.partition("+")
    loaded = load_questions(path, questions_map=questions_map or None)
    library = eval_library(list(loaded.documents.values()), SentenceTransformerEmbedder(), _quiet)
    retriever = Retriever(library)
    rows: list[Row] = []
    for number, question in enumerate(loaded.questions):
        if int(hashlib.sha256(question.document.encode()).hexdigest(), 16) % 2:
            continue
        where = Filter(documents=frozenset([question.document]))
        hits = retriever.search(question.question, passages, where=where)
        rows += _rows(number, question, loaded.documents[question.document], hits, reader)
    return [replace(row, pair=f"{row.pair}, reading") for row in rows]


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
    parser = argparse.ArgumentParser(description="Calibrate the reader.")
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--reading", action="append", default=[], metavar="FILE[+MAP]")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--passages", type=int, default=READ_PASSAGES)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    console = Console()
    reader = TrainedReader(options.weights)
    rows = collect(options.data, reader, options.passages, options.limit)
    calibration, best, predicted = fit_words(rows)
    console.print(f"CALIBRATION = {calibration}  # {FEATURES}")
    for source in options.reading:
        own = collect_reading(source, reader, options.passages)
        scores = [calibration.score(row.values) for row in own]
        chosen = best_of_each(own, scores)
        best += [own[number] for number in chosen]
        predicted += [calibration.probability(scores[number]) for number in chosen]
    answerable, there = fit_answerable(best)
    console.print(f"ANSWERABLE = {answerable}")
    for pair in ["all", *sorted({row.pair for row in best})]:
        some = [number for number, row in enumerate(best) if pair in ("all", row.pair)]
        console.print(
            risks(pair, [best[n] for n in some], np.array(predicted)[some], np.array(there)[some])
        )


def fit_words(rows: list[Row]) -> tuple[Calibration, list[Row], list[float]]:
    """How right a sentence's words are; the best row of each question, and its probability.

    In two steps: which sentence is the best, from all; then how sure, from the best alone. The
    probabilities are those of articles that were left out of the fit.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict

    inputs = np.array([row.values for row in rows])
    labels = np.array([row.right for row in rows])
    articles = np.array([row.article for row in rows])
    folds = GroupKFold(FOLDS)
    ranking, scaling = LogisticRegression(max_iter=1_000), LogisticRegression(C=100.0)
    ranked = cross_val_predict(
        ranking, inputs, labels, groups=articles, cv=folds, method="decision_function"
    )
    chosen = best_of_each(rows, ranked.tolist())
    scores = ranked[chosen][:, None]
    some = articles[chosen]
    predicted = cross_val_predict(
        scaling, scores, labels[chosen], groups=some, cv=folds, method="predict_proba"
    )[:, 1]
    ranking.fit(inputs, labels)
    scaling.fit(scores, labels[chosen])
    scale, shift = scaling.coef_[0][0], scaling.intercept_[0]
    calibration = _rounded(shift + scale * ranking.intercept_[0], scale * ranking.coef_[0])
    return calibration, [rows[number] for number in chosen], predicted.tolist()


def fit_answerable(best: list[Row]) -> tuple[Calibration, list[float]]:
    """Whether there is an answer at all: another question, with another best use of the same.

    The retriever's score is left out: inside one document of a large library it means another
    thing than in a small one.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict

    inputs = np.array([row.values for row in best])
    inputs[:, FEATURES.index("retrieval")] = 0.0
    labels = np.array([row.answerable for row in best])
    articles = np.array([row.article for row in best])
    telling = LogisticRegression(max_iter=1_000)
    there = cross_val_predict(
        telling, inputs, labels, groups=articles, cv=GroupKFold(FOLDS), method="predict_proba"
    )[:, 1]
    telling.fit(inputs, labels)
    return _rounded(telling.intercept_[0], telling.coef_[0]), there.tolist()


def best_of_each(rows: list[Row], scores: list[float]) -> list[int]:
    """The row with the highest score of each question, as numbers, in order of the questions."""
    best: dict[int, int] = {}
    for number, row in enumerate(rows):
        if row.question not in best or scores[number] > scores[best[row.question]]:
            best[row.question] = number
    return list(best.values())


def _rounded(intercept: float, weights: np.ndarray) -> Calibration:
    return Calibration(
        round(float(intercept), 3), tuple(round(float(weight), 3) for weight in weights)
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
