"""A reader without training: the sentence nearest to the question.

Each sentence is embedded alone and together with the one before it, since half of what a news
sentence is about stands in front of it. It does not look inside sentences, so its answer is a
whole one, and it can hardly tell a near miss from an answer.
"""

import math
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kutip.index.background import Background
from kutip.index.document import Passage, Span
from kutip.index.embedder import Embedder, Vectors
from kutip.index.language import LANGUAGES, detect_language
from kutip.index.library import Library
from kutip.index.sentences import sentences
from kutip.rag.reader.reading import Reading
from kutip.rag.retriever import Hit

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
CACHED_PASSAGES = 2_000
GAP = 3


@dataclass(frozen=True, slots=True)
class Features:
    """What the probability is made of, for the best sentence of all passages.

    `standard` is its similarity in deviations above background passages, `margin` how far the next
    sentence that is not beside it is behind, `foreign` whether question and passage differ in
    language, and `missing_number` whether the question holds a number that no passage has.
    """

    standard: float
    margin: float
    foreign: bool
    missing_number: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over `Features`, fitted on training articles (`docs/decisions.md`)."""

    intercept: float
    standard: float
    margin: float
    foreign: float
    missing_number: float

    def probability(self, features: Features) -> float:
        """The probability that the best sentence holds the answer."""
        logit = (
            self.intercept
            + self.standard * features.standard
            + self.margin * features.margin
            + self.foreign * features.foreign
            + self.missing_number * features.missing_number
        )
        return 1 / (1 + math.exp(-logit))


CALIBRATION = Calibration(-1.912, 0.127, 0.433, 0.113, -1.168)


class SentenceReader:
    """Reads by similarity alone. Safe to share between threads.

    Sentences' vectors are kept for the passages read last: the same article is asked about often.
    """

    def __init__(self, embedder: Embedder, background: Background) -> None:
        self._embedder = embedder
        self._background = background
        self._cache: OrderedDict[str, tuple[list[Span], Vectors]] = OrderedDict()
        self._guard = threading.Lock()

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """One reading for each passage, best first."""
        passages = [hit.passage for hit in hits]
        scored = self._scored(question, passages)
        if not scored:
            return []
        best = max(score for _, _, score in scored)
        probability = CALIBRATION.probability(self._features(question, passages, scored))
        readings: dict[int, Reading] = {}
        for number, span, score in sorted(scored, key=lambda item: -item[2]):
            if number not in readings:
                # Behind the best, the probability falls with the distance.
                share = probability * math.exp(score - best)
                readings[number] = Reading(passages[number], span, (span,), score, share)
        return list(readings.values())

    def _scored(self, question: str, passages: Sequence[Passage]) -> list[tuple[int, Span, float]]:
        """Each sentence once: the number of its passage, its offsets, its standard score."""
        vector = self._embedder.embed_questions([question])[0]
        scored: dict[tuple[str, Span], tuple[int, Span, float]] = {}
        for number, (passage, (spans, vectors)) in enumerate(
            zip(passages, self._sentences(passages), strict=True)
        ):
            unrelated = self._background[passage.language] @ vector
            standard = (vectors @ vector - unrelated.mean()) / (unrelated.std() or 1.0)
            for span, score in zip(spans, standard.tolist(), strict=True):
                key = (passage.document_id, span)
                # Passages overlap; the one with the sentence's context scores it best.
                if key not in scored or scored[key][2] < score:
                    scored[key] = (number, span, score)
        return list(scored.values())

    def _features(
        self, question: str, passages: Sequence[Passage], scored: list[tuple[int, Span, float]]
    ) -> Features:
        number, best, standard = max(scored, key=lambda item: item[2])
        document_id = passages[number].document_id
        # The sentences beside the best share half of their vector with it, and are no rivals.
        rivals = [
            score
            for other, span, score in scored
            if passages[other].document_id != document_id or not _touching(span, best)
        ]
        text = " ".join(passage.text for passage in passages)
        return Features(
            standard=standard,
            margin=standard - max(rivals, default=standard),
            foreign=detect_language(question) != passages[number].language,
            missing_number=any(found not in text for found in NUMBER.findall(question)),
        )

    def _sentences(self, passages: Sequence[Passage]) -> list[tuple[list[Span], Vectors]]:
        """For each passage its sentences' offsets in the document, and their vectors."""
        keys = [f"{passage.document_id}:{passage.start}:{passage.end}" for passage in passages]
        with self._guard:
            known = {key: self._cache[key] for key in keys if key in self._cache}
        new = {
            key: passage for key, passage in zip(keys, passages, strict=True) if key not in known
        }
        known |= zip(new, self._embed(list(new.values())), strict=True)
        with self._guard:
            for key in keys:
                self._cache[key] = known[key]
                self._cache.move_to_end(key)
            while len(self._cache) > CACHED_PASSAGES:
                self._cache.popitem(last=False)
        return [known[key] for key in keys]

    def _embed(self, passages: Sequence[Passage]) -> list[tuple[list[Span], Vectors]]:
        """The sentences of each passage; all are embedded together, which is much faster."""
        found = [sentences(passage.text, passage.language) for passage in passages]
        texts: list[str] = []
        for passage, spans in zip(passages, found, strict=True):
            alone = [passage.text[start:end] for start, end in spans]
            texts += alone
            texts += [
                f"{before} {text}".strip()
                for before, text in zip(["", *alone], alone, strict=False)
            ]
        vectors = self._embedder.embed_passages(texts)
        results = []
        first = 0
        for passage, spans in zip(passages, found, strict=True):
            middle, last = first + len(spans), first + 2 * len(spans)
            mixed: Vectors = (vectors[first:middle] + vectors[middle:last]) / np.float32(2)
            offsets = [Span(passage.start + start, passage.start + end) for start, end in spans]
            results.append((offsets, mixed))
            first = last
        return results


def sentence_reader(library: Library) -> SentenceReader:
    """The reader for a library that holds an article."""
    with library.snapshot() as snapshot:
        background = {language: snapshot.background(language) for language in LANGUAGES}
    return SentenceReader(library.embedder, background)


def _touching(span: Span, other: Span) -> bool:
    """Whether two sentences are one, or stand beside each other with but blank space between."""
    return span.start <= other.end + GAP and other.start <= span.end + GAP
