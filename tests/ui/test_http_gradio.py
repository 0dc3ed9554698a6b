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
    only = client.predict(question, [hits[1]["document_id"]], api_name="/ask")
    assert all(quote["document_id"] == hits[1]["document_id"] for quote in only["quotes"])
    with pytest.raises(AppError, match="question is empty"):
        client.predict(" ", api_name="/ask")
