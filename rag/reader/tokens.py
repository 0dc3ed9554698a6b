"""Texts as the encoder sees them, with the offsets of every token."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kutip.index.default_model import PASSAGE_PROMPT, QUESTION_PROMPT

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

QUESTION_TOKENS = 64
TITLE_TOKENS = 48
WINDOW_TOKENS = 256
WINDOW_STRIDE = 192


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text, or a window of it: token ids, and for each where it stands in the text.

    Tokens that stand for no character (the prompt, the special ones) have an empty offset.
    """

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]


def question_tokens(tokenizer: "PreTrainedTokenizerBase", question: str) -> Tokens:
    """The question with its prompt; a very long one is cut, which loses its end."""
    return _tokens(tokenizer, QUESTION_PROMPT, question, QUESTION_TOKENS)[0]


def title_tokens(tokenizer: "PreTrainedTokenizerBase", title: str) -> Tokens:
    """A title, cut where it is very long."""
    return _tokens(tokenizer, PASSAGE_PROMPT, title, TITLE_TOKENS)[0]


def passage_windows(tokenizer: "PreTrainedTokenizerBase", text: str) -> list[Tokens]:
    """The passage, in overlapping windows where it is long."""
    return _tokens(tokenizer, PASSAGE_PROMPT, text, WINDOW_TOKENS, WINDOW_STRIDE)


def _tokens(
    tokenizer: "PreTrainedTokenizerBase", prompt: str, text: str, most: int, stride: int = 0
) -> list[Tokens]:
    encoded = tokenizer(
        prompt + text, return_offsets_mapping=True, add_special_tokens=False, verbose=False
    )
    ids: Sequence[int] = encoded["input_ids"]
    offsets = [
        (max(start - len(prompt), 0), max(end - len(prompt), 0))
        for start, end in encoded["offset_mapping"]
    ]
    head = sum(end == 0 for _, end in offsets)
    first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
    windows = []
    start = head
    while True:
        end = min(start + most, len(ids))
        windows.append(
            Tokens(
                (first, *ids[:head], *ids[start:end], last),
                ((0, 0), *offsets[:head], *offsets[start:end], (0, 0)),
            )
        )
        if end == len(ids) or not stride:
            return windows
        start += stride


def sentence_numbers(tokens: Tokens, sentences: Sequence[tuple[int, int]]) -> list[int]:
    """For each token the number of the sentence in which it starts, -1 for none."""
    numbers = []
    current = 0
    for start, end in tokens.offsets:
        while current < len(sentences) and sentences[current][1] <= start:
            current += 1
        inside = end > 0 and current < len(sentences) and end > sentences[current][0]
        numbers.append(current if inside else -1)
    return numbers
