"""Training from scratch by the one command, with the real encoder: does the reader learn?"""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kutip.index.document import Document, Passage, Span
from kutip.index.errors import TrainingError
from kutip.rag.reader.train import Config
from kutip.rag.reader.trained import TrainedReader
from kutip.rag.retriever import Hit

PEOPLE = [
    "Ana",
    "Budi",
    "Citra",
    "Dewi",
    "Eko",
    "Fitri",
    "Gilang",
    "Hana",
    "Indra",
    "Joko",
    "Kartika",
    "Lukman",
    "Maya",
    "Nanda",
]
TRAINED = [
    "Ambon",
    "Bandung",
    "Cirebon",
    "Denpasar",
    "Ende",
    "Fakfak",
    "Garut",
    "Jambi",
    "Kendari",
    "Lamongan",
]
UNSEEN = ["Medan", "Nabire", "Padang", "Rembang", "Sorong", "Tuban", "Ungaran", "Wonosobo"]
STEPS = 80


def stories(places: list[str], number: int, chance: random.Random) -> list[list[tuple[str, str]]]:
    """For each story who lives where, three of them."""
    return [
        list(zip(chance.sample(PEOPLE, 3), chance.sample(places, 3), strict=True))
        for _ in range(number)
    ]


def told(story: list[tuple[str, str]]) -> list[str]:
    return [f"{person} tinggal di {place}." for person, place in story]


def write_examples(folder: Path, chance: random.Random) -> None:
    with (
        (folder / "passages.jsonl").open("w") as passages,
        (folder / "questions.jsonl").open("w") as questions,
    ):
        for number, story in enumerate(stories(TRAINED, 120, chance)):
            text = " ".join(told(story))
            passage = {"id": f"p{number}", "title": "", "language": "id", "text": text}
            passages.write(json.dumps(passage) + "\n")
            for (person, place), sentence in zip(story, told(story), strict=True):
                start = text.index(sentence)
                question = {
                    "id": f"q{number}-{place}",
                    "source": "made",
                    "question": f"Siapa yang tinggal di {place}?",
                    "positives": [
                        {
                            "passage": f"p{number}",
                            "answers": [[start, start + len(person)]],
                            "evidence": [[start, start + len(sentence)]],
                        }
                    ],
                    "negatives": [],
                }
                questions.write(json.dumps(question) + "\n")


def share_right(reader: TrainedReader, chance: random.Random) -> float:
    """The share of questions on unseen places for which just the right name is found."""
    right = []
    for story in stories(UNSEEN, 16, chance):
        text = " ".join(told(story))
        document = Document.from_text(text, title="Siapa di mana", language="id")
        passage = Passage(0, document.id, "id", 0, 0, len(text), text)
        hit = Hit(passage, document, 0.0, 0.0, 1, None, None)
        for person, place in story:
            reading = reader.read(f"Siapa yang tinggal di {place}?", [hit])[0]
            right.append(text[reading.answer.start : reading.answer.end] == person)
            assert Span(*reading.whole) in [
                Span(text.index(line), text.index(line) + len(line)) for line in told(story)
            ]
    return sum(right) / len(right)


def test_the_loss_falls_and_the_reader_beats_chance(tmp_path: Path) -> None:
    chance = random.Random(0)
    write_examples(tmp_path, chance)
    config = tmp_path / "tiny.toml"
    config.write_text(
        f'data = "{tmp_path}"\noutput = "{tmp_path / "out"}"\nstages = [{{ made = 4.0 }}]\n'
        f"rows = 16\nsteps = {STEPS}\ndropout = 0.0\n"
    )
    command = [sys.executable, "-m", "kutip.rag.reader.train", "--config", str(config)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    losses = [float(value) for value in re.findall(r"loss ([\d.]+)", printed)]
    assert len(losses) == STEPS // 10
    assert losses[-1] < losses[0] / 2
    # One of three names would be right by chance.
    assert share_right(TrainedReader(tmp_path / "out" / "reader.safetensors"), chance) > 0.7


def test_a_configuration_with_a_wrong_key_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text('data = "x"\noutput = "y"\nstages = []\nstep = 3\n')
    with pytest.raises(TrainingError, match="step"):
        Config.read(config)
