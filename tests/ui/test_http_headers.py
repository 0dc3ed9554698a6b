"""What every response carries, and which requests are turned away."""

import pytest
from fastapi.testclient import TestClient

from kutip.index import Library
from kutip.ui.server import Accounts, ServerOptions
from kutip.ui.server.app import build_app
from kutip.ui.server.services import Services


def client_of(news: Library, **options: object) -> TestClient:
    # A test gives only names of options, whose types differ.
    given = ServerOptions(**options)  # type: ignore[arg-type]
    # Not started: the page is not to be loaded, and what stands in for it is to be seen.
    return TestClient(build_app(Services.of(news, given)), "http://127.0.0.1:7860")


@pytest.fixture
def client(news: Library) -> TestClient:
    return client_of(news)


def test_security_headers(client: TestClient) -> None:
    for path in ("/", "/healthz", "/v1/documents", "/v1/none"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src")
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy
        assert "*" not in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in client.get("/v1/documents").headers["content-security-policy"]


def test_until_the_page_is_there_something_is(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert "sedang disiapkan" in response.text
    assert "being prepared" in response.text
    assert "//" not in response.text.replace("<!doctype", "")
    assert client.get("/config").status_code == 503
    assert client.post("/").status_code == 503


def test_health(client: TestClient) -> None:
    alive = client.get("/healthz")
    assert (alive.status_code, alive.json()["ready"]) == (200, False)
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["parts"]["page"] == "waiting"
    assert client.get("/metrics").headers["content-type"].startswith("text/plain; version=0.0.4")


def test_requests_have_names(client: TestClient) -> None:
    given = client.get("/healthz", headers={"X-Request-ID": "bot-7.1"})
    assert given.headers["x-request-id"] == "bot-7.1"
    made = {
        client.get("/healthz", headers={"X-Request-ID": bad}).headers["x-request-id"]
        for bad in ("", "a b", "x" * 65, "<b>")
    }
    assert len(made) == 4


@pytest.mark.parametrize("origin", ["http://jahat.example", "null", "http://127.0.0.1.example"])
def test_pages_of_other_sites_change_nothing(client: TestClient, origin: str) -> None:
    body = {"text": "Banjir."}
    refused = client.post("/v1/documents", json=body, headers={"Origin": origin})
    assert refused.status_code == 403
    assert "--allow-host" in refused.json()["detail"]
    own = {"Origin": "http://127.0.0.1:7860"}
    assert client.post("/v1/documents", json=body, headers=own).status_code == 201


@pytest.mark.parametrize("host", ["jahat.example", "127.0.0.1.jahat.example:7860", "[::2]", ""])
def test_other_names_of_this_machine_read_nothing(client: TestClient, host: str) -> None:
    assert client.get("/v1/documents", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:7860"])
def test_its_own_names_are_known(client: TestClient, host: str) -> None:
    assert client.get("/v1/documents", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("page", [True, False])
def test_mcp_takes_post_alone(news: Library, page: bool) -> None:
    refused = client_of(news, page=page).get("/mcp")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")


def test_the_address_that_it_serves_on_is_known(news: Library) -> None:
    client = client_of(news, host="127.0.0.2")
    assert client.get("/v1/documents", headers={"Host": "127.0.0.2:7860"}).status_code == 200


def test_behind_a_proxy(news: Library) -> None:
    client = client_of(news, allowed_hosts=("berita.example",), read_only=True)
    own = {"Origin": "https://berita.example"}
    asked = client.post("/v1/search", json={"question": "Apa?"}, headers=own)
    assert asked.status_code == 200
    named = client_of(news, allowed_hosts=("Berita.Example:443",), read_only=True)
    asked = named.post("/v1/search", json={"question": "Apa?"}, headers=own)
    assert asked.status_code == 200
    other = {"Origin": "https://jahat.example"}
    assert client.post("/v1/search", json={"question": "Apa?"}, headers=other).status_code == 403


def test_passwords_cannot_be_tried_for_long(news: Library) -> None:
    client = client_of(news, accounts=Accounts().with_user("sri", "kuda betina 42"))
    codes = [client.post("/login", data={"username": "sri"}).status_code for _ in range(12)]
    assert codes == [503] * 10 + [429] * 2


def test_figures_have_few_names(client: TestClient) -> None:
    for path in ("/v1/documents/0123456789abcdef", "/v1/nowhere", "/rahasia", "/v1/documents"):
        client.get(path)
    client.request("BREW", "/v1/documents")
    text = client.get("/metrics").text
    routes = {
        line.split('route="')[1].split('"')[0] for line in text.splitlines() if "route=" in line
    }
    assert routes == {"/v1/documents", "/v1/documents/{document_id}", "unknown", "page"}
    assert 'method="other"' in text
    assert "0123456789abcdef" not in text
