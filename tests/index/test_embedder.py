"""Embedders: the one made of a function, and models that cannot be had."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kutip.index import FunctionEmbedder, SentenceTransformerEmbedder
from kutip.index.background import embed_background
from kutip.index.embedder import Embedder, ModelIdentity, Vectors
from kutip.index.errors import ModelError


def lengths(texts: Sequence[str]) -> Vectors:
    return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_vectors_have_length_one_and_keep_their_order() -> None:
    embedder: Embedder = FunctionEmbedder(lengths, 2)
    texts = ["a", "bbb", ""]
    expected = np.array([[0.70710678, 0.70710678], [0.9486833, 0.31622776], [0.0, 1.0]])
    for vectors in (embedder.embed_questions(texts), embedder.embed_passages(texts)):
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(vectors, expected, rtol=1e-6)


def test_a_vector_of_zeros_stays_one() -> None:
    embedder = FunctionEmbedder(lambda texts: np.zeros((len(texts), 3), dtype=np.float32), 3)
    assert embedder.embed_questions(["a"]).tolist() == [[0, 0, 0]]


def test_lists_and_other_numbers_are_taken() -> None:
    # No array, as an app's own function may give in spite of the types.
    embedder = FunctionEmbedder(lambda texts: [[3, 4]] * len(texts), 2)  # type: ignore[arg-type, return-value]
    np.testing.assert_allclose(embedder.embed_passages(["a"]), [[0.6, 0.8]])


def test_no_texts_have_no_vectors_and_call_nothing() -> None:
    def refuse(texts: Sequence[str]) -> Vectors:
        raise AssertionError(texts)

    assert FunctionEmbedder(refuse, 5).embed_questions([]).shape == (0, 5)
    assert FunctionEmbedder(refuse, 5).embed_passages([]).shape == (0, 5)


@pytest.mark.parametrize("shape", [(1, 2), (2, 3), (2,), (2, 2, 1), (0, 2)])
def test_an_array_of_another_shape_is_refused_with_both(shape: tuple[int, ...]) -> None:
    embedder = FunctionEmbedder(lambda texts: np.ones(shape, dtype=np.float32), 2)
    with pytest.raises(ModelError) as caught:
        embedder.embed_passages(["a", "b"])
    assert f"shape {shape}, expected (2, 2)" in str(caught.value)


def test_tokens_are_words() -> None:
    assert FunctionEmbedder(lengths, 2).count_tokens(["satu dua", "", " tiga\n"]) == [2, 0, 1]


def test_the_background_is_32_passages_of_each_language(embedder: FunctionEmbedder) -> None:
    background = embed_background(embedder)
    assert {language: vectors.shape for language, vectors in background.items()} == {
        "id": (32, 64),
        "en": (32, 64),
    }
    assert not np.array_equal(background["id"], background["en"])


IDENTITY = ModelIdentity("a", "0f", 2, "query: ", "passage: ")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (IDENTITY, []),
        (ModelIdentity("b", "0f", 2, "query: ", "passage: "), []),
        (ModelIdentity("a", "1e", 2, "query: ", "passage: "), ["sha256 '0f' against '1e'"]),
        (
            ModelIdentity("a", "0f", 3, "", "passage: "),
            ["dimension 2 against 3", "question_prompt 'query: ' against ''"],
        ),
    ],
)
def test_identities_differ_by_all_but_the_name(other: ModelIdentity, expected: list[str]) -> None:
    assert IDENTITY.differences(other) == expected


def test_a_model_that_is_not_there_is_named_with_the_mend() -> None:
    embedder = SentenceTransformerEmbedder("tiada/model-ini")
    with pytest.raises(ModelError) as caught:
        embedder.embed_questions(["Siapa?"])
    assert "'tiada/model-ini'" in str(caught.value)
    assert "kutip-e5-small" in str(caught.value)


@pytest.mark.parametrize("name", ["nama yang salah", "a/b/c", "../hilang"])
def test_a_name_that_no_hub_has_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match="neither a directory nor a model"):
        _ = SentenceTransformerEmbedder(name, allow_download=True).identity


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"modules.json": "[]"},
        {"modules.json": "bukan json"},
        {"config.json": "{}"},
        {"config.json": '{"model_type": "bert"}', "pytorch_model.bin": "pickle"},
    ],
    ids=["empty", "no modules", "no json", "no weights", "pickle"],
)
def test_a_directory_without_a_model_is_refused_by_name(
    tmp_path: Path, files: dict[str, str]
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(ModelError) as caught:
        _ = SentenceTransformerEmbedder(str(tmp_path)).identity
    assert str(tmp_path) in str(caught.value)


def test_the_default_model_is_known_without_loading() -> None:
    embedder = SentenceTransformerEmbedder()
    assert embedder.identity.name == "kutip-e5-small"
    assert embedder.identity.dimension == 384
    assert (embedder.identity.question_prompt, embedder.identity.passage_prompt) == (
        "query: ",
        "passage: ",
    )
    assert "_loaded" not in vars(embedder)
