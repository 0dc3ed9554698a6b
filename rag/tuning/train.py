"""Trains the embedding model's adapter: `python -m kutip.rag.tuning.train --config FILE.toml`.

A question is drawn towards the passages that hold its answer, and away from all others of its
batch: those of the same article, of articles on like topics, and of other sources in both languages
(InfoNCE: van den Oord et al., "Representation Learning with Contrastive Predictive Coding", 2018).
The same configuration gives the same data in the same order.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import torch
from safetensors.torch import save_file
from torch import Tensor

from kutip.index.default_model import PASSAGE_PROMPT, PLAIN, QUESTION_PROMPT
from kutip.index.embedder import SentenceTransformerEmbedder, Vectors
from kutip.rag.reader.encoder import LOWER_LAYERS
from kutip.rag.reader.examples import TrainingPassage, read_examples, read_passages
from kutip.rag.training.config import TrainingConfig
from kutip.rag.training.steps import Steps, run, take_steps
from kutip.rag.tuning.batches import Article, articles, endless, neighbourhoods
from kutip.rag.tuning.encoder import Encoder
from kutip.rag.tuning.lora import Adapter

LONGEST_PASSAGE = 288
"""Tokens: a title and a passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(TrainingConfig):
    """How to train the adapter.

    A step takes `groups` neighbourhoods of `neighbours` articles of the source `main`, and of each
    other source as many articles as `beside` says. `titled` is the share of articles whose passages
    have the title before them.
    """

    main: str = "news"
    groups: int = 2
    neighbours: int = 7
    beside: Mapping[str, int] = field(default_factory=dict)
    epochs: int = 4
    rank: int = 32
    titled: float = 0.5
    temperature: float = 0.02


def plan(
    config: Config, found: Mapping[str, Sequence[Article]], vectors: Vectors
) -> Iterator[list[Article]]:
    """All batches of the run, in order; `vectors` (articles, dimension) are of the main source."""
    main = found[config.main]
    chance = random.Random(config.seed)
    others = {source: endless(found[source], chance) for source in config.beside}
    for _ in range(config.epochs):
        groups = neighbourhoods(vectors, config.neighbours, chance)
        for first in range(0, len(groups), config.groups):
            batch = [main[row] for group in groups[first : first + config.groups] for row in group]
            for source, number in config.beside.items():
                batch += islice(others[source], number)
            yield batch


def train(config: Config) -> Steps:
    """Train; the adapter is written at the end."""
    embedder = SentenceTransformerEmbedder(PLAIN)
    passages = read_passages(config.data)
    found = articles(passages, read_examples(config.data))
    firsts = [passages[article.passages[0]].text for article in found[config.main]]
    planned = list(plan(config, found, embedder.embed_passages(firsts)))
    torch.manual_seed(config.seed)
    adapter = Adapter(embedder.bert, LOWER_LAYERS, config.rank)
    encoder, tokenizer = Encoder(embedder.bert), embedder.model.tokenizer

    def loss_of(step: int) -> Tensor:
        chance = random.Random(f"{config.seed}:{step}")
        texts, questions, right = batch_texts(planned[step], passages, config.titled, chance)
        asked = encoder.encode(tokenizer(questions, verbose=False)["input_ids"])
        cut = tokenizer(texts, truncation=True, max_length=LONGEST_PASSAGE)["input_ids"]
        return contrast(asked, encoder.encode(cut), right, config.temperature)

    parameters = adapter.named_parameters()
    steps = min(config.steps or len(planned), len(planned))
    yield from take_steps(config, steps, parameters, loss_of)
    adapter.remove()
    tensors = {name: value.detach().half() for name, value in parameters.items()}
    save_file(tensors, config.output / "adapter.safetensors")


def batch_texts(
    batch: Sequence[Article],
    passages: Mapping[str, TrainingPassage],
    titled: float,
    chance: random.Random,
) -> tuple[list[str], list[str], list[set[int]]]:
    """The passages and questions of a batch, and for each question the places of right passages."""
    texts: list[str] = []
    questions: list[str] = []
    right: list[set[int]] = []
    for article in batch:
        places = {id_: len(texts) + number for number, id_ in enumerate(article.passages)}
        has_title = chance.random() < titled
        for id_ in article.passages:
            title = f"{passages[id_].title}\n" if has_title and passages[id_].title else ""
            texts.append(PASSAGE_PROMPT + title + passages[id_].text)
        for example in article.questions:
            questions.append(QUESTION_PROMPT + example.question)
            right.append({places[positive.passage] for positive in example.positives})
    return texts, questions, right


def contrast(asked: Tensor, found: Tensor, right: Sequence[set[int]], temperature: float) -> Tensor:
    """The mean of -log of the share that a question's right passages have in its softmax."""
    logits = asked @ found.T / temperature
    gold = torch.zeros_like(logits, dtype=torch.bool)
    for row, places in enumerate(right):
        gold[row, sorted(places)] = True
    chosen = logits.masked_fill(~gold, -torch.inf).logsumexp(1)
    return (logits.logsumexp(1) - chosen).mean()


if __name__ == "__main__":
    run(train, Config, "the embedding model's adapter")
