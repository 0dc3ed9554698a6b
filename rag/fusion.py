"""One score for a passage from its dense and its lexical side, comparable across languages.

Within each language, cosines become standard scores against the passages of that language that
have nothing to do with the question; the lexical score is added, weighing less where the question
is in the other language; the sum is standardised again. The tables behind the weights are in
`docs/decisions.md`.
"""

from collections.abc import Mapping

import numpy as np

from kutip.index.embedder import Vectors

SAME_LANGUAGE_WEIGHT = 1.5
OTHER_LANGUAGE_WEIGHT = 0.75


def fuse(
    cosines: Mapping[int, float],
    lexical: Mapping[int, float],
    background: Vectors,
    size: int,
    weight: float,
) -> dict[int, float]:
    """Standard scores of the candidates in one language, by passage id.

    `cosines` holds every candidate, `lexical` the BM25 of those that match. `background` are the
    cosines of a sample of the language's passages, shape (n,); `size` is how many passages the
    language has. A score of 2 means two deviations above a passage picked blindly.
    """
    mean, deviation = float(background.mean()), float(background.std()) or 1.0
    standard = {id_: (cosine - mean) / deviation for id_, cosine in cosines.items()}
    best = max(lexical.values(), default=0.0)
    if best <= 0 or not weight:
        return standard
    bonus = {id_: weight * score / best for id_, score in lexical.items()}
    # The moments of standard + bonus over the whole language: all but the matches have no bonus.
    population = max(size, len(background))
    mean_bonus = sum(bonus.values()) / population
    squares = sum(value * value for value in bonus.values()) / population
    products = sum(value * standard[id_] for id_, value in bonus.items()) / population
    variance = 1.0 + squares - mean_bonus**2 + 2 * products
    scale = float(np.sqrt(max(variance, 1.0)))
    return {
        id_: (score + bonus.get(id_, 0.0) - mean_bonus) / scale for id_, score in standard.items()
    }
