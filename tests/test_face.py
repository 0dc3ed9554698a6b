"""The public face: what is exported, how fast it loads, and which way imports point."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("index", "rag", "evals", "ui")
FACES = (
    "kutip",
    "kutip.index",
    "kutip.index.loading",
    "kutip.rag",
    "kutip.ui.cli",
    "kutip.ui.chat",
    "kutip.evals.adapters",
)
LONGEST_FACE = 15
LONGEST_FILE = 400


@pytest.mark.parametrize("name", FACES)
def test_a_face_exports_what_it_says(name: str) -> None:
    face = importlib.import_module(name)
    exported = face.__all__
    assert list(exported) == sorted(exported, key=str)
    assert all(hasattr(face, item) for item in exported)
    source = Path(str(face.__file__)).read_text("utf-8")
    assert len(source.splitlines()) <= LONGEST_FACE
    imported = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == set(exported)


def test_import_kutip_leaves_the_models_alone() -> None:
    code = (
        "import sys, kutip; heavy = {'torch', 'faiss', 'gradio', 'sentence_transformers', 'scipy'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_point_down_only(layer: str) -> None:
    above = LAYERS[LAYERS.index(layer) + 1 :]
    for file in (ROOT / layer).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            modules = []
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            elif isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            for module in modules:
                assert not any(module.startswith(f"kutip.{name}") for name in above), (file, module)
                assert module.split(".")[0] not in LAYERS, (file, module)


def test_no_file_is_too_long() -> None:
    for layer in LAYERS:
        for file in (ROOT / layer).rglob("*.py"):
            assert len(file.read_text("utf-8").splitlines()) <= LONGEST_FILE, file
