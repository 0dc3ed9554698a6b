"""How sure the reader is: logistic regressions over what it saw of a sentence."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kutip.index.language import Language
from kutip.rag.reader.decode import Found
from kutip.rag.retriever import Hit

FEATURES = ("span", "evidence", "answerable", "retrieval", "foreign", "alone", "passages")


def features(found: Found, hits: Sequence[Hit], language: Language) -> tuple[float, ...]:
    """The values of `FEATURES` for the best span of a sentence; `language` is the question's.

    `alone`: all hits are of one article, beside which the retriever's scores are lower; `passages`:
    the logarithm of their number, since an answer stands out less against the null of one.
    """
    hit = hits[found.passage]
    foreign = language != hit.passage.language
    alone = all(other.document.id == hit.document.id for other in hits)
    return (
        found.span,
        found.evidence,
        found.answerable,
        hit.score,
        float(foreign),
        float(alone),
        math.log(len(hits)),
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted by `python -m kutip.evals.calibrate`; the weights are in the order of `FEATURES`."""

    intercept: float
    weights: tuple[float, ...]

    def score(self, values: tuple[float, ...]) -> float:
        """The log-odds that the span answers."""
        return self.intercept + sum(w * v for w, v in zip(self.weights, values, strict=True))

    def probability(self, score: float) -> float:
        """The probability of log-odds."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


CALIBRATION = Calibration(-1.398, (0.18, 0.042, -0.072, 0.501, 0.113, 0.581, -0.944))
"""That a sentence's best words answer; fitted so that the best of a question is right as often."""
ANSWERABLE = Calibration(0.854, (0.255, 0.081, -0.19, 0.0, -0.217, 0.193, -0.426))
"""That the question has an answer at all, from its best sentence."""
