"""The programming interface, asked as another program would."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kutip.index import Document, Library
from kutip.rag import Assistant, Hit, Reading
from kutip.ui.server import Accounts, ServerOptions
from kutip.ui.server.app import build_app
from kutip.ui.server.services import Services

QUESTION = "Kapan gempa mengguncang Cianjur?"
Connect = Callable[..., TestClient]


@pytest.fixture
def connect(news: Library) -> Iterator[Connect]:
    """A client of a server with these options."""
    with ExitStack() as stack:

        def start(reader: Any = None, **options: Any) -> TestClient:
            services = Services.of(news, ServerOptions(page=False, **options), reader)
            client = TestClient(
                build_app(services), "http://127.0.0.1", raise_server_exceptions=False
            )
            return stack.enter_context(client)

        yield start


def is_problem(response: Any, status: int, word: str) -> None:
    """Assert that the response is this problem, told in full."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert (found["status"], found["type"]) == (status, "about:blank")
    assert word in found["detail"]


def test_an_answer_is_what_the_assistant_says(connect: Connect, news: Library) -> None:
    given = connect().post("/v1/ask", json={"question": QUESTION}).json()
    expected = Assistant(news).ask(QUESTION).to_dict()
    times = given.pop("milliseconds"), expected.pop("milliseconds")
    assert given == json.loads(json.dumps(expected))
    assert times[0].keys() == times[1].keys()
    assert given["quotes"]
    for quote in given["quotes"]:
        text = news.document(quote["document_id"]).text
        assert text[quote["start"] : quote["end"]] == quote["text"]


def test_passages_and_which_articles_to_search(connect: Connect, news: Library) -> None:
    client = connect()
    hits = client.post("/v1/search", json={"question": QUESTION, "k": 2}).json()["hits"]
    assert len(hits) == 2
    for hit in hits:
        text = news.document(hit["document_id"]).text
        assert text[hit["start"] : hit["end"]] == hit["text"]
    where = {"language": "en", "published_to": "2024-06-19"}
    (only,) = client.post("/v1/search", json={"question": QUESTION, "where": where}).json()["hits"]
    assert only["title"].startswith("The central bank")
    none = {"documents": ["0" * 16]}
    asked = client.post("/v1/ask", json={"question": QUESTION, "where": none}).json()
    assert (asked["status"], asked["quotes"]) == ("not_found", [])


def test_the_steps_of_an_answer_come_one_by_one(connect: Connect) -> None:
    client = connect()
    with client.stream("POST", "/v1/ask/stream", json={"question": QUESTION}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in response.iter_lines() if line]
    events = [line.removeprefix("event: ") for line in lines if line.startswith("event")]
    data = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data")]
    assert events == ["passages", "answer"]
    assert data[0]["hits"][0]["text"].startswith("Gempa")
    asked = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert data[1] | {"milliseconds": 0} == asked | {"milliseconds": 0}


def test_a_failure_on_the_way_is_an_event(connect: Connect) -> None:
    client = connect(BrokenReader())
    with client.stream("POST", "/v1/ask/stream", json={"question": QUESTION}) as response:
        lines = [line for line in response.iter_lines() if line]
    assert [line for line in lines if line.startswith("event")] == [
        "event: passages",
        "event: error",
    ]
    problem = json.loads(lines[-1].removeprefix("data: "))
    assert (problem["status"], problem["title"]) == (500, "Internal Server Error")
    assert "rahasia" not in str(lines)


class BrokenReader:
    """A reader that always fails, for a reason that is nobody's business."""

    def read(self, question: str, hits: list[Hit]) -> list[Reading]:
        raise RuntimeError("/rahasia/berkas")


def test_a_failure_tells_nothing_of_the_server(connect: Connect) -> None:
    client = connect(BrokenReader())
    response = client.post("/v1/ask", json={"question": QUESTION})
    is_problem(response, 500, "log")
    assert "rahasia" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"
    assert 'status="failed"' in client.get("/metrics").text


def test_articles_are_added_shown_replaced_and_removed(connect: Connect) -> None:
    client = connect()
    text = "Banjir di Demak\n\nSungai Tuntang meluap pada Selasa."
    given = {"text": text, "source": "demak", "published": "2024-03-19", "outlet": "Antara"}
    added = client.post("/v1/documents", json=given)
    assert (added.status_code, added.json()["outcome"]) == (201, "added")
    id_ = added.json()["id"]
    assert client.post("/v1/documents", json=given).json()["outcome"] == "unchanged"
    shown = client.get(f"/v1/documents/{id_}").json()
    assert (shown["text"], shown["published"]) == (text, "2024-03-19")
    asked = {"question": "Kapan Sungai Tuntang meluap?"}
    quotes = client.post("/v1/ask", json=asked).json()["quotes"]
    assert "Selasa" in quotes[0]["text"]
    changed = client.post("/v1/documents", json=given | {"text": text.replace("Selasa", "Rabu")})
    assert changed.json()["outcome"] == "replaced"
    is_problem(client.get(f"/v1/documents/{id_}"), 404, id_)
    removed = client.delete(f"/v1/documents/{changed.json()['id']}")
    assert (removed.status_code, removed.content) == (204, b"")
    is_problem(client.delete(f"/v1/documents/{changed.json()['id']}"), 404, "No article")
    # The beginning of an id is enough on the command line; a program must name the whole.
    is_problem(client.get("/v1/documents/" + "0123456789abcde"), 404, "No article")


def test_the_list_comes_in_parts(connect: Connect, news: Library) -> None:
    client = connect()
    first = client.get("/v1/documents", params={"limit": 2}).json()
    rest = client.get("/v1/documents", params={"offset": first["next_offset"]}).json()
    ids = [info["id"] for info in first["documents"] + rest["documents"]]
    assert ids == [info.id for info in news.documents()]
    assert (first["total"], rest["next_offset"]) == (3, None)


def test_files_are_sent_as_they_are(connect: Connect) -> None:
    client = connect(max_file_bytes=1000)
    page = b"<html><body><article><p>Kapal Merpati karam di Selat Bali.</p></article></body></html>"
    added = client.put("/v1/files/kapal.html", content=page)
    assert (added.status_code, added.json()["outcome"]) == (200, "added")
    shown = client.get(f"/v1/documents/{added.json()['id']}").json()
    assert (shown["source"], shown["text"]) == ("kapal.html", "Kapal Merpati karam di Selat Bali.")
    broken = client.put("/v1/files/kapal.pdf", content=b"no PDF")
    is_problem(broken, 422, "kapal.pdf")
    assert "/tmp" not in broken.text
    is_problem(client.put("/v1/files/kapal.txt", content=b"x" * 1001), 413, "--max-file-size")
    is_problem(client.put("/v1/files/kapal.exe", content=b"x"), 422, "name")
    is_problem(client.put("/v1/files/..%2Fkapal.txt", content=b"x"), 404, "")


def test_where_a_file_lies_is_for_this_machine_alone(connect: Connect) -> None:
    sources = [info["source"] for info in connect().get("/v1/documents").json()["documents"]]
    assert sources[0] == "/berita/gempa.txt"
    public = connect(host="0.0.0.0", read_only=True)
    infos = public.get("/v1/documents").json()["documents"]
    assert [info["source"] for info in infos] == ["gempa.txt", "bank.txt", "timnas.txt"]
    quotes = public.post("/v1/ask", json={"question": QUESTION}).json()["quotes"]
    assert quotes[0]["source"] == "gempa.txt"


def test_a_server_that_only_reads(connect: Connect, news: Library) -> None:
    client = connect(read_only=True)
    id_ = news.documents()[0].id
    is_problem(client.post("/v1/documents", json={"text": "Banjir."}), 403, "--read-only")
    is_problem(client.put("/v1/files/a.txt", content=b"Banjir."), 403, "--read-only")
    is_problem(client.delete(f"/v1/documents/{id_}"), 403, "--read-only")
    files = {"files": ("a.txt", b"Banjir.")}
    is_problem(client.post("/gradio_api/upload", files=files), 403, "takes no files")
    assert len(news.documents()) == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.question"),
        ({"question": "  "}, "body.question"),
        ({"question": "x" * 2001}, "body.question"),
        ({"question": "Apa?", "k": "5"}, "body.k"),
        ({"question": "Apa?", "k": 51}, "body.k"),
        ({"question": "Apa?", "where": {"language": "fr"}}, "body.where.language"),
        ({"question": "Apa?", "where": {"published_to": 0}}, "body.where.published_to"),
        ({"question": "Apa?", "pertanyaan": "Apa?"}, "body.pertanyaan"),
    ],
)
def test_a_request_that_cannot_be_used_names_the_field(
    connect: Connect, body: dict[str, object], field: str
) -> None:
    response = connect().post("/v1/search", json=body)
    is_problem(response, 422, field)
    assert field in [fault["where"] for fault in response.json()["errors"]]


def test_unknown_paths_and_methods_are_problems_too(connect: Connect) -> None:
    client = connect()
    is_problem(client.get("/v1/articles"), 404, "/v1/openapi.json")
    refused = client.put("/v1/documents")
    is_problem(refused, 405, "PUT")
    assert refused.headers["allow"] == "GET, POST"
    is_problem(client.post("/v1/ask", content=b"{"), 422, "body")
    is_problem(client.post("/v1/ask", content=b"{" * 3_000_000), 413, "larger")
    is_problem(client.post("/v1/ask", content=iter([b"{" * 3_000_000])), 413, "larger")
    is_problem(client.get("/nowhere"), 404, "nowhere")


def test_keys(connect: Connect) -> None:
    accounts, key = Accounts().with_key("bot")
    client = connect(accounts=accounts)
    both = {"X-API-Key": key, "Authorization": f"Bearer {key}x"}
    for headers in ({}, {"X-API-Key": key + "x"}, {"Authorization": f"Basic {key}"}, both):
        refused = client.post("/v1/ask", json={"question": QUESTION}, headers=headers)
        is_problem(refused, 401, "API key")
        assert refused.headers["www-authenticate"] == "Bearer"
    for headers in ({"X-API-Key": key}, {"Authorization": f"Bearer {key}"}):
        assert client.get("/v1/documents", headers=headers).status_code == 200
        assert client.get("/metrics", headers=headers).status_code == 200
    is_problem(client.get("/metrics"), 401, "API key")
    is_problem(client.post("/mcp", json={}), 401, "API key")
    assert client.get("/healthz").status_code == 200
    security = client.get("/v1/openapi.json").json()["components"]["securitySchemes"]
    assert {scheme["type"] for scheme in security.values()} == {"http", "apiKey"}


def test_rates_are_of_each_client(connect: Connect) -> None:
    accounts, first = Accounts().with_key("first")
    accounts, second = accounts.with_key("second")
    client = connect(accounts=accounts, rate="2/minute")
    codes = [
        client.get("/v1/documents", headers={"X-API-Key": key}).status_code
        for key in (first, first, first, second)
    ]
    assert codes == [200, 200, 429, 200]
    refused = client.get("/v1/documents", headers={"X-API-Key": first})
    is_problem(refused, 429, "2 per 1 minute")
    assert refused.headers["retry-after"] == "60"


def test_the_description_can_be_read(connect: Connect) -> None:
    # What `kutip serve` prints leads there.
    description = connect().get("/v1").raise_for_status().json()
    assert "text[start:end]" in description["info"]["description"]
    names = set()
    for path in description["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["description"]
            names.add(operation["operationId"])
    assert {"ask", "ask_stream", "search", "list_documents", "add_document"} <= names
    assert "Problem" in description["components"]["schemas"]


def test_what_hostile_articles_hold_stays_data(connect: Connect, news: Library) -> None:
    hostile = "<script>alert(1)</script> Kapal \u202ekaram\u202c di \U0001f6a2 Selat Bali."
    news.add(Document.from_text(hostile, language="id"))
    response = connect().post("/v1/ask", json={"question": "Kapal karam di mana?"})
    assert response.headers["content-type"] == "application/json"
    quote = response.json()["quotes"][0]
    assert hostile[quote["start"] : quote["end"]] == quote["text"]
