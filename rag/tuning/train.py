"""Trains the embedding model's adapter: `python -m kutip.rag.tuning.train --config FILE.toml`.

A question is drawn towards the passages that hold its answer, and away from all others of its batch:
those of the same article, of articles on like topics, and of other sources in both languages
(InfoNCE, van den Oord et al. 2018). The same configuration gives the same data in the same order; an
interrupted run goes on from its checkpoint.
"""

import argparse
import random
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from kutip.index.default_model import PASSAGE_PROMPT, PLAIN, QUESTION_PROMPT
from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.errors import TrainingError
from kutip.rag.reader.checkpoint import load_checkpoint, save_checkpoint
from kutip.rag.reader.encoder import LOWER_LAYERS, encoder_layers, pad_ids
from kutip.rag.reader.examples import read_examples, read_passages
from kutip.rag.tuning.batches import Article, articles, endless, neighbourhoods
from kutip.rag.tuning.lora import Adapter

if TYPE_CHECKING:
    from transformers import BertModel

AT_ONCE = 32
"""Texts of like length that are encoded together."""


@dataclass(frozen=True, slots=True)
class Config:
    """How to train. Paths are relative to the working directory.

    A step takes `groups` neighbourhoods of `neighbours` articles of the source `main`, and of each
    other source as many articles as `beside` says. `titled` is the share of articles whose passages
    have the title before them.
    """

    data: Path
    output: Path
    main: str = "news"
    groups: int = 2
    neighbours: int = 7
    beside: Mapping[str, int] = field(default_factory=dict)
    epochs: int = 4
    rank: int = 32
    titled: float = 0.5
    temperature: float = 0.02
    learning_rate: float = 5e-4
    warmup: float = 0.1
    seed: int = 0
    steps: int = 0
    checkpoint_minutes: float = 5.0

    @classmethod
    def read(cls, path: Path) -> "Config":
        """From a TOML file. Raises `TrainingError` where a key is unknown or missing."""
        with path.open("rb") as file:
            values: dict[str, Any] = tomllib.load(file)
        known = {field.name for field in fields(cls)}
        if not {"data", "output"} <= values.keys() <= known:
            raise TrainingError(
                f"{path} has the keys {sorted(values)}, expected data, output and any of "
                f"{sorted(known)}: mend the file."
            )
        return cls(**values | {key: Path(values[key]) for key in ("data", "output")})


def train(config: Config) -> Iterator[tuple[int, int, float]]:
    """Train, and give step, steps and loss after each step; the adapter is written at the end."""
    torch.manual_seed(config.seed)
    embedder = SentenceTransformerEmbedder(PLAIN)
    passages = read_passages(config.data)
    planned = list(plan(config, articles(passages, read_examples(config.data)), embedder, passages))
    steps = min(config.steps or len(planned), len(planned))
    bert = embedder.bert.eval()
    adapter = Adapter(bert, LOWER_LAYERS, config.rank)
    parameters = adapter.named_parameters()
    encoder = Encoder(bert)
    optimizer = torch.optim.AdamW(parameters.values(), config.learning_rate)
    config.output.mkdir(parents=True, exist_ok=True)
    checkpoint = config.output / "checkpoint.safetensors"
    done = load_checkpoint(checkpoint, parameters, optimizer)
    saved = time.monotonic()
    tokenizer = embedder.model.tokenizer
    for step in range(done, steps):
        chance = random.Random(f"{config.seed}:{step}")
        texts, questions, right = [], [], []
        for article in planned[step]:
            places = {}
            titled = chance.random() < config.titled
            for id_ in article.passages:
                passage = passages[id_]
                places[id_] = len(texts)
                title = f"{passage.title}\n" if titled and passage.title else ""
                texts.append(PASSAGE_PROMPT + title + passage.text)
            for example in article.questions:
                questions.append(QUESTION_PROMPT + example.question)
                right.append({places[positive.passage] for positive in example.positives})
        asked = encoder.encode(tokenizer(questions, verbose=False)["input_ids"])
        found = encoder.encode(tokenizer(texts, truncation=True, max_length=288)["input_ids"])
        loss = contrast(asked, found, right, config.temperature)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        for group in optimizer.param_groups:
            progress = (step + 1) / steps
            warm = min(progress / config.warmup, (1 - step / steps) / (1 - config.warmup))
            group["lr"] = config.learning_rate * warm
        optimizer.step()
        optimizer.zero_grad()
        yield step + 1, steps, loss.item()
        if time.monotonic() - saved > 60 * config.checkpoint_minutes:
            save_checkpoint(checkpoint, parameters, optimizer, step + 1)
            saved = time.monotonic()
    adapter.remove()
    tensors = {name: value.detach().half() for name, value in parameters.items()}
    save_file(tensors, config.output / "adapter.safetensors")


def plan(
    config: Config,
    found: Mapping[str, Sequence[Article]],
    embedder: SentenceTransformerEmbedder,
    passages: Mapping[str, Any],
) -> Iterator[list[Article]]:
    """All batches of the run, in order."""
    main = found[config.main]
    vectors = embedder.embed_passages([passages[a.passages[0]].text for a in main])
    chance = random.Random(config.seed)
    others = {source: endless(found[source], chance) for source in config.beside}
    for _ in range(config.epochs):
        groups = neighbourhoods(vectors, config.neighbours, chance)
        for first in range(0, len(groups), config.groups):
            batch = [main[row] for group in groups[first : first + config.groups] for row in group]
            for source, number in config.beside.items():
                batch += islice(others[source], number)
            yield batch


class Encoder:
    """The embedding model, with an adapter on its layers, in a form that can be trained."""

    def __init__(self, bert: "BertModel") -> None:
        self._embeddings = bert.embeddings
        self._layers = encoder_layers(bert)

    def encode(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Unit vectors of texts given as token ids, (texts, width), in order."""
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        vectors = []
        for first in range(0, len(order), AT_ONCE):
            some = order[first : first + AT_ONCE]
            # Filled up, and to a multiple in length: each new shape compiles its kernels.
            ids, mask = pad_ids(
                [texts[n] for n in some] + [texts[some[-1]]] * (AT_ONCE - len(some)), 32
            )
            with torch.autocast("cpu", torch.bfloat16):
                hidden = self._embeddings(input_ids=ids)
                for layer in self._layers:
                    hidden = layer(hidden, mask[:, None, None, :])
            pooled = (hidden.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            vectors.append(functional.normalize(pooled, dim=1)[: len(some)])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(vectors)[back]


def contrast(asked: Tensor, found: Tensor, right: Sequence[set[int]], temperature: float) -> Tensor:
    """The mean of -log of the share that a question's right passages have in its softmax."""
    logits = asked @ found.T / temperature
    gold = torch.zeros_like(logits, dtype=torch.bool)
    for row, places in enumerate(right):
        gold[row, sorted(places)] = True
    chosen = logits.masked_fill(~gold, -torch.inf).logsumexp(1)
    return (logits.logsumexp(1) - chosen).mean()


def main() -> None:
    """Train by a configuration file, and show the loss."""
    parser = argparse.ArgumentParser(description="Train the embedding model's adapter.")
    parser.add_argument("--config", type=Path, required=True, help="a TOML file")
    config = Config.read(parser.parse_args().config)
    mean = 0.0
    began = time.monotonic()
    for count, (step, steps, loss) in enumerate(train(config), 1):
        mean += (loss - mean) / min(count, 20)
        left = (time.monotonic() - began) / count * (steps - step) / 60
        sys.stdout.write(f"step {step} of {steps}, loss {mean:.3f}, {left:.0f} min left\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
