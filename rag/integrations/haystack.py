"""Kutip as components of Haystack: a retriever, and an assistant that extracts answers.

Haystack loads components of other packages only where it is told to, as in
`Pipeline.loads(text, allowed_modules=["kutip"])`.
"""

from pathlib import Path
from typing import Any, Self

from kutip.index.library import Library
from kutip.index.snapshot import Filter
from kutip.rag.answer import Quote
from kutip.rag.integrations.extras import extra
from kutip.rag.integrations.finder import Read, document_metadata, span_id
from kutip.rag.integrations.haystack_source import (
    MakeReader,
    OpenLibrary,
    Source,
    filter_to_dict,
    parameters_from_dict,
)

with extra("haystack"):
    from haystack import Document, ExtractedAnswer, component, default_from_dict, default_to_dict


@component
class KutipRetriever:
    """Finds passages of a library, best first.

    A document's content is the article's text from `start` to `end` of its meta, to the letter.
    Its meta also hold `document_id`, `title`, `language`, `paragraph` and, where known, `page`,
    `outlet`, `published` and `source`.
    """

    def __init__(
        self,
        library: Library | Path | str,
        *,
        top_k: int = 5,
        where: Filter | None = None,
        open_library: OpenLibrary | None = None,
    ) -> None:
        """`where` restricts the articles.

        A library at a path is opened when first needed, by `open_library` (a function of a module,
        so that a pipeline's file can name it) or `Library.open`, and closed by the pipeline's
        `close`. One that is given open stays open; a pipeline's file keeps its path.
        """
        self.top_k = top_k
        self.where = where
        self._source = Source(library, open_library)

    def warm_up(self) -> None:
        """Open the library where it is not open."""
        self._source.finder()

    @component.output_types(documents=list[Document])
    def run(
        self, query: str, top_k: int | None = None, where: Filter | None = None
    ) -> dict[str, list[Document]]:
        """Find `documents`; `top_k` and `where` stand in for those of the component.

        Raises `QuestionError` where the query is empty or too long, or `top_k` is below 1.
        """
        found = self._source.finder().find(
            query, self.top_k if top_k is None else top_k, self.where if where is None else where
        )
        return {
            "documents": [
                Document(
                    id=item.id,
                    content=item.passage.text,
                    score=item.metadata.pop("score"),
                    meta=item.metadata,
                )
                for item in found
            ]
        }

    def close(self) -> None:
        """Close the library, where it was opened here."""
        self._source.close()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, from which `from_dict` makes an equal component."""
        where = filter_to_dict(self.where)
        return default_to_dict(self, **self._source.to_dict(), top_k=self.top_k, where=where)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The component that `to_dict` told of. Raises `DeserializationError`."""
        parameters = parameters_from_dict(data.get("init_parameters", {}))
        return default_from_dict(cls, data | {"init_parameters": parameters})


@component
class KutipAssistant:
    """Answers a question in the exact words of a library's articles."""

    def __init__(
        self,
        library: Library | Path | str,
        *,
        where: Filter | None = None,
        open_library: OpenLibrary | None = None,
        make_reader: MakeReader | None = None,
    ) -> None:
        """As `KutipRetriever`; `make_reader`, a function of a module, makes another reader."""
        self.where = where
        self._source = Source(library, open_library, make_reader)

    def warm_up(self) -> None:
        """Open the library where it is not open."""
        self._source.finder()

    @component.output_types(
        answers=list[ExtractedAnswer], related=list[Document], status=str, message=str
    )
    def run(self, query: str, where: Filter | None = None) -> dict[str, Any]:
        """Answer `query`; `where` stands in for the component's own.

        `answers`, best first, are empty unless `status` is `answered`. The `document` of each is
        the whole article and `document_offset` is where `data` stands in it; `context` is the quote
        around it, whole sentences; `score` the probability, in 0 to 1, that it answers. `related`
        are quotes about the question that do not answer it: all where `status` is `related`, the
        next best ones where it is `answered` and the words are unsure. `message` says in the
        question's language what the quotes are.

        Raises `QuestionError` where the query is empty or too long.
        """
        read = self._source.finder().read(query, self.where if where is None else where)
        answer = read.answer
        return {
            "answers": _answers(query, read),
            "related": [_quoted(quote) for quote in answer.quotes if quote.mark is None],
            "status": answer.status,
            "message": answer.message,
        }

    def close(self) -> None:
        """Close the library, where it was opened here."""
        self._source.close()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, from which `from_dict` makes an equal component."""
        return default_to_dict(self, **self._source.to_dict(), where=filter_to_dict(self.where))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The component that `to_dict` told of. Raises `DeserializationError`."""
        parameters = parameters_from_dict(data.get("init_parameters", {}))
        return default_from_dict(cls, data | {"init_parameters": parameters})


def _answers(query: str, read: Read) -> list[ExtractedAnswer]:
    articles = {hit.document.id: hit.document for hit in read.answer.hits}
    answers = []
    for quote, reading in zip(read.answer.quotes, read.readings, strict=True):
        if quote.mark is None:
            continue
        article = articles[quote.document_id]
        start, end = quote.mark
        answers.append(
            ExtractedAnswer(
                query=query,
                score=reading.probability,
                data=quote.parts()[1],
                document=Document(
                    id=article.id, content=article.text, meta=document_metadata(article)
                ),
                context=quote.text,
                document_offset=ExtractedAnswer.Span(start, end),
                context_offset=ExtractedAnswer.Span(start - quote.start, end - quote.start),
                meta=_meta(quote),
            )
        )
    return answers


def _quoted(quote: Quote) -> Document:
    id_ = span_id(quote.document_id, quote.start, quote.end)
    return Document(id=id_, content=quote.text, meta=_meta(quote) | document_metadata(quote))


def _meta(quote: Quote) -> dict[str, Any]:
    """Where a quote stands: the names are those of `KutipRetriever`."""
    page = {"page": quote.page} if quote.page else {}
    position = {"start": quote.start, "end": quote.end, "paragraph": quote.paragraph}
    return {"document_id": quote.document_id, **position, **page}
