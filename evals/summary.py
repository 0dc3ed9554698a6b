"""From the scores of single questions to figures by group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kutip.evals.metrics.abstention import (
    Bin,
    area,
    calibration_error,
    reliability,
    risk_coverage,
    roc_auc,
)
from kutip.evals.metrics.figure import ALL, TAG, Figure, mean_figure, statistic_figure
from kutip.evals.metrics.meanings import APART, MEANS
from kutip.evals.prediction import Prediction
from kutip.evals.questions import Question, QuestionSet
from kutip.evals.scores import Scores, is_right


@dataclass(frozen=True, slots=True)
class Item:
    """A question with what was predicted and how it scored."""

    question: Question
    pair: str
    prediction: Prediction
    scores: Scores


def items(
    questions: QuestionSet, predictions: Mapping[str, Prediction], scores: Mapping[str, Scores]
) -> list[Item]:
    """The scored questions, in the order of the set."""
    return [
        Item(
            question,
            f"{question.language} → {questions.documents[question.document].language}"
            if question.document in questions.documents
            else question.language,
            predictions[question.id],
            scores[question.id],
        )
        for question in questions.questions
        if question.id in scores
    ]


def groups(scored: Sequence[Item]) -> dict[str, list[Item]]:
    """All, then by the question's language, by language pair and by tag."""
    found: dict[str, list[Item]] = {ALL: list(scored)}
    languages = sorted({item.question.language for item in scored})
    for language in languages if len(languages) > 1 else ():
        found[f"asked in {language}"] = [i for i in scored if i.question.language == language]
    for pair in sorted({item.pair for item in scored}):
        found[pair] = [item for item in scored if item.pair == pair]
    for tag in sorted({tag for item in scored for tag in item.question.tags}):
        found[f"{TAG}{tag}"] = [item for item in scored if tag in item.question.tags]
    return found


def summarise(scored: Sequence[Item], seed: int = 0) -> list[Figure]:
    """Every metric for every group, where it was scored at all."""
    figures = []
    for name, group in groups(scored).items():
        figures.extend(_means(name, group, seed))
        if not name.startswith(TAG):
            figures.extend(_abstention(name, group, seed))
            figures.extend(_latency(name, group))
    return [figure for figure in figures if figure.count]


def judged(scored: Sequence[Item]) -> list[Item]:
    """Without the questions made for retrieval alone: of their answers nothing is known."""
    return [item for item in scored if item.scores.get("exact match") is not None]


def curve(scored: Sequence[Item]) -> list[tuple[float, float]]:
    """The risk-coverage curve of a group."""
    return risk_coverage(*_rights(judged(scored)))


def bins(scored: Sequence[Item]) -> list[Bin]:
    """How often answers given with each confidence are right."""
    given = [item for item in judged(scored) if item.prediction.status == "answered"]
    return reliability(*_rights(given))


def _means(name: str, group: Sequence[Item], seed: int) -> list[Figure]:
    kinds = {
        "": group,
        ", answerable": [item for item in group if item.question.answerable],
        ", unanswerable": [item for item in group if not item.question.answerable],
    }
    return [
        mean_figure(metric + kind, name, [item.scores.get(metric) for item in chosen], seed)
        for metric in MEANS
        for kind, chosen in kinds.items()
        if not kind or metric in APART
    ]


def _abstention(name: str, group: Sequence[Item], seed: int) -> list[Figure]:
    """Figures of abstaining."""
    group = judged(group)
    answerable = np.array([item.question.answerable for item in group], dtype=np.bool_)
    given = np.array([item.prediction.status == "answered" for item in group], dtype=np.bool_)
    probability = np.array([item.prediction.answerable_probability for item in group])
    right, confidence = _rights(group)
    abstained = ~given
    return [
        statistic_figure("abstention precision", name, [~answerable[abstained]], np.mean, seed),
        statistic_figure("abstention recall", name, [abstained[~answerable]], np.mean, seed),
        statistic_figure("AUC answerable", name, [answerable, probability], roc_auc, seed),
        statistic_figure(
            "AURC", name, [right, confidence], lambda r, c: area(risk_coverage(r, c)), seed
        ),
        statistic_figure(
            "calibration error",
            name,
            [right[given], confidence[given]],
            lambda r, c: calibration_error(reliability(r, c)),
            seed,
        ),
    ]


def _latency(name: str, group: Sequence[Item]) -> list[Figure]:
    steps = dict.fromkeys(step for item in group for step in item.prediction.milliseconds)
    figures = []
    for step in steps:
        times = [
            item.prediction.milliseconds[step]
            for item in group
            if step in item.prediction.milliseconds
        ]
        for label, percentile in (("median", 50), ("p95", 95)):
            value = float(np.percentile(times, percentile))
            figures.append(Figure(f"{step} ms, {label}", name, value, None, None, len(times)))
    return figures


def _rights(
    group: Sequence[Item],
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.bool_]], np.ndarray[tuple[int], np.dtype[np.float64]]
]:
    return (
        np.array([is_right(item.scores) for item in group], dtype=np.bool_),
        np.array([item.prediction.confidence for item in group], dtype=np.float64),
    )
