"""The README is true: its commands and its Python run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SHELL = "".join(text for kind, text in BLOCKS if kind == "sh")
MAKE = [line for line in SHELL.splitlines() if line.startswith("make ")]
COMMANDS = [line for line in SHELL.splitlines() if line and not line.startswith("make ")]
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
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
    assert len(PYTHON) == 1


@pytest.mark.parametrize("code", PYTHON)
def test_python(folder: Path, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("answered")
    assert "1961" in printed
    assert (folder / "news-library" / "library.sqlite3").exists()


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
