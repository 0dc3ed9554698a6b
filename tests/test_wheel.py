"""What is published: the sdist and the wheel hold what they should, and the wheel works.

The wheel is built of the unpacked sdist, which is how pip builds it where there is no wheel.
"""

import json
import os
import stat
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("index", "rag", "evals", "ui")
# Nine tenths of the package, and needed to train a reader alone.
LEFT_OUT = "evals/news_qa/*"
NEEDED = [
    "kutip/__init__.py",
    "kutip/py.typed",
    "kutip/index/adapter.safetensors",
    "kutip/index/background.json",
    "kutip/index/bundled/*.md",
    "kutip/rag/integrations/langchain.py",
    "kutip/rag/reader/README.md",
    "kutip/rag/reader/configs/reader-news.toml",
    "kutip/rag/reader/configs/reader.toml",
    "kutip/rag/reader/reader.safetensors",
    "kutip/rag/tuning/README.md",
    "kutip/rag/tuning/configs/adapter.toml",
    "kutip/evals/articles/*.md",
    "kutip/evals/baseline.json",
    "kutip/evals/question.schema.json",
    "kutip/evals/questions/*.jsonl",
    "kutip/evals/report/*.css",
    "kutip/evals/report/*.html",
    "kutip/evals/report/*.js",
    "kutip/ui/chat/assets/*.css",
    "kutip/ui/chat/assets/*.js",
    "kutip/ui/chat/words.json",
    "kutip/ui/server/loading.html",
    "kutip-*.dist-info/entry_points.txt",
    "kutip-*.dist-info/licenses/LICENSE",
]
SOURCE = [
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "PKG-INFO",
    "README.md",
    "constraints.txt",
    "docs/api.md",
    "docs/decisions.md",
    "evals/news_qa/train.jsonl",
    "examples/*.py",
    "kutip/__init__.py",
    "kutip/py.typed",
    "pyproject.toml",
]
# An app with modules of its own under the names that Kutip's folders have.
APP = {
    "index.py": "OWNER = 'app'\n",
    "rag.py": "OWNER = 'app'\n",
    "ui/__init__.py": "OWNER = 'app'\n",
    "evals/__init__.py": "OWNER = 'app'\n",
    "evals/run.py": "OWNER = 'app'\n",
    "main.py": """
import json, sys, zlib
import numpy as np
import evals, evals.run, index, rag, ui
import kutip, kutip.evals.run, kutip.ui.cli
from kutip.index import FunctionEmbedder
from kutip.index.bundled import bundled_article

def embed(texts):
    counts = np.zeros((len(texts), 64), dtype=np.float32)
    for row, text in zip(counts, texts):
        for word in text.casefold().split():
            row[zlib.crc32(word.strip(".,?").encode()) % 64] += 1
    return counts

with kutip.Library.open(sys.argv[1], embedder=FunctionEmbedder(embed, 64)) as library:
    article = library.add(bundled_article()).document
    question = "Apa yang dikatakan perjanjian tahun 1961 antara Moskow dan Pyongyang?"
    answer = kutip.Assistant(library).ask(question)
    print(json.dumps({
        "owners": [module.OWNER for module in (evals, evals.run, index, rag, ui)],
        "files": [module.__file__ for module in (kutip, kutip.evals.run, kutip.ui.cli)],
        "answer": answer.to_dict(),
        "verbatim": [quote.is_verbatim(article) for quote in answer.quotes],
        "html": answer._repr_html_(),
    }))
""",
}


@dataclass(frozen=True)
class Built:
    """The two archives, and the folder that the sdist was unpacked into."""

    sdist: Path
    unpacked: Path
    wheel: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    build(ROOT, "sdist", folder)
    (sdist,) = folder.glob("kutip-*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    unpacked = folder / sdist.name.removesuffix(".tar.gz")
    build(unpacked, "wheel", folder)
    (wheel,) = folder.glob("kutip-*.whl")
    return Built(sdist, unpacked, wheel)


def build(source: Path, target: str, folder: Path) -> None:
    run("-m", "hatchling", "build", "-t", target, "-d", str(folder), cwd=source)


def run(*arguments: str, cwd: Path, **environment: str) -> str:
    """What this Python prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_the_layers() -> set[str]:
    """The files of the working tree that belong to the package, as paths from its root."""
    return {
        file.relative_to(ROOT).as_posix()
        for layer in LAYERS
        for file in (ROOT / layer).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_the_wheel_holds_the_package_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = {one.filename for one in archive.infolist()}
        for one in archive.infolist():
            assert not stat.S_ISLNK(one.external_attr >> 16), f"{one.filename} is a link"
    for pattern in NEEDED:
        assert any(fnmatch(name, pattern) for name in names), pattern
    files = {f"kutip/{name}" for name in in_the_layers() if not fnmatch(name, LEFT_OUT)}
    own = {name for name in names if name.startswith("kutip/")}
    assert own == files | {"kutip/__init__.py", "kutip/py.typed"}
    assert all(".dist-info/" in name for name in names - own)


def test_the_sdist_holds_the_source_and_no_links(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        members = archive.getmembers()
    assert [one.name for one in members if not one.isfile()] == []
    names = {one.name.partition("/")[2] for one in members}
    for pattern in SOURCE:
        assert any(fnmatch(name, pattern) for name in names), pattern
    assert in_the_layers() <= names
    tops = {name.split("/")[0] for name in names}
    assert tops <= {pattern.split("/")[0] for pattern in SOURCE} | {*LAYERS, ".gitignore"}


def test_an_app_with_such_names_of_its_own_uses_the_wheel(built: Built, tmp_path: Path) -> None:
    target, app, library = tmp_path / "target", tmp_path / "app", tmp_path / "library"
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--no-compile"]
    run("-m", "pip", "install", *options, "--target", str(target), str(built.wheel), cwd=tmp_path)
    for name, text in APP.items():
        file = app / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    shown = json.loads(run("main.py", str(library), cwd=app, PYTHONPATH=str(target)))
    assert shown["owners"] == ["app"] * 5
    assert all(Path(file).is_relative_to(target) for file in shown["files"])
    assert shown["answer"]["quotes"]
    assert all(shown["verbatim"])
    assert "<blockquote" in shown["html"]
    # And the program that comes with it, on the same library.
    program = str(target / "bin" / "kutip")
    listed = run(
        program, "list", "--json", "--library", str(library), cwd=app, PYTHONPATH=str(target)
    )
    assert json.loads(listed)["id"] == shown["answer"]["quotes"][0]["document_id"]
