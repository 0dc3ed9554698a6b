"""The examples run: each on a library without a model, with no network and a reader made here."""

import asyncio
import csv
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from langchain_core.language_models import ParrotFakeChatModel
from mcp import Client

from kutip.index import Document, Library
from kutip.rag import Assistant
from kutip.ui.mcp.server import build_server
from kutip.ui.server import ServerOptions
from kutip.ui.server.services import Services

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
QUESTION = "Apa yang mengguncang Cianjur pada Senin siang?"

pytestmark = pytest.mark.allow_hosts([])


def load(name: str) -> dict[str, Any]:
    """The names of an example, which is not a module of anything."""
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))


def test_every_example_is_short_and_says_how_it_is_run() -> None:
    files = sorted(EXAMPLES.glob("*.py"))
    assert len(files) == 5
    for file in files:
        source = file.read_text("utf-8")
        assert len(source.splitlines()) <= 110, file
        assert f"python examples/{file.name}" in source.split('"""')[1]
        assert '\nif __name__ == "__main__":\n' in source


def test_search_api(filled: Library) -> None:
    with TestClient(load("search_api")["make_app"](filled)) as client:
        found = client.get("/passages", params={"question": QUESTION, "k": 2}).json()
        assert len(found) == 2
        for passage in found:
            text = filled.document(passage["article"]).text
            assert text[passage["start"] : passage["end"]] == passage["text"]
        assert "Cianjur" in found[0]["text"]
        refused = client.get("/passages", params={"question": " "})
        assert (refused.status_code, "empty" in refused.json()["detail"]) == (422, True)


async def test_langchain_chain(filled: Library) -> None:
    chain = load("langchain_chain")["make_chain"](filled, ParrotFakeChatModel())
    written = chain.invoke(QUESTION)
    assert "[1] Gempa mengguncang Cianjur" in written
    assert written.endswith(f"Question: {QUESTION}")
    assert await chain.ainvoke(QUESTION) == written


def test_mcp_client(filled: Library, first_words: Callable[..., Any]) -> None:
    report = load("mcp_client")["report"]

    async def main() -> str:
        server = build_server(Services.of(filled, ServerOptions(), first_words()))
        async with Client(server) as client:
            text: str = await report(client, QUESTION)
            with pytest.raises(RuntimeError, match="question"):
                await report(client, " ")
            return text

    written = asyncio.run(main())
    assert "Gempa mengguncang Cianjur pada Senin siang.\n    as in '" in written
    assert "NOT" not in written


def test_answer_csv(filled: Library, tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.csv", tmp_path / "answers.csv"
    questions.write_text(f"number,question\n1,{QUESTION}\n2,\n3,Halo!\n", "utf-8")
    assert load("answer_csv")["answer_file"](filled, questions, answers) == 3
    with answers.open(encoding="utf-8-sig", newline="") as file:
        first, empty, greeting = csv.DictReader(file)
    assert (empty["status"], greeting["status"], greeting["quote"]) == ("error", "greeting", "")
    assert "empty" in empty["answer"]
    ids = [info.id for info in filled.documents()]
    assert first["number"] == "1"
    assert first["quote"] in [
        filled.document(id_).text[int(first["start"]) : int(first["end"])] for id_ in ids
    ]


def test_answer_csv_as_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUTIP_LIBRARY", str(tmp_path / "library"))
    (tmp_path / "in.csv").write_text("question\nSiapa?\n", "utf-8")
    program = str(EXAMPLES / "answer_csv.py")
    monkeypatch.setattr(sys, "argv", [program, str(tmp_path / "in.csv"), str(tmp_path / "out.csv")])
    runpy.run_path(program, run_name="__main__")
    assert capsys.readouterr().out == "1 questions answered\n"
    assert "not_found" in (tmp_path / "out.csv").read_text("utf-8-sig")
    (tmp_path / "in.csv").write_text("text\nSiapa?\n", "utf-8")
    with pytest.raises(SystemExit, match="expected one named question"):
        runpy.run_path(program, run_name="__main__")


def test_answer_csv_keeps_what_is_there(filled: Library, tmp_path: Path) -> None:
    answer_file = load("answer_csv")["answer_file"]
    file = tmp_path / "berita.csv"
    uneven = f"number,question\n1,{QUESTION},more,than,that\n2\n"
    file.write_text(uneven, "utf-8")
    with pytest.raises(SystemExit, match="holds the questions"):
        answer_file(filled, file, file)
    assert file.read_text("utf-8") == uneven
    (tmp_path / "old.csv").write_text("kept", "utf-8")
    (tmp_path / "other.csv").write_text("question,status\nSiapa?,new\n", "utf-8")
    with pytest.raises(SystemExit, match="rename status"):
        answer_file(filled, tmp_path / "other.csv", tmp_path / "old.csv")
    assert (tmp_path / "old.csv").read_text("utf-8") == "kept"
    assert answer_file(filled, file, tmp_path / "old.csv") == 2


class Telegram:
    """Telegram as the bot sees it: updates that wait, and what was sent."""

    def __init__(self, *texts: str) -> None:
        self.waiting: list[dict[str, Any]] = [
            {"update_id": 70 + number, "message": {"chat": {"id": number % 2}, "text": text}}
            for number, text in enumerate(texts)
        ]
        self.sent: list[tuple[int, str]] = []

    def __call__(self, method: str, **parameters: Any) -> Any:
        if method == "sendMessage":
            assert parameters["parse_mode"] == "HTML"
            self.sent.append((parameters["chat_id"], parameters["text"]))
            return {"message_id": len(self.sent)}
        assert method == "getUpdates"
        return [one for one in self.waiting if one["update_id"] >= parameters["offset"]][:2]


def test_telegram_bot(filled: Library, first_words: Callable[..., Any]) -> None:
    reader = first_words()
    network = Telegram(QUESTION, "/start", "dan kapan itu terjadi?", "x" * 3_000)
    network.waiting.append({"update_id": 90, "message": {"chat": {"id": 0}, "photo": []}})
    names = load("telegram_bot")
    bot = names["Bot"](Assistant(filled, reader=reader), network)
    assert [bot.step() for _ in range(4)] == [2, 2, 1, 0]
    assert [chat for chat, _ in network.sent] == [0, 1, 0, 1]
    answer, welcome, follow_up, refused = [text for _, text in network.sent]
    assert "<blockquote><u>Gempa</u> mengguncang Cianjur pada Senin siang.</blockquote>" in answer
    assert welcome == names["WELCOME"]
    assert "3,000 characters" in refused
    assert "<blockquote>" in follow_up
    # The first chat is a conversation, the second has asked nothing before.
    assert reader.questions == [QUESTION, f"{QUESTION} dan kapan itu terjadi?"]


def test_telegram_gets_no_html_of_an_article(
    library: Library, first_words: Callable[..., Any]
) -> None:
    library.add(
        Document.from_text("<b>Kapal & kapten</b> karam. Titik.", title="<a>", language="id")
    )
    network = Telegram("Kapal karam kapten?")
    load("telegram_bot")["Bot"](Assistant(library, reader=first_words()), network).step()
    ((_, sent),) = network.sent
    assert "&lt;b&gt;Kapal</u> &amp; kapten&lt;/b&gt; karam." in sent
    assert set(re.findall(r"<(\w+)>", sent)) <= {"b", "u", "blockquote"}
    assert "&lt;a&gt;" in sent
