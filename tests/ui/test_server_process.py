"""A server as a process: started, asked, stopped."""

import json
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from kutip.index import Library

Start = Callable[..., Any]
# The machines that run this are shared, and slow at times.
PATIENCE = 60
SLOW = "Kapan gempa yang lambat mengguncang Cianjur?"


def wait_until_ready(url: str, seconds: float = 300) -> dict[str, Any]:
    """The state of a server once all of it is there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state: dict[str, Any] = httpx.get(f"{url}/readyz", timeout=PATIENCE).json()
        if state["ready"]:
            return state
        time.sleep(0.1)
    raise AssertionError(f"not ready after {seconds} s: {state}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_answers_finish(serving: Start, news: Library, number: int) -> None:
    server = serving()
    state = wait_until_ready(server.url)
    assert state["parts"] == {"mcp": "ready", "model": "ready"}
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.append(
            httpx.post(f"{server.url}/v1/ask", json={"question": SLOW}, timeout=PATIENCE)
        )

    thread = threading.Thread(target=ask)
    thread.start()
    while (
        "kutip_questions_in_progress 1.0"
        not in httpx.get(f"{server.url}/metrics", timeout=PATIENCE).text
    ):
        time.sleep(0.05)
    server.process.send_signal(number)
    time.sleep(0.5)
    late = httpx.post(f"{server.url}/v1/ask", json={"question": "Kapan?"}, timeout=PATIENCE)
    assert late.status_code == 503
    assert httpx.get(f"{server.url}/readyz", timeout=PATIENCE).json()["stopping"]
    thread.join()
    out, _ = server.process.communicate(timeout=PATIENCE)
    assert (server.process.returncode, out) == (0, "closed\n"), server.log.read_text("utf-8")
    assert answers[0].status_code == 200
    assert answers[0].json()["quotes"]
    assert len(news.documents()) == 3


def test_logs_are_lines_of_json_without_questions(serving: Start) -> None:
    server = serving()
    wait_until_ready(server.url)
    headers = {"X-Request-ID": "bot-7"}
    asked = {"question": "Siapa Prabumulih?"}
    httpx.post(f"{server.url}/v1/ask", json=asked, headers=headers, timeout=PATIENCE)
    httpx.get(f"{server.url}/v1/documents?Prabumulih", timeout=PATIENCE)
    server.process.terminate()
    server.process.wait(timeout=PATIENCE)
    lines = [json.loads(line) for line in server.log.read_text("utf-8").splitlines()]
    assert {"ready", "question", "request", "stopping"} <= {line.get("event") for line in lines}
    asked_lines = [line for line in lines if line.get("request_id") == "bot-7"]
    assert {line["event"] for line in asked_lines} == {"question", "request"}
    assert all(line["time"] and line["level"] for line in lines)
    assert "Prabumulih" not in json.dumps(lines)


def test_the_chat_comes_after_the_server_and_asks_who_is_there(serving: Start) -> None:
    from kutip.ui.server import Accounts

    accounts = Accounts().with_user("sri", "kuda betina 42")
    server = serving(page=True, root_path="/kutip", accounts={"users": accounts.users})
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        early = client.get("/")
        assert early.status_code == 200
        assert "sedang disiapkan" in early.text
        assert wait_until_ready(server.url)["parts"]["page"] == "ready"
        page = client.get("/")
        assert "gradio" in page.text
        assert f"{server.url}/kutip" in page.text
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert client.get("/config").status_code == 401
        wrong = {"username": "sri", "password": "kuda jantan 42"}
        assert client.post("/login", data=wrong).status_code == 400
        right = {"username": "sri", "password": "kuda betina 42"}
        assert client.post("/login", data=right).status_code == 200
        assert client.get("/config").status_code == 200
        assert client.post("/v1/ask", json={"question": "Apa?"}).status_code == 401
    server.process.terminate()
    out, _ = server.process.communicate(timeout=PATIENCE)
    assert (server.process.returncode, out) == (0, "closed\n"), server.log.read_text("utf-8")
