"""One score from two sides: what the fusion promises."""

import numpy as np
import pytest

from kutip.rag.fusion import fuse

BACKGROUND = np.array([0.70, 0.72, 0.74, 0.76, 0.78], dtype=np.float32)


def test_without_words_a_score_is_the_distance_from_the_background() -> None:
    scores = fuse({1: 0.74, 2: 0.80}, {}, BACKGROUND, 5, 1.5)
    assert scores[1] == pytest.approx(0.0, abs=1e-4)
    assert scores[2] == pytest.approx((0.80 - 0.74) / BACKGROUND.std(), rel=1e-4)


def test_words_raise_a_passage_over_a_slightly_nearer_one() -> None:
    cosines = {1: 0.790, 2: 0.785}
    assert max(fuse(cosines, {}, BACKGROUND, 100, 1.5).items(), key=lambda s: s[1])[0] == 1
    with_words = fuse(cosines, {2: 7.0}, BACKGROUND, 100, 1.5)
    assert with_words[2] > with_words[1]


def test_the_weight_of_words_can_be_nothing() -> None:
    cosines = {1: 0.79, 2: 0.785}
    assert fuse(cosines, {2: 7.0}, BACKGROUND, 100, 0.0) == fuse(cosines, {}, BACKGROUND, 100, 1.5)


def test_scores_stay_standardised_where_many_passages_match() -> None:
    generator = np.random.default_rng(0)
    cosines = dict(enumerate(generator.normal(0.75, 0.02, 400).tolist()))
    lexical = dict(enumerate(generator.uniform(0, 9, 400).tolist()))
    background = np.array(list(cosines.values()), dtype=np.float32)
    scores = np.array(list(fuse(cosines, lexical, background, 400, 1.5).values()))
    assert scores.mean() == pytest.approx(0.0, abs=1e-3)
    assert scores.std() == pytest.approx(1.0, abs=1e-2)


def test_a_background_without_any_spread_does_not_divide_by_nothing() -> None:
    assert fuse({1: 0.5}, {}, np.full(3, 0.5, dtype=np.float32), 3, 1.5) == {1: 0.0}
