"""Training the embedding model's adapter: its batches, its loss, and that it learns."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from kutip.index.errors import TrainingError
from kutip.rag.reader.examples import read_examples, read_passages
from kutip.rag.tuning.batches import articles, neighbourhoods
from kutip.rag.tuning.train import Config, contrast, train

PLACES = ["Ambon", "Bandung", "Cirebon", "Denpasar", "Ende", "Fakfak", "Garut", "Jambi"]


def write_examples(folder: Path) -> None:
    """Eight articles of two passages, each asked about its second one."""
    with (
        (folder / "passages.jsonl").open("w") as passages,
        (folder / "questions.jsonl").open("w") as questions,
    ):
        for place in PLACES:
            texts = f"Kabar dari {place} hari ini.", f"Pasar {place} dibuka kembali pada Senin."
            for number, text in enumerate(texts):
                line = {"id": f"news:{place}:{number}", "language": "id", "text": text}
                passages.write(json.dumps(line | {"title": f"Pasar {place}"}) + "\n")
            positive = {"passage": f"news:{place}:1", "answers": [[0, 5]], "evidence": [[0, 5]]}
            line = {"id": place, "source": "news", "question": f"When did {place} market reopen?"}
            questions.write(json.dumps(line | {"positives": [positive], "negatives": []}) + "\n")


def test_an_article_has_all_its_passages_and_its_answerable_questions(tmp_path: Path) -> None:
    write_examples(tmp_path)
    found = articles(read_passages(tmp_path), read_examples(tmp_path))
    assert set(found) == {"news"}
    assert [article.passages for article in found["news"]] == [
        (f"news:{place}:0", f"news:{place}:1") for place in PLACES
    ]
    assert [len(article.questions) for article in found["news"]] == [1] * len(PLACES)


def test_neighbourhoods_hold_every_article_once_and_like_ones_together() -> None:
    vectors = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    groups = neighbourhoods(vectors, 4, random.Random(0))
    assert sorted(row for group in groups for row in group) == list(range(12))
    assert sorted(sorted(group) for group in groups) == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9, 10, 11],
    ]


def test_the_loss_is_minus_the_log_of_the_share_of_all_right_passages() -> None:
    asked, found = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    shares = torch.softmax(torch.tensor([1.0, 0.0, 0.6]) / 0.5, 0)
    loss = contrast(asked, found, [{0, 2}], 0.5)
    torch.testing.assert_close(loss, -torch.log(shares[0] + shares[2]))


def test_the_loss_falls_and_an_adapter_is_written(tmp_path: Path) -> None:
    write_examples(tmp_path)
    config = tmp_path / "tiny.toml"
    config.write_text(
        f'data = "{tmp_path}"\noutput = "{tmp_path / "out"}"\nneighbours = 4\nepochs = 8\n'
        "rank = 4\n"
    )
    losses = [loss for _, _, loss in train(Config.read(config))]
    assert len(losses) == 8
    assert losses[-1] < losses[0]
    assert (tmp_path / "out" / "adapter.safetensors").stat().st_size > 0


def test_a_configuration_with_a_wrong_key_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text('data = "x"\noutput = "y"\nranks = 3\n')
    with pytest.raises(TrainingError, match="ranks"):
        Config.read(config)
