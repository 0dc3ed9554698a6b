"""The commands as a person runs them: output, exit codes, errors."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kutip.index.bundled import bundled_article

# What the fixture `kutip` is: arguments in; code, out and err back.
Run = Callable[..., Any]

ENGLISH = "What did the 2000 treaty replace?"
INDONESIAN = "Apa yang digantikan oleh perjanjian tahun 2000?"
ELSEWHERE = "Berapa harga beras di pasar?"
SHARED = Path(os.environ.get("KUTIP_SHARED", Path(__file__).parents[3] / "shared"))
REAL_ARTICLE = SHARED / "articles" / "perjanjian-rusia-korea-utara.txt"


@pytest.mark.parametrize("question", [ENGLISH, INDONESIAN])
def test_a_new_library_answers_about_the_bundled_article(kutip: Run, question: str) -> None:
    done = kutip("ask", question)
    assert done.code == 0
    assert "pada 1961." in done.out
    assert "Added the article that comes with Kutip" in done.err


@pytest.mark.skipif(not REAL_ARTICLE.exists(), reason=f"no {REAL_ARTICLE}: set KUTIP_SHARED")
@pytest.mark.parametrize("question", [ENGLISH, INDONESIAN])
def test_a_real_article_in_a_new_library(kutip: Run, question: str) -> None:
    assert kutip("add", str(REAL_ARTICLE)).code == 0
    done = kutip("ask", "--json", question)
    answer = json.loads(done.out)
    # Across languages it is seldom sure, but the right sentence comes first.
    assert (done.code, answer["status"] in {"answered", "related"}) == (0, True)
    assert "1961" in answer["quotes"][0]["text"]
    text = REAL_ARTICLE.read_text("utf-8")
    for quote in answer["quotes"]:
        assert text[quote["start"] : quote["end"]] == quote["text"]


def test_what_the_article_does_not_say(kutip: Run) -> None:
    done = kutip("ask", ELSEWHERE)
    assert (done.code, "tidak membahas" in done.out) == (3, True)


def test_a_greeting_needs_no_search(kutip: Run) -> None:
    done = kutip("ask", "Halo!")
    assert (done.code, done.out.startswith("Halo!")) == (0, True)


def test_questions_from_standard_input_give_a_line_each(kutip: Run) -> None:
    done = kutip("ask", "--json", "-", stdin=f"{ENGLISH}\n\n{ELSEWHERE}\n")
    first, second, third = map(json.loads, done.out.splitlines())
    assert done.code == 1
    article = bundled_article().text
    assert article[first["quotes"][0]["start"] : first["quotes"][0]["end"]] in article
    assert set(first["quotes"][0]) >= {"document_id", "title", "start", "end", "text"}
    assert "empty" in second["error"]
    assert third["status"] == "not_found"


def test_adding_listing_showing_and_removing(kutip: Run, tmp_path: Path) -> None:
    article = tmp_path / "banjir.txt"
    article.write_text("Banjir di Demak\n\nSungai Tuntang meluap pada Selasa.", "utf-8")
    broken = tmp_path / "gambar.png"
    broken.write_bytes(b"\x89PNG")
    done = kutip("add", str(tmp_path / "banjir.txt"), str(broken))
    assert done.code == 1
    assert "1 added, 0 replaced, 0 already there, 1 refused." in done.err
    assert "gambar.png" in done.err
    assert "1 already there" in kutip("add", str(article)).err
    article.write_text("Banjir di Demak\n\nSungai Tuntang meluap pada Rabu.", "utf-8")
    assert "1 replaced" in kutip("add", str(article)).err
    (listed,) = map(json.loads, kutip("list", "--json").out.splitlines())
    assert listed["title"] == "Banjir di Demak"
    assert kutip("show", listed["id"][:6]).out == article.read_text("utf-8") + "\n"
    assert "Banjir di Demak" in kutip("list").out
    done = kutip("add", "-", "--title", "Harga [/naik] \x1b[31m5%", stdin="Harga beras naik.")
    assert "Harga [/naik] ␛[31m5%" in done.err
    assert "Harga [/naik] ␛[31m5%" in kutip("list").out
    assert kutip("remove", json.loads(kutip("list", "--json").out.splitlines()[1])["id"]).code == 0
    assert kutip("remove", listed["id"]).code == 0
    assert kutip("list", "--json").out == ""


def test_an_article_from_standard_input(kutip: Run) -> None:
    done = kutip("add", "-", "--title", "Kapal", stdin="Kapal itu berangkat pada Senin pagi.")
    assert (done.code, "Kapal" in done.err) == (0, True)
    assert kutip("add", "-", stdin="   ").code == 1


def test_search_gives_passages_with_both_sides(kutip: Run) -> None:
    hits = [
        json.loads(line) for line in kutip("search", ENGLISH, "-k", "2", "--json").out.splitlines()
    ]
    assert len(hits) == 2
    assert hits[0]["score"] >= hits[1]["score"]
    assert "1961" in hits[0]["text"]
    assert hits[0]["dense"]["rank"] >= 1
    assert kutip("search", ENGLISH, "-k", "1").out.startswith("1. ")


def test_info_names_versions_and_paths(kutip: Run, library_path: Path) -> None:
    values = json.loads(kutip("info", "--json").out)
    assert values["versions"]["torch"].startswith("2.13.0")
    assert values["library"]["path"] == str(library_path)
    assert str(library_path) in kutip("info").out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["show", "ffff"], 1, "No article has the id 'ffff'"),
        (["ask", ""], 1, "The question is empty"),
        (["ask", "x" * 2001], 1, "the limit is 2,000"),
        (["add", "nowhere.txt"], 1, "nowhere.txt"),
        (["list", "--library", "/dev/null/library"], 1, "cannot be made into a library"),
        (["search"], 2, "Missing argument"),
        (["fly"], 2, "No such command"),
    ],
)
def test_errors_say_what_to_do_and_show_no_traceback(
    kutip: Run, arguments: list[str], code: int, message: str
) -> None:
    done = kutip(*arguments)
    assert done.code == code
    assert message in " ".join(done.err.split())
    assert "Traceback" not in done.err


def test_an_unforeseen_error_is_told_too(kutip: Run, library_path: Path) -> None:
    library_path.mkdir()
    (library_path / "library.sqlite3").write_bytes(b"this is no database" * 100)
    done = kutip("list")
    assert (done.code, "cannot be opened as a Kutip library" in done.err) == (1, True)


OFFLINE = """
import fcntl, socket, struct, subprocess, sys
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(probe, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # bring up loopback alone
sys.exit(subprocess.call(sys.argv[1:]))
"""


@pytest.mark.skipif(
    subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode != 0,
    reason="unshare -n is not allowed here, so the network cannot be cut off",
)
def test_without_a_network_the_model_unpacks_and_answers(tmp_path: Path) -> None:
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment["KUTIP_LIBRARY"] = str(tmp_path / "library")
    program = str(Path(sys.executable).parent / "kutip")
    command = ["unshare", "-n", sys.executable, "-c", OFFLINE, program, "ask", ENGLISH]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "pada 1961." in done.stdout
    assert "Unpacking kutip-e5-small" in done.stderr
