"""`kutip eval` as a person runs it, on two small articles: what it writes, compares and refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kutip.evals.prediction import read_predictions
from kutip.evals.record import read_record
from kutip.evals.systems import ABLATIONS

# What the fixture `kutip` is: arguments in; code, out and err back.
Run = Callable[..., Any]

CANAL = "Kanal di Demak\n\nSungai Tuntang meluap pada Selasa. Pompa kelima tiba pada Rabu."
FERRY = "A ferry for Rousay\n\nThe ferry sailed on Monday. It carries nineteen cars."
# Asked of the canal; the last one has no answer.
ASKED = {"when": ("Kapan Sungai Tuntang meluap?", ["Selasa"]), "who": ("Siapa bupatinya?", [])}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs and libraries are kept here, and not among the user's own."""
    monkeypatch.setattr("kutip.evals.run.user_cache_path", lambda _: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def canal(tmp_path: Path) -> Path:
    """A question set in Kutip's own format."""
    (tmp_path / "kanal.md").write_text(CANAL, "utf-8")
    lines = [
        {"id": id_, "language": "id", "question": question, "answers": answers, "evidence": [],
         "document": "kanal", "tags": ["when" if answers else "off_topic"]}
        for id_, (question, answers) in ASKED.items()
    ]  # fmt: skip
    return write_lines(tmp_path / "kanal.jsonl", lines)


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    """A set for retrieval alone, in the layout of BEIR."""
    folder = tmp_path / "ferry"
    folder.mkdir()
    texts = [{"_id": "a", "title": "", "text": FERRY}, {"_id": "b", "title": "", "text": CANAL}]
    write_lines(folder / "corpus.jsonl", texts)
    write_lines(folder / "queries.jsonl", [{"_id": "q", "text": "When did the ferry sail?"}])
    (folder / "qrels.tsv").write_text("q\ta\t1\n", "utf-8")
    return folder


def write_lines(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def figures(run: dict[str, Any]) -> dict[tuple[str, str], float]:
    """What is the same whenever it is measured: all but the times."""
    return {
        (figure["metric"], figure["group"]): figure["value"]
        for figure in run["figures"]
        if " ms, " not in figure["metric"]
    }


def test_a_run_leaves_what_was_asked_for(kutip: Run, canal: Path, cache: Path) -> None:
    predictions, saved, page = (canal.with_name(n) for n in ("p.jsonl", "run.json", "page.html"))
    written = ("--predictions", predictions, "--save", saved, "--report", page)
    done = kutip("eval", "--data", str(canal), *map(str, written))
    assert done.code == 0, done.err
    for said in ("kutip", "abstain", "random", "exact match", "id → id", "TrainedReader", "none"):
        assert said in done.out
    found = {prediction.id: prediction for prediction in read_predictions(predictions)}
    assert list(found) == list(ASKED)
    for quote in found["when"].quotes:
        assert CANAL[quote.start : quote.end].strip()
    stored = read_record(saved)
    assert stored.scores.keys() == ASKED.keys()
    assert stored.settings["command"].startswith("kutip eval --data")
    assert "TrainedReader" in page.read_text("utf-8")
    # Nothing half done is left behind.
    assert not list(cache.rglob("run-*"))
    same = kutip("eval", "compare", str(saved), str(saved))
    assert (same.code, "better: 0" in same.out, "worse: 0" in same.out) == (0, True, True)


@pytest.mark.parametrize("as_json", [True, False])
def test_what_fell_against_the_baseline_ends_in_1(kutip: Run, canal: Path, as_json: bool) -> None:
    lines = canal.read_text("utf-8").splitlines()
    # Nothing answers these, so what is quoted is scored: always verbatim.
    asked = [json.loads(lines[1]) | {"id": f"q{number}"} for number in range(4)]
    saved = canal.with_name("run.json")
    arguments = ["eval", "--data", str(write_lines(canal, asked))]
    assert kutip(*arguments, "--save", str(saved)).code == 0
    better = json.loads(saved.read_text("utf-8"))
    for scores in better["scores"].values():
        scores["F1"] = 2.0
    saved.write_text(json.dumps(better), "utf-8")
    done = kutip(*arguments, "--baseline", str(saved), *(["--json"] if as_json else []))
    assert done.code == 1
    if as_json:
        found = json.loads(done.out)["comparison"]
        assert found["is_worse"]
        assert {change["metric"]: change["count"] for change in found["changes"]}["F1"] == 4
    else:
        assert "worse" in next(line for line in done.out.splitlines() if " 2.000 " in line)


def test_parts_and_other_models_stand_beside_the_default(
    kutip: Run, embedder: Any, canal: Path
) -> None:
    # The same model by its directory: a run of its own, read by sentences as any other model is.
    arguments = ("--data", str(canal), "--ablate", "--other-model", str(embedder.path))
    done = kutip("eval", "--json", *arguments)
    assert done.code == 0, done.err
    runs = json.loads(done.out)
    other = f"by-sentences, {embedder.path.name}"
    assert set(runs) == {"kutip", "abstain", "random", *ABLATIONS, other}
    assert figures(runs[other]) == figures(runs["by-sentences"])
    readers = {name: run["settings"]["reader"].split()[0] for name, run in runs.items()}
    assert readers["kutip"] == "TrainedReader"
    assert readers[other] == readers["by-sentences"] == "SentenceReader"


def test_other_words_and_further_documents(kutip: Run, canal: Path, ferry: Path) -> None:
    english = canal.with_name("english.json")
    english.write_text(json.dumps({"when": "When did the Tuntang river flood?"}), "utf-8")
    arguments = ("--data", str(canal), "--questions-map", str(english), "--with", str(ferry))
    done = kutip("eval", "--json", "--limit", "1", *arguments)
    assert done.code == 0, done.err
    run = json.loads(done.out)["kutip"]
    # The canal stands in both sets, and counts once.
    assert (run["settings"]["questions"], run["settings"]["documents"]) == ("1", "2")
    assert ("accepted", "en → id") in figures(run)


def test_a_set_for_retrieval_alone(kutip: Run, ferry: Path) -> None:
    page = ferry / "page.html"
    done = kutip("eval", "--json", "--data", str(ferry), "--report", str(page))
    assert done.code == 0, done.err
    found = figures(json.loads(done.out)["kutip"])
    assert found["recall@1", "all"] == found["nDCG@10", "all"] == 1.0
    assert ("F1", "all") not in found
    assert "recall@5" in page.read_text("utf-8")


def test_feedback_becomes_lines(kutip: Run, tmp_path: Path) -> None:
    verdict = {"question": "Kapan?", "language": "id", "verdict": "good", "text": "", "quotes": []}
    file = write_lines(tmp_path / "feedback.jsonl", [verdict])
    done = kutip("eval", "feedback", str(file))
    assert (done.code, json.loads(done.out)["question"]) == (0, "Kapan?")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mode", "sleeping"], "choose a mode of open, reading"),
        (["--format", "xml"], "a format of auto, kutip, news"),
        (["--data", "nowhere.json"], "nowhere.json does not exist"),
        (["--baseline", "nowhere.json"], "nowhere.json is no stored run"),
        (["--report", "nowhere/page.html"], "its folder is not there: make"),
        (["feedback", "nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["compare", "nowhere.json", "nowhere.json"], "nowhere.json is no stored run"),
    ],
)
def test_what_cannot_be_run_is_told_at_once(kutip: Run, arguments: list[str], message: str) -> None:
    done = kutip("eval", *arguments)
    assert (done.code, message in " ".join(done.err.split())) == (1, True)
