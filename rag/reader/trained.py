"""The reader that Kutip trained: exact words, their sentence, and how sure it is."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor

from kutip.index.document import Span
from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.language import Language, detect_language
from kutip.index.sentences import sentences_within
from kutip.rag.reader.calibration import ANSWERABLE, CALIBRATION, Calibration, features
from kutip.rag.reader.decode import Found, Window, decode
from kutip.rag.reader.encoder import MULTIPLE, LowerEncoder
from kutip.rag.reader.model import Logits, ReaderModel, make_rows
from kutip.rag.reader.reading import Reading
from kutip.rag.reader.tokens import (
    Tokens,
    passage_windows,
    question_tokens,
    sentence_numbers,
    title_tokens,
)
from kutip.rag.reader.weights import load_for_reading
from kutip.rag.retriever import Hit

ROWS_AT_ONCE = 2
"""What is computed for a row takes more memory than anything that is kept."""
KEPT_TOKENS = 20_000
"""Lower states that are kept, in tokens of 768 bytes: 15 MB, some 120 passages."""


class TrainedReader:
    """Reads with the upper layers that Kutip trained. Safe to share between threads.

    It reads with an embedding model that comes with Kutip, the default one or another `model`: they
    are alike in what it needs of them, and it is shared with a library that uses it. The weights
    are loaded when first needed; `weights` are Kutip's own unless another file is given. Raises
    `ModelError` where they cannot be loaded.
    """

    def __init__(
        self,
        weights: Path | None = None,
        calibration: Calibration = CALIBRATION,
        *,
        model: str | None = None,
    ) -> None:
        self._path = weights or Path(str(files("kutip.rag.reader").joinpath("reader.safetensors")))
        self._calibration = calibration
        self._embedder = SentenceTransformerEmbedder(model)
        self._model: ReaderModel | None = None
        self._states: OrderedDict[tuple[int, ...], Tensor] = OrderedDict()
        self._guard = threading.Lock()

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """One reading for each sentence, best first."""
        language = detect_language(question)
        return sorted(
            (self._reading(hits, found, language) for found in self.find(question, hits)),
            key=lambda reading: -reading.score,
        )

    def find(self, question: str, hits: Sequence[Hit]) -> list[Found]:
        """The best span of each sentence, uncalibrated; `passage` counts the hits."""
        windows, parts = self._rows(question, hits)
        if not windows:
            return []
        rows = make_rows(parts, MULTIPLE)
        model = self._loaded()
        with torch.inference_mode():
            # A few at once need a fraction of the memory, and take no longer.
            read = [model(some) for some in rows.split(ROWS_AT_ONCE)]
        return decode(Logits.join(read), windows)

    def _reading(self, hits: Sequence[Hit], found: Found, language: Language) -> Reading:
        hit = hits[found.passage]
        passage = hit.passage
        values = features(found, hits, language)
        score = self._calibration.score(values)
        return Reading(
            passage,
            _shifted(found.answer, passage.start),
            (_shifted(found.sentence, passage.start),),
            score,
            self._calibration.probability(score),
            ANSWERABLE.probability(ANSWERABLE.score(values)),
        )

    def _rows(
        self, question: str, hits: Sequence[Hit]
    ) -> tuple[list[Window], list[tuple[Tensor, Tensor | None, Tensor]]]:
        """A row for each window of each passage."""
        tokenizer = self._embedder.model.tokenizer
        with self._embedder.lock:
            asked = question_tokens(tokenizer, question)
            headings = [hit.document.heading(hit.passage.start) for hit in hits]
            titles = [title_tokens(tokenizer, heading) for heading in headings]
            cut = [passage_windows(tokenizer, hit.passage.text) for hit in hits]
        states = self._lower([asked, *titles, *(tokens for windows in cut for tokens in windows)])
        windows: list[Window] = []
        parts: list[tuple[Tensor, Tensor | None, Tensor]] = []
        for number, (hit, title, found) in enumerate(zip(hits, titles, cut, strict=True)):
            titled = states[title.ids] if headings[number] else None
            start = hit.passage.start
            spans = [
                _shifted(span, -start) for span in sentences_within(hit.document, hit.passage.span)
            ]
            for tokens in found if spans else []:
                parts.append((states[asked.ids], titled, states[tokens.ids]))
                before = len(asked.ids) + (len(title.ids) if titled is not None else 0)
                numbers = sentence_numbers(tokens, spans)
                windows.append(Window(number, hit.passage.text, tokens, spans, numbers, before))
        return windows, parts

    def _lower(self, texts: Sequence[Tokens]) -> dict[tuple[int, ...], Tensor]:
        """The lower states of each text, (tokens, width), by its token ids."""
        with self._guard:
            known = {tokens.ids: self._states.get(tokens.ids) for tokens in texts}
        new = sorted((ids for ids, states in known.items() if states is None), key=len)
        encoder = LowerEncoder(self._embedder.bert)
        for first in range(0, len(new), ROWS_AT_ONCE):
            some = new[first : first + ROWS_AT_ONCE]
            encoded = [states.half() for states in encoder.encode(some)]
            known |= zip(some, encoded, strict=True)
        found = {ids: states for ids, states in known.items() if states is not None}
        with self._guard:
            for ids, states in found.items():
                self._states[ids] = states
                self._states.move_to_end(ids)
            kept = sum(len(ids) for ids in self._states)
            while kept > KEPT_TOKENS:
                ids, _ = self._states.popitem(last=False)
                kept -= len(ids)
        return found

    def _loaded(self) -> ReaderModel:
        with self._guard:
            if self._model is None:
                self._model = load_for_reading(self._path, self._embedder.bert)
            return self._model


def _shifted(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
