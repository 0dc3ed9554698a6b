"""The layout of BEIR: a corpus, queries, and grades of which document is relevant to which query.

Thakur et al., 2021 (arXiv:2104.08663). Such sets are made for retrieval alone: no answers.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

from kutip.evals.adapters.reading import (
    claim,
    field,
    json_lines,
    make_document,
    read_text,
    set_name,
    text_field,
    told_language,
)
from kutip.evals.questions import Question, QuestionSet
from kutip.index.document import Document
from kutip.index.errors import EvaluationError
from kutip.index.language import Language, detect_language

logger = logging.getLogger(__name__)

Query = tuple[str, Language]
Grades = dict[str, dict[str, int]]
"""By query and `Document.id`; 1 and above."""


def load_beir(path: Path) -> QuestionSet:
    """The queries of a folder with corpus.jsonl, queries.jsonl, and qrels/*.tsv or qrels.tsv.

    All files of grades are taken together. Queries without a relevant document are left out, as
    BEIR does; a question's document is the first of its best graded ones. Raises
    `EvaluationError`, which names file and line.
    """
    corpus = _corpus(path / "corpus.jsonl")
    queries = _queries(path / "queries.jsonl")
    relevant = _relevant(path, corpus, queries)
    questions = [
        Question(
            id=name,
            language=language,
            question=text,
            answers=(),
            document=max(relevant[name], key=relevant[name].__getitem__),
        )
        for name, (text, language) in queries.items()
        if name in relevant
    ]
    if len(questions) < len(queries):
        logger.info(
            "%s: left out %d of %d queries, which have no relevant document.",
            path, len(queries) - len(questions), len(queries),
        )  # fmt: skip
    documents = {document.id: document for document in corpus.values()}
    return QuestionSet(set_name(path), documents, tuple(questions), relevant)


def _corpus(path: Path) -> dict[str, Document]:
    """The documents by the name that the grades call them; many have no text but their title."""
    corpus: dict[str, Document] = {}
    taken: dict[str, str] = {}
    for where, values in json_lines(path):
        name = text_field(values, "_id", where)
        claim(name, where, taken)
        title = field(values, "title", str, where) if "title" in values else ""
        text = field(values, "text", str, where)
        corpus[name] = make_document(
            text if text.strip() else title,
            where,
            title=title or None,
            language=told_language(values),
        )
    return corpus


def _queries(path: Path) -> dict[str, Query]:
    queries: dict[str, Query] = {}
    taken: dict[str, str] = {}
    for where, values in json_lines(path):
        name, text = text_field(values, "_id", where), text_field(values, "text", where)
        claim(name, where, taken)
        queries[name] = text, told_language(values) or detect_language(text)
    return queries


def _relevant(path: Path, corpus: dict[str, Document], queries: dict[str, Query]) -> Grades:
    relevant: Grades = {}
    for where, query, name, grade in _rows(path):
        for known, wanted, file in (queries, query, "queries"), (corpus, name, "corpus"):
            if wanted not in known:
                raise EvaluationError(
                    f"{where} names {wanted!r}, which is not in {path / file}.jsonl: add it "
                    "there, or remove the line."
                )
        if grade > 0:
            grades = relevant.setdefault(query, {})
            document = corpus[name].id
            grades[document] = max(grade, grades.get(document, 0))
    return relevant


def _rows(path: Path) -> Iterator[tuple[str, str, str, int]]:
    """Where each grade stands, its query, its document's name, and the grade."""
    files = sorted(path.glob("qrels/*.tsv")) or [path / "qrels.tsv"]
    for file in files:
        for number, line in enumerate(read_text(file).split("\n"), 1):
            row = line.rstrip().split("\t")
            if not line.strip() or (number == 1 and row[0] == "query-id"):
                continue
            where = f"{file}, line {number},"
            try:
                query, name, grade = row
                yield where, query, name, int(grade)
            except ValueError as error:
                raise EvaluationError(
                    f"{where} is {line!r}, expected a query's id, a document's id and a whole "
                    "number, with tabs between: mend the line."
                ) from error
