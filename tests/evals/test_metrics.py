"""Metrics written here agree with other implementations on the same predictions."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score
from torchmetrics.classification import BinaryAUROC, BinaryCalibrationError
from torchmetrics.functional.retrieval import retrieval_recall, retrieval_reciprocal_rank
from torchmetrics.text import SQuAD

from kutip.evals.metrics.abstention import (
    area,
    calibration_error,
    reliability,
    risk_coverage,
    roc_auc,
)
from kutip.evals.metrics.figure import mean_figure
from kutip.evals.metrics.retrieval import ranking_scores
from kutip.evals.metrics.text import exact_match, f1

WORDS = st.lists(
    st.sampled_from(["the", "A", "1961.", "pada", "Moskow,", "treaty", "“dokumen", "an", "2000"]),
    min_size=1,
    max_size=6,
).map(" ".join)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=3))
def test_exact_match_and_f1_are_those_of_squad(predicted: str, accepted: list[str]) -> None:
    reference = SQuAD()(
        [{"prediction_text": predicted, "id": "q"}],
        [{"answers": {"text": accepted, "answer_start": [0] * len(accepted)}, "id": "q"}],
    )
    assert exact_match(predicted, accepted) == pytest.approx(float(reference["exact_match"]) / 100)
    if f1(predicted, accepted) != pytest.approx(float(reference["f1"]) / 100):
        # SQuAD 2.0 counts two empty texts as equal where version 1.1, the reference, does not.
        assert exact_match(predicted, accepted) == 1.0


@pytest.mark.parametrize(
    ("predicted", "accepted", "expected"),
    [
        ("", [], (1.0, 1.0)),
        ("1961", [], (0.0, 0.0)),
        ("", ["1961"], (0.0, 0.0)),
        ("The treaty of 1961.", ["treaty of 1961"], (1.0, 1.0)),
        ("treaty of 1961", ["1961"], (0.0, 0.5)),
    ],
)
def test_abstaining_scores_as_in_squad_2(
    predicted: str, accepted: list[str], expected: tuple[float, float]
) -> None:
    assert (exact_match(predicted, accepted), f1(predicted, accepted)) == expected


def test_ndcg_agrees_with_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    relevant, rankings, expected = {}, {}, {}
    for number in range(30):
        grades = generator.integers(0, 2, 15)
        grades[generator.integers(15)] = 1
        order = generator.permutation(15)
        id_ = f"q{number}"
        relevant[id_] = {str(item): int(grade) for item, grade in enumerate(grades)}
        rankings[id_] = [str(item) for item in order]
        ranks = np.empty(15)
        ranks[order] = -np.arange(15)
        expected[id_] = ndcg_score(grades[None], ranks[None], k=10)
    scores = ranking_scores(rankings, relevant)
    for id_, value in expected.items():
        assert scores[id_]["nDCG@10"] == pytest.approx(value)


def test_recall_and_reciprocal_rank_agree_with_torchmetrics() -> None:
    generator = np.random.default_rng(4)
    for _ in range(30):
        order = generator.permutation(25)
        falling = torch.arange(25, 0, -1, dtype=torch.float32)
        answer = int(generator.integers(25))
        wanted = torch.tensor(order == answer)
        rankings = {"q": [str(item) for item in order]}
        scores = ranking_scores(rankings, {"q": {str(answer): 1}})["q"]
        for k in (1, 5, 20):
            expected = retrieval_recall(falling, wanted, top_k=k)
            assert scores[f"recall@{k}"] == pytest.approx(float(expected))
        expected = retrieval_reciprocal_rank(falling, wanted, top_k=10)
        assert scores["MRR@10"] == pytest.approx(float(expected))


def test_ranks_and_what_is_not_found() -> None:
    scores = ranking_scores(
        {"third": ["x", "y", "answer"], "never": ["x"], "unjudged": ["answer"]},
        {"third": {"answer": 1}, "never": {"answer": 1}},
    )
    assert scores["third"] == {
        "recall@1": 0.0,
        "recall@5": 1.0,
        "recall@20": 1.0,
        "MRR@10": pytest.approx(1 / 3),
        "nDCG@10": pytest.approx(1 / math.log2(4)),
    }
    assert set(scores["never"].values()) == {0.0}
    assert "unjudged" not in scores


def test_calibration_error_agrees_with_torchmetrics() -> None:
    generator = np.random.default_rng(1)
    confidence = generator.uniform(0.001, 0.999, 500)
    right = generator.uniform(size=500) < confidence**2
    reference = BinaryCalibrationError(n_bins=10, norm="l1")(
        torch.tensor(confidence), torch.tensor(right, dtype=torch.int64)
    )
    assert calibration_error(reliability(right, confidence)) == pytest.approx(
        float(reference), abs=1e-5
    )


def test_risk_and_coverage_by_hand() -> None:
    right = np.array([True, False, True, False])
    curve = risk_coverage(right, np.array([0.9, 0.8, 0.4, 0.4]))
    # The two that are equally confident are given together.
    assert curve == [(0.25, 0.0), (0.5, 0.5), (1.0, 0.5)]
    assert area(curve) == pytest.approx(0.25 * 0 + 0.25 * 0.5 + 0.5 * 0.5)


def test_the_area_is_the_mean_risk_over_coverages() -> None:
    # As Geifman, Uziel and El-Yaniv (ICLR 2019) define AURC, where no two are equally confident.
    generator = np.random.default_rng(3)
    right, confidence = generator.uniform(size=200) < 0.6, generator.permutation(200) / 200
    given = ~right[np.argsort(-confidence)]
    risks = [given[:count].mean() for count in range(1, 201)]
    assert area(risk_coverage(right, confidence)) == pytest.approx(np.mean(risks))


def test_auc_agrees_with_torchmetrics() -> None:
    generator = np.random.default_rng(5)
    answerable = generator.uniform(size=300) < 0.7
    scores = (np.round(generator.uniform(size=300) + 0.3 * answerable, 2) / 1.3).astype(np.float64)
    reference = BinaryAUROC()(torch.tensor(scores), torch.tensor(answerable, dtype=torch.int64))
    assert roc_auc(answerable, scores) == pytest.approx(float(reference), abs=1e-5)


def test_auc_by_counting_pairs() -> None:
    answerable = np.array([True, True, False, False, True])
    scores = np.array([0.9, 0.3, 0.4, 0.3, 0.6])
    pairs = [
        1.0 if a > b else 0.5 if a == b else 0.0
        for a in scores[answerable]
        for b in scores[~answerable]
    ]
    assert roc_auc(answerable, scores) == pytest.approx(sum(pairs) / len(pairs))
    assert math.isnan(roc_auc(np.array([True]), np.array([0.5])))


def test_what_is_not_scored_is_neither_zero_nor_counted() -> None:
    figure = mean_figure("F1", "all", [1.0, None, 0.0, None], seed=0)
    assert (figure.value, figure.count) == (0.5, 2)
    nothing = mean_figure("F1", "all", [None, None], seed=0)
    assert (nothing.value, nothing.low, nothing.count) == (None, None, 0)


def test_the_interval_holds_the_mean_and_the_same_seed_gives_the_same() -> None:
    values: list[float | None] = [float(value) for value in np.random.default_rng(2).random(80)]
    figure = mean_figure("F1", "all", values, seed=3)
    assert figure == mean_figure("F1", "all", values, seed=3)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.value is not None
    # Close to the interval of the normal approximation.
    error = 1.96 * np.std(np.array(values, dtype=float)) / math.sqrt(80)
    assert figure.low == pytest.approx(figure.value - error, abs=0.015)
    assert figure.high == pytest.approx(figure.value + error, abs=0.015)
