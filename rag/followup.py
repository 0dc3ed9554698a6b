"""Questions that are not whole without the one before: "dan kapan itu diganti?"."""

import re
from collections.abc import Sequence

from kutip.rag.answer import Turn

# How a question begins that goes on from the one before.
OPENING = re.compile(
    r"^(dan|lalu|terus|trus|kemudian|tapi|tetapi|kalau|kalo|(bagaimana|gimana) dengan"
    r"|and|then|but|so|what about|how about|besides)\b",
    re.IGNORECASE,
)
# Words that point back at something; only in a short question do they point out of it.
POINTER = re.compile(
    r"\b(itu|tersebut|tadi|dia|ia|mereka|beliau|sana|begitu|nya"
    r"|it|that|this|those|these|they|them|he|she|him|her|his|its|their|there)\b|\w{3,}nya\b",
    re.IGNORECASE,
)
SHORT = 7
LONGEST_CONTEXT = 300


def with_context(question: str, history: Sequence[Turn]) -> str:
    """The question as it is searched for: a follow-up has the question before it in front."""
    if not history or not is_followup(question):
        return question
    return f"{history[-1].question[-LONGEST_CONTEXT:]} {question}"


def is_followup(question: str) -> bool:
    """Whether the question leans on what came before."""
    if OPENING.search(question.strip()):
        return True
    words = question.split()
    return len(words) <= 2 or (len(words) <= SHORT and POINTER.search(question) is not None)
