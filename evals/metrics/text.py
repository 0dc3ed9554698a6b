"""Exact match and F1 of answer texts, as the SQuAD 2.0 evaluation defines them.

Rajpurkar, Jia and Liang, "Know What You Don't Know", ACL 2018; the tests compare this with another
implementation. Its normalisation drops the English articles, in Indonesian too: figures stay
comparable with published ones.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """Small letters, without punctuation, articles and superfluous blanks."""
    return " ".join(ARTICLES.sub(" ", text.lower().translate(PUNCTUATION)).split())


def exact_match(predicted: str, accepted: Sequence[str]) -> float:
    """1.0 where the text equals an accepted answer; "" is right where there is none."""
    return float(any(normalise(predicted) == normalise(answer) for answer in accepted or [""]))


def f1(predicted: str, accepted: Sequence[str]) -> float:
    """The best token F1 with an accepted answer; "" is right where there is none."""
    return max(_f1(normalise(predicted).split(), normalise(answer).split())
               for answer in accepted or [""])  # fmt: skip


def _f1(predicted: list[str], accepted: list[str]) -> float:
    if not predicted or not accepted:
        return float(predicted == accepted)
    common = (Counter(predicted) & Counter(accepted)).total()
    if not common:
        return 0.0
    precision, recall = common / len(predicted), common / len(accepted)
    return 2 * precision * recall / (precision + recall)
