"""The chat's endpoints, called with Gradio's own client."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

# Gradio and its client leave event loops and sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def client(start_chat: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client of a chat whose page has been loaded."""
    # The client tells its maker of itself otherwise.
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    chat = start_chat()
    ended = time.monotonic() + 60
    while httpx.get(chat.url + "readyz").status_code != 200:
        assert time.monotonic() < ended
        time.sleep(0.2)
    return Client(chat.url, verbose=False)


def test_the_client_asks_and_searches_and_is_told_what_is_wrong(client: Client) -> None:
    question = "To what percent did the central bank raise interest rates on Tuesday?"
    answer = client.predict(question, api_name="/ask")
    assert answer["status"] == "answered"
    [quote] = answer["quotes"]
    assert quote["text"].startswith("The central bank raised interest rates")
    assert quote["end"] - quote["start"] == len(quote["text"])
    hits = client.predict(question, 2, api_name="/search")["hits"]
    assert len(hits) == 2
    assert "central bank" in hits[0]["text"]
    follow_up = client.predict("Kapan?", history=[{"question": question}], api_name="/ask")
    assert follow_up["question"] == "Kapan?"
    only = client.predict(question, [hits[1]["document_id"]], api_name="/ask")
    assert all(quote["document_id"] == hits[1]["document_id"] for quote in only["quotes"])
    assert client.predict(question, [], api_name="/ask")["quotes"] == []
    with pytest.raises(AppError, match="question: "):
        client.predict(" ", api_name="/ask")


def test_the_client_shows_and_changes_the_library(client: Client) -> None:
    text = "Banjir di Demak\n\nSungai Tuntang meluap pada Selasa."
    given = {"text": text, "source": "demak", "published": "2024-03-19"}
    added = client.predict(**given, api_name="/add_document")
    assert added["outcome"] == "added"
    listed = client.predict(offset=3, api_name="/list_documents")
    assert [one["id"] for one in listed["documents"]] == [added["id"]]
    shown = client.predict(added["id"], api_name="/get_document")
    assert (shown["text"], shown["published"]) == (text, "2024-03-19")
    removed = client.predict(added["id"], api_name="/remove_document")
    assert removed["id"] == added["id"]
    with pytest.raises(AppError, match="No article has the id"):
        client.predict(added["id"], api_name="/get_document")
    with pytest.raises(AppError, match="published: "):
        client.predict(**given | {"published": "kemarin"}, api_name="/add_document")
