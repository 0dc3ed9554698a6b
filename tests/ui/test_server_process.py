"""A server as a process: started, asked, stopped."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from kutip.index import Document, Library

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
    assert "outside:" not in server.log.read_text("utf-8")
    server.process.terminate()
    out, _ = server.process.communicate(timeout=PATIENCE)
    assert (server.process.returncode, out) == (0, "closed\n"), server.log.read_text("utf-8")


def test_a_stop_does_not_wait_for_ever_for_an_article(serving: Start, news: Library) -> None:
    server = serving(finish=1)
    wait_until_ready(server.url)
    article = {"text": "Kereta itu berhenti selamanya."}

    told: list[int] = []

    def add() -> None:
        # The line may break before the refusal is through.
        with suppress(httpx.HTTPError):
            reply = httpx.post(f"{server.url}/v1/documents", json=article, timeout=PATIENCE)
            told.append(reply.status_code)

    thread = threading.Thread(target=add)
    thread.start()
    time.sleep(2)
    server.process.terminate()
    out, _ = server.process.communicate(timeout=PATIENCE)
    # What was not finished is told by the exit code, and left no trace.
    assert (server.process.returncode, out) == (1, "")
    thread.join()
    assert all(status >= 400 for status in told)
    assert '"unfinished"' in server.log.read_text("utf-8")
    with Library.open(news.path, embedder=news.embedder) as library:
        assert len(library.documents()) == 3
        library.add(Document.from_text("Kereta itu berangkat lagi.", language="id"))


def test_the_browser_is_opened_and_finds_the_page(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    # As a browser in a terminal does, it stays as long as it is looked at.
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}.new\nmv {seen}.new {seen}\nexec sleep 60\n')
    browser.chmod(0o755)
    code = "from kutip.ui.cli import main; main()"
    options = ["--library", str(tmp_path / "library"), "--port", "0", "--no-feedback"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, "chat", "--open", "--read-only", *options],
        env={**os.environ, "BROWSER": str(browser)},
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + PATIENCE
    while not seen.exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    url = seen.read_text("utf-8").strip()
    page = httpx.get(url, timeout=PATIENCE)
    assert page.status_code == 200
    assert "Kutip" in page.text
    while httpx.get(f"{url}healthz", timeout=PATIENCE).json()["parts"]["page"] != "ready":
        assert time.monotonic() < until
        time.sleep(0.1)
    # The options arrive too: there is nothing to judge, to add or to remove.
    parts = httpx.get(f"{url}config", timeout=PATIENCE).json()["dependencies"]
    names = {part["api_name"] for part in parts}
    assert "channel_ask" in names
    assert not names & {"channel_verdict", "channel_add", "channel_remove"}
    process.terminate()
    assert process.wait(timeout=PATIENCE) == 0
