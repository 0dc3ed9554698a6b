"""Finds the passages that a question is about."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from kutip.index.document import Document, Passage
from kutip.index.embedder import Vectors
from kutip.index.errors import QuestionError
from kutip.index.language import Language, detect_language
from kutip.index.library import Library
from kutip.index.snapshot import Filter, Snapshot
from kutip.rag.fusion import OTHER_LANGUAGE_WEIGHT, SAME_LANGUAGE_WEIGHT, fuse

CANDIDATES = 100
"""Passages taken from each side, in each language, before fusion; more where more are asked for."""
LONGEST_QUESTION = 2_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question.

    `score` is in deviations above a passage picked blindly, comparable across languages but not
    across questions; BM25 where the dense side is off. `dense_score` is a cosine, `lexical_score`
    BM25; ranks count from 1 among what was found in the passage's language. The lexical side is
    None where no word matched.
    """

    passage: Passage
    document: Document
    score: float
    dense_score: float
    dense_rank: int
    lexical_score: float | None
    lexical_rank: int | None


class Retriever:
    """Searches a library by meaning and by words. Safe to share between threads."""

    def __init__(
        self,
        library: Library,
        *,
        dense: bool = True,
        lexical: bool = True,
    ) -> None:
        """`dense` and `lexical` switch a side off, for comparison; one of them must be on."""
        if not dense and not lexical:
            raise QuestionError("Both sides of the retriever are off: turn dense or lexical on.")
        self.library = library
        self._dense = dense
        self._lexical = lexical

    def search(
        self,
        question: str,
        k: int = 5,
        *,
        where: Filter | None = None,
        language: Language | None = None,
    ) -> list[Hit]:
        """The `k` best passages, best first; fewer where the library has fewer.

        `where` restricts the documents, `language` is the question's, detected by default. Raises
        `QuestionError` where the question is empty or too long, or `k` is below 1.
        """
        question = check_question(question)
        if k < 1:
            raise QuestionError(f"k is {k}, expected 1 or more.")
        if self.library.model is None:
            return []
        language = language or detect_language(question)
        # Outside the snapshot: embedding takes longer than all the rest.
        vector = self.library.embedder.embed_questions([question])[0]
        with self.library.snapshot() as snapshot:
            candidates = [
                candidate
                for side in snapshot.sides()
                for candidate in self._candidates(
                    snapshot, question, vector, side, side == language, where, max(k, CANDIDATES)
                )
            ]
            candidates.sort(key=lambda candidate: (-candidate.score, candidate.id))
            best = candidates[:k]
            passages = {
                passage.id: passage
                for passage in snapshot.passages([candidate.id for candidate in best])
            }
            documents = {
                id_: snapshot.document(id_)
                for id_ in {passage.document_id for passage in passages.values()}
            }
        # A passage that another process removed after this snapshot began has no row here.
        return [
            candidate.hit(passages[candidate.id], documents)
            for candidate in best
            if candidate.id in passages
        ]

    async def search_async(
        self,
        question: str,
        k: int = 5,
        *,
        where: Filter | None = None,
        language: Language | None = None,
    ) -> list[Hit]:
        """As `search`, in a worker thread, so that the event loop is free meanwhile."""
        return await asyncio.to_thread(self.search, question, k, where=where, language=language)

    def _candidates(
        self,
        snapshot: Snapshot,
        question: str,
        vector: Vectors,
        side: Language,
        own_language: bool,
        where: Filter | None,
        number: int,
    ) -> list["_Candidate"]:
        """The passages of one language that either side finds, with the scores of both."""
        dense = snapshot.nearest(vector, number, side, where) if self._dense else []
        matching = snapshot.matching(question, number, side, where) if self._lexical else []
        lexical = dict(matching)
        cosines = dict(dense)
        cosines |= snapshot.cosines(vector, [id_ for id_ in lexical if id_ not in cosines])
        if self._dense:
            passages = snapshot.sides()[side]
            weight = SAME_LANGUAGE_WEIGHT if own_language else OTHER_LANGUAGE_WEIGHT
            scores = fuse(cosines, lexical, passages.sample @ vector, len(passages.ids), weight)
        else:
            scores = lexical
        dense_ranks, lexical_ranks = _ranks(cosines), _ranks(lexical)
        return [
            _Candidate(
                id_,
                score,
                cosines[id_],
                dense_ranks[id_],
                lexical.get(id_),
                lexical_ranks.get(id_),
            )
            for id_, score in scores.items()
        ]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A hit before its passage is read; the fields are those of `Hit`."""

    id: int
    score: float
    dense_score: float
    dense_rank: int
    lexical_score: float | None
    lexical_rank: int | None

    def hit(self, passage: Passage, documents: Mapping[str, Document]) -> Hit:
        return Hit(
            passage,
            documents[passage.document_id],
            self.score,
            self.dense_score,
            self.dense_rank,
            self.lexical_score,
            self.lexical_rank,
        )


def check_question(question: str) -> str:
    """The question without blank space around it; raises `QuestionError` where it cannot be one."""
    question = question.strip()
    if not question:
        raise QuestionError("The question is empty: ask something about the articles.")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise QuestionError("The question holds half a character (a surrogate): type it again.")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(question):,} characters, the limit is {LONGEST_QUESTION:,}: "
            "ask for one thing at a time."
        )
    return question


def _ranks(scores: dict[int, float]) -> dict[int, int]:
    ordered = sorted(scores, key=lambda id_: (-scores[id_], id_))
    return {id_: rank for rank, id_ in enumerate(ordered, 1)}
