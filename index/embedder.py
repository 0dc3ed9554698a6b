"""From texts to unit vectors.

`Embedder` is the seam: an app can bring its own. It does not know what the texts are for beyond
question or passage, nor where the vectors are kept.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, Self
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from kutip.index import default_model
from kutip.index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import BertModel

Vectors = NDArray[np.float32]
WEIGHT_FILES = ("*.safetensors", "config*.json", "modules.json", "tokenizer*.json")
# Padding wastes less where a batch is small, and is cheap to sort away.
BATCH_SIZE = 32


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What must be equal for two sets of vectors to be comparable.

    `titled`: each passage is embedded with its article's title before it.
    """

    name: str
    sha256: str
    dimension: int
    question_prompt: str
    passage_prompt: str
    titled: bool = False

    def differences(self, other: Self) -> list[str]:
        """The fields that differ, in words; the name alone does not count."""
        mine, theirs = asdict(self), asdict(other)
        return [
            f"{field} {mine[field]!r} against {theirs[field]!r}"
            for field in mine
            if field != "name" and mine[field] != theirs[field]
        ]


class Embedder(Protocol):
    """Turns texts into float32 vectors of length 1, shape (texts, dimension), in order."""

    @property
    def identity(self) -> ModelIdentity: ...

    def embed_questions(self, texts: Sequence[str]) -> Vectors: ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the special ones."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model, loaded when first needed. Safe to share between threads.

    `model` is a directory, a model's name on the hub, or None for the default model. That one and
    `multilingual-e5-small`, of which it is made, need no network. Another name is looked for in the
    local cache first; the hub is asked only where `allow_download` is set.
    """

    def __init__(self, model: str | None = None, *, allow_download: bool = False) -> None:
        # A relative path would mean another directory when the library is opened elsewhere.
        is_directory = model is not None and Path(model).is_dir()
        self._name = (
            str(Path(model or "").resolve()) if is_directory else model or default_model.NAME
        )
        self._allow_download = allow_download
        # A question is embedded for the retriever and again for the reader.
        self._embed_question = lru_cache(maxsize=256)(self._embed_one_question)

    @cached_property
    def identity(self) -> ModelIdentity:
        """Known without loading for the models that come with Kutip, else from their files.

        Raises `ModelError` as `path` does.
        """
        if self._name in default_model.MODEL_SHA256:
            return ModelIdentity(
                self._name,
                default_model.MODEL_SHA256[self._name],
                default_model.DIMENSION,
                default_model.QUESTION_PROMPT,
                default_model.PASSAGE_PROMPT,
                titled=self._name == default_model.NAME,
            )
        digest = hashlib.sha256()
        for file in sorted({file for glob in WEIGHT_FILES for file in self.path.glob(glob)}):
            digest.update(f"{file.name} {default_model.sha256_of(file)}\n".encode())
        dimension = self.model.get_embedding_dimension()
        if dimension is None:
            raise ModelError(f"{self._name} does not tell its dimension: give another model.")
        prompts = self.model.prompts
        return ModelIdentity(
            self._name,
            digest.hexdigest(),
            dimension,
            prompts.get("query") or "",
            prompts.get("document") or prompts.get("passage") or "",
        )

    @cached_property
    def path(self) -> Path:
        """The model's directory. Raises `ModelError` where there is none."""
        if self._name in default_model.MODEL_SHA256:
            return default_model.default_model_path(name=self._name)
        if Path(self._name).is_dir():
            return Path(self._name)
        return self._hub_path()

    def _hub_path(self) -> Path:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import (
            HfHubHTTPError,
            HFValidationError,
            LocalEntryNotFoundError,
        )

        try:
            try:
                return Path(snapshot_download(self._name, local_files_only=True))
            except LocalEntryNotFoundError:
                if not self._allow_download:
                    raise
                return Path(snapshot_download(self._name))
        except (OSError, ValueError, HfHubHTTPError, HFValidationError) as error:
            raise ModelError(
                f"The model {self._name!r} is neither a directory nor a model that can be had from "
                f"the local cache or the hub ({error}). Give a directory, name a model with "
                f"--model while online, or use the default, {default_model.NAME}."
            ) from error

    @property
    def model(self) -> "SentenceTransformer":
        """The loaded model. Raises `ModelError` where it cannot be loaded."""
        return self._loaded.model

    @property
    def bert(self) -> "BertModel":
        """The encoder inside the model. Raises `ModelError` where it is none of that kind."""
        from transformers import BertModel

        encoder = self.model[0].auto_model
        if not isinstance(encoder, BertModel):
            raise ModelError(
                f"{self._name} has an encoder of type {type(encoder).__name__}, expected a "
                f"BertModel: use the default model, {default_model.NAME}."
            )
        return encoder

    @property
    def lock(self) -> threading.Lock:
        """Held while the tokenizer is used, which keeps state between calls."""
        return self._loaded.lock

    @cached_property
    def _loaded(self) -> "_LoadedModel":
        return _LoadedModel.of(self.path)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:
            return self._embed_question(texts[0])[None, :].copy()
        return self._embed(texts, self.identity.question_prompt)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts, self.identity.passage_prompt)

    def _embed_one_question(self, text: str) -> Vectors:
        vector: Vectors = self._embed([text], self.identity.question_prompt)[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        with self._loaded.lock:
            encoded = self.model.tokenizer(list(texts), add_special_tokens=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def _embed(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.identity.dimension), dtype=np.float32)
        with self._loaded.lock:
            vectors = self.model.encode(
                list(texts),
                prompt=prompt,
                batch_size=BATCH_SIZE,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, dtype=np.float32)


class FunctionEmbedder:
    """An embedder made of a function, for tests and for apps with a service of their own.

    `embed` takes texts and gives an array (texts, dimension), which is scaled to length 1. Tokens
    are counted as words.
    """

    def __init__(
        self, embed: Callable[[Sequence[str]], Vectors], dimension: int, name: str = "function"
    ) -> None:
        self._embed = embed
        self.identity = ModelIdentity(name, f"function {name}", dimension, "", "")

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.identity.dimension), dtype=np.float32)
        vectors = np.asarray(self._embed(texts), dtype=np.float32)
        if vectors.shape != (len(texts), self.identity.dimension):
            raise ModelError(
                f"The embedding function gave an array of shape {vectors.shape}, expected "
                f"{(len(texts), self.identity.dimension)}: one row for each text."
            )
        if not np.isfinite(vectors).all():
            raise ModelError(
                "The embedding function gave numbers that are not finite: mend the function."
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
        return unit

    embed_passages = embed_questions

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class _LoadedModel:
    """A model in memory, shared by all embedders of one directory while any of them lives.

    Its lock is shared too: the tokenizer keeps state between calls.
    """

    _loaded: ClassVar[WeakValueDictionary[Path, Self]] = WeakValueDictionary()
    _guard: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, path: Path) -> None:
        self.model = load_sentence_transformer(path)
        self.lock = threading.Lock()

    @classmethod
    def of(cls, path: Path) -> Self:
        """The model in `path`, loaded where it is not in memory."""
        path = path.resolve()
        with cls._guard:
            found = cls._loaded.get(path)
            if found is None:
                found = cls(path)
                cls._loaded[path] = found
            return found


def load_sentence_transformer(path: Path) -> "SentenceTransformer":
    """Load the model in `path` on the CPU, from local files alone and without a progress bar."""
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    try:
        with default_model.without_bars():
            return SentenceTransformer(
                str(path),
                device="cpu",
                local_files_only=True,
                # Other weight files are pickles, which run code when loaded.
                model_kwargs={"use_safetensors": True},
            )
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelError(
            f"{path} cannot be loaded as a sentence-transformers model: {error}. "
            "Expected a directory with modules.json and *.safetensors."
        ) from error
