"""A FastAPI app that finds the passages for a question.

    pip install kutip
    python examples/search_api.py
    curl 'http://127.0.0.1:8000/passages?question=Who+signed+the+treaty'

`kutip serve` is a whole server; this is for an app that has its own.
"""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel

from kutip import KutipError, Library, Retriever


class Passage(BaseModel):
    """Exactly `article.text[start:end]`."""

    article: str
    title: str
    start: int
    end: int
    text: str


def make_app(library: Library) -> FastAPI:
    """An app that searches `library`, which its caller closes."""
    app = FastAPI(title="Passages")
    retriever = Retriever(library)

    @app.get("/passages")
    async def passages(question: str, k: Annotated[int, Query(ge=1, le=20)] = 5) -> list[Passage]:
        try:
            hits = await retriever.search_async(question, k)
        except KutipError as error:
            raise HTTPException(422, str(error)) from error
        return [
            Passage(
                article=hit.document.id,
                title=hit.document.title,
                start=hit.passage.start,
                end=hit.passage.end,
                text=hit.passage.text,
            )
            for hit in hits
        ]

    return app


if __name__ == "__main__":
    import uvicorn

    with Library.open() as opened:
        uvicorn.run(make_app(opened))
