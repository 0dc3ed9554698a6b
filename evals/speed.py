"""How long an answer takes, as a ratio: `python -m kutip.evals.speed`.

These machines are noisy, so the time from question to answer is divided by that of one
`SentenceTransformer.encode` of the same question, measured in turns in one run, everything warm.
"""

import resource
import sys
from statistics import median
from time import perf_counter

from rich.console import Console

from kutip.evals.adapters import load_questions
from kutip.evals.run import eval_library
from kutip.evals.suite import bundled_questions
from kutip.index.default_model import QUESTION_PROMPT
from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.rag.assistant import Assistant

QUESTIONS = 60
ROUNDS = 3


def main() -> None:
    """Measure and print."""
    questions = load_questions(bundled_questions(), limit=QUESTIONS)
    embedder = SentenceTransformerEmbedder()
    library = eval_library(list(questions.documents.values()), embedder, lambda *_: None)
    model = embedder.model
    texts = [question.question for question in questions.questions]
    model.encode(texts[0], prompt=QUESTION_PROMPT)
    before = _peak()
    assistant = Assistant(library)
    for text in texts:
        assistant.ask(text)
    after = _peak()
    ratios, encodes, answers = [], [], []
    for number in range(ROUNDS):
        for text in texts:
            started = perf_counter()
            model.encode(text, prompt=QUESTION_PROMPT)
            encoded = perf_counter()
            # A letter more, so that no vector of this very question is known yet.
            assistant.ask(text + " " + "?" * (number + 1))
            answered = perf_counter()
            encodes.append(1000 * (encoded - started))
            answers.append(1000 * (answered - encoded))
            ratios.append(answers[-1] / encodes[-1])
    Console().print(
        f"{len(ratios)} answers: median {median(answers):.0f} ms, encode {median(encodes):.0f} ms, "
        f"ratio median {median(ratios):.1f}; peak memory {after - before:.0f} MB above the model"
    )


def _peak() -> float:
    """The most memory that this process has had, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main()
