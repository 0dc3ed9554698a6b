"""The README is true: its commands and its Python run as they stand there."""

import ast
import asyncio
import inspect
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from typer.core import TyperGroup
from typer.main import get_command

from kutip.index import Library
from kutip.index.bundled import bundled_article
from kutip.ui.cli.app import app
from kutip.ui.server import ServerOptions
from kutip.ui.server.app import build_app
from kutip.ui.server.services import Services

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SHELL = "".join(text for kind, text in BLOCKS if kind == "sh")
MAKE = [line for line in SHELL.splitlines() if line.startswith("make ")]
COMMANDS = [line for line in SHELL.splitlines() if line and not line.startswith("make ")]
PYTHON, *SNIPPETS = [text for kind, text in BLOCKS if kind == "python"]
(REQUEST,) = [text for kind, text in BLOCKS if kind == "bash"]
(SETTINGS,) = [text for kind, text in BLOCKS if kind == "json"]
ARTICLE = (ROOT / "index" / "bundled" / "perjanjian-rusia-korea-utara.md").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an article.txt, as the README has one, and a library of its own."""
    (tmp_path / "article.txt").write_text(ARTICLE.split("---\n", 2)[2].strip(), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUTIP_LIBRARY", str(tmp_path / "library"))
    monkeypatch.delenv("KUTIP_MODEL", raising=False)
    return tmp_path


def test_there_is_something_to_test() -> None:
    assert MAKE == ["make chat", "make test"]
    assert len(COMMANDS) >= 7
    assert len(SNIPPETS) == 4


def test_python(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(PYTHON, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    # Not sure enough to be given as the answer, but the right sentence.
    assert printed.startswith(("answered", "related"))
    assert "1961" in printed
    assert (folder / "news-library" / "library.sqlite3").exists()


@pytest.fixture
def treaty(library: Library) -> Library:
    """The bundled article, without a model."""
    library.add(bundled_article())
    return library


@pytest.mark.parametrize("code", SNIPPETS)
def test_snippets_for_apps(treaty: Library, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    # `await` at the top, as a notebook has it.
    compiled = compile(code, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    async def run() -> None:
        waiting = eval(compiled, {"library": treaty})
        if inspect.isawaitable(waiting):
            await waiting

    asyncio.run(run())
    printed = capsys.readouterr().out
    # An embedder of words alone finds little for an English question in an Indonesian article.
    related = "related", "not_found", "The article does not say."
    assert "Putin" in printed or printed.startswith(related)


def test_the_request_over_http_is_answered(treaty: Library) -> None:
    command, url, header, content_type, data, body = shlex.split(REQUEST.replace("\\\n", ""))
    assert (command, header, data) == ("curl", "-H", "-d")
    options = ServerOptions(page=False)
    where = urlsplit(url)
    assert where.port == options.port
    name, _, value = content_type.partition(": ")
    services = Services.of(treaty, options)
    with TestClient(build_app(services), f"{where.scheme}://{where.hostname}") as client:
        response = client.post(where.path, content=body, headers={name: value})
    answer: dict[str, Any] = response.raise_for_status().json()
    assert answer["question"] == json.loads(body)["question"]
    assert answer["version"] == 1


def test_the_settings_for_mcp_name_a_command() -> None:
    server = json.loads(SETTINGS)["mcpServers"]["kutip"]
    assert server["command"] == "kutip"
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    assert server["args"][0] in group.commands


def test_commands(folder: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(COMMANDS)],
        env=os.environ | {"PATH": path},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=550,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1961" in done.stdout
    assert done.stdout.count('"version": 1') == 2


@pytest.mark.parametrize("line", MAKE)
def test_make_knows_its_targets(line: str) -> None:
    # What they do is run by a person on a fresh machine, and by .ci/run.
    subprocess.run([*line.split(), "--dry-run"], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    assert link.startswith("https://") or (ROOT / link).exists()
