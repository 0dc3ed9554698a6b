"""What the reader is trained for: one decision a question, over all its passages together.

Start, end and evidence are each a softmax over the tokens (or sentences) of all rows of a question
and one null, as in Clark & Gardner, "Simple and Effective Multi-Paragraph Reading Comprehension"
(ACL 2018); a passage that does not answer pulls its scores down, which makes them comparable.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from kutip.rag.reader.model import Logits

EVIDENCE_WEIGHT = 0.5
ANSWERABLE_WEIGHT = 0.3
NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Targets:
    """What is right, for the rows of a batch.

    `readable` (rows, tokens) is true for tokens of the passage's text; `starts` and `ends` mark
    where accepted answers start and end; `sentences` (rows, tokens) numbers the sentence of each
    token, -1 for none; `evidence` (rows, sentences) marks those that prove it. `groups` (rows,)
    is each row's question, and `answerable` (rows,) is 1 where the row's passage answers.
    """

    readable: Tensor
    starts: Tensor
    ends: Tensor
    sentences: Tensor
    evidence: Tensor
    groups: Tensor
    answerable: Tensor


def reader_loss(logits: Logits, targets: Targets) -> Tensor:
    """The mean loss of the batch's questions, a scalar."""
    groups = targets.groups
    start = _choice(logits.start, targets.readable, targets.starts, logits.start[:, 0], groups)
    end = _choice(logits.end, targets.readable, targets.ends, logits.end[:, 0], groups)
    scores, present = sentence_scores(logits.evidence, targets.sentences, targets.evidence.shape[1])
    evidence = _choice(scores, present, targets.evidence, logits.evidence[:, 0], groups)
    answerable = functional.binary_cross_entropy_with_logits(logits.answerable, targets.answerable)
    return (start + end) / 2 + EVIDENCE_WEIGHT * evidence + ANSWERABLE_WEIGHT * answerable


def sentence_scores(evidence: Tensor, sentences: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """The mean evidence logit of each sentence's tokens, (rows, most), and which there are.

    `sentences` (rows, tokens) holds the number of each token's sentence, -1 for none.
    """
    inside = sentences >= 0
    index = sentences.clamp(min=0)
    sums = torch.zeros(len(sentences), most).scatter_add(1, index, evidence * inside)
    counts = torch.zeros(len(sentences), most).scatter_add(1, index, inside.float())
    return sums / counts.clamp(min=1), counts > 0


def _choice(scores: Tensor, open_: Tensor, gold: Tensor, null: Tensor, groups: Tensor) -> Tensor:
    """Cross-entropy of choosing any gold item, or the null where a question has none."""
    number = int(groups[-1]) + 1
    nulls = torch.zeros(number).index_add(0, groups, null) / torch.bincount(groups)
    every = _group_logsumexp(scores.masked_fill(~open_, NEVER).logsumexp(1), groups, number)
    right = _group_logsumexp(scores.masked_fill(~gold, NEVER).logsumexp(1), groups, number)
    has_gold = torch.zeros(number).index_add(0, groups, gold.any(1).float()) > 0
    chosen = torch.where(has_gold, right, nulls)
    return (torch.logaddexp(every, nulls) - chosen).mean()


def _group_logsumexp(values: Tensor, groups: Tensor, number: int) -> Tensor:
    highest = torch.full((number,), NEVER).scatter_reduce(0, groups, values.detach(), "amax")
    sums = torch.zeros(number).index_add(0, groups, (values - highest[groups]).exp())
    return sums.log() + highest
