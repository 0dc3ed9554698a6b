"""The reader's model, loss and decoding, on a tiny encoder with random weights."""

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from kutip.index.document import Span
from kutip.index.errors import ModelError
from kutip.rag.reader.decode import Window, decode
from kutip.rag.reader.encoder import LOWER_LAYERS, LowerEncoder, attend, encoder_layers
from kutip.rag.reader.loss import EVIDENCE_WEIGHT, Targets, reader_loss, sentence_scores
from kutip.rag.reader.merge import merge
from kutip.rag.reader.model import PASSAGE, QUESTION, TITLE, Logits, ReaderModel, make_rows
from kutip.rag.reader.quantized import quantize
from kutip.rag.reader.tokens import Tokens, sentence_numbers
from kutip.rag.reader.weights import load_for_reading, load_weights, save_weights
from kutip.rag.training.checkpoint import load_checkpoint, save_checkpoint


@pytest.fixture(scope="module")
def bert() -> BertModel:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=50,
        hidden_size=16,
        num_hidden_layers=LOWER_LAYERS + 2,
        num_attention_heads=2,
        intermediate_size=32,
    )
    model = BertModel(config)
    model.train(mode=False)
    return model


def test_the_two_halves_are_the_model_that_they_are_cut_from(bert: BertModel) -> None:
    text = [3, 7, 9, 11]
    lower = LowerEncoder(bert).encode([text, [5, 6]])
    with torch.inference_mode():
        states = bert(input_ids=torch.tensor([text]), output_hidden_states=True).hidden_states
        hidden = lower[0][None]
        for layer in encoder_layers(bert)[LOWER_LAYERS:]:
            hidden = layer(hidden, torch.ones(1, 1, 1, 4, dtype=torch.bool))
    torch.testing.assert_close(lower[0], states[LOWER_LAYERS][0])
    torch.testing.assert_close(hidden, states[-1])
    assert lower[1].shape == (2, 16)


def test_attention_in_training_is_that_of_reading() -> None:
    torch.manual_seed(5)
    query, key, value = (torch.randn(3, 2, 5, 8) for _ in range(3))
    mask = torch.ones(3, 1, 1, 5, dtype=torch.bool)
    mask[1, :, :, 3:] = False
    trained = attend(query.requires_grad_(), key, value, mask)
    with torch.inference_mode():
        torch.testing.assert_close(trained.detach(), attend(query, key, value, mask))


def test_eight_bits_are_close_to_the_layers_that_they_stand_for(bert: BertModel) -> None:
    torch.manual_seed(6)
    model = ReaderModel(bert).eval()
    rows = make_rows([(torch.randn(2, 16), None, torch.randn(30, 16))])
    with torch.inference_mode():
        whole = model(rows).start
        quantize(model.layers)
        eight_bits = model(rows).start
    assert not torch.equal(whole, eight_bits)
    torch.testing.assert_close(eight_bits, whole, atol=0.1, rtol=0.1)


def test_training_leaves_the_embedding_model_as_it_is(bert: BertModel) -> None:
    before = {name: value.clone() for name, value in bert.state_dict().items()}
    model = ReaderModel(bert)
    rows = make_rows([(torch.randn(2, 16), None, torch.randn(3, 16))])
    model(rows).start.sum().backward()
    torch.optim.SGD(model.parameters(), 1.0).step()
    for name, value in bert.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_rows_hold_question_title_and_passage_and_padding_changes_nothing(bert: BertModel) -> None:
    model = ReaderModel(bert).eval()
    torch.manual_seed(1)
    question, title, passage = torch.randn(2, 16), torch.randn(1, 16), torch.randn(3, 16)
    alone = make_rows([(question, title, passage)])
    assert alone.segments.tolist() == [[QUESTION] * 2 + [TITLE] + [PASSAGE] * 3]
    assert alone.passage_start.tolist() == [3]
    padded = make_rows([(question, title, passage), (question, None, torch.randn(9, 16))], 8)
    assert padded.hidden.shape == (2, 16, 16)
    with torch.inference_mode():
        torch.testing.assert_close(model(alone).start[0], model(padded).start[0, :6])


def targets(evidence: list[list[bool]], starts: list[list[bool]], groups: list[int]) -> Targets:
    """Targets of rows with a null and three tokens: two in sentence 0, one in sentence 1."""
    rows = len(groups)
    gold = torch.tensor(starts)
    return Targets(
        torch.tensor([[False, True, True, True]] * rows),
        gold,
        gold,
        torch.tensor([[-1, 0, 0, 1]] * rows),
        torch.tensor(evidence),
        torch.tensor(groups),
        gold.any(1).float(),
    )


def test_the_loss_is_one_softmax_over_all_rows_of_a_question() -> None:
    torch.manual_seed(2)
    scores = torch.randn(2, 4)
    logits = Logits(scores, scores, scores, torch.zeros(2))
    gold = [[False, False, True, False], [False] * 4]
    loss = reader_loss(logits, targets([[True, False], [False, False]], gold, [0, 0]))
    choices = torch.cat([scores[0, 1:], scores[1, 1:], scores[:, 0].mean()[None]])
    span = functional.cross_entropy(choices[None], torch.tensor([1]))
    means = torch.stack([row[1:3].mean() for row in scores]), scores[:, 3]
    sentences = torch.cat([*means, scores[:, 0].mean()[None]])
    evidence = functional.cross_entropy(sentences[None], torch.tensor([0]))
    expected = span + EVIDENCE_WEIGHT * evidence + 0.3 * torch.log(torch.tensor(2.0))
    torch.testing.assert_close(loss, expected)


def test_a_question_without_an_answer_is_trained_towards_its_null() -> None:
    none = targets([[False, False]], [[False] * 4], [0])
    low, high = torch.tensor([[5.0, -5.0, -5.0, -5.0]]), torch.tensor([[-5.0, 5.0, 5.0, 5.0]])
    towards = Logits(low, low, low, torch.tensor([-5.0]))
    away = Logits(high, high, high, torch.tensor([5.0]))
    assert reader_loss(towards, none) < 0.01 < 5 < reader_loss(away, none)


def test_a_sentences_score_is_the_mean_of_its_tokens() -> None:
    scores, present = sentence_scores(
        torch.tensor([[9.0, 1.0, 3.0, 5.0]]), torch.tensor([[-1, 0, 0, 2]]), 3
    )
    assert scores.tolist() == [[2.0, 0.0, 5.0]]
    assert present.tolist() == [[True, False, True]]


TEXT = "Ana pergi. “Saya senang,” kata Budi."
WORDS = [
    *[(0, 3), (4, 9), (9, 10)],
    *[(11, 12), (12, 16), (17, 23), (23, 24), (24, 25), (26, 30), (31, 35)],
]
SENTENCES = [(0, 10), (11, 36)]


def window(passage: int = 0) -> Window:
    tokens = Tokens(tuple(range(len(WORDS) + 1)), ((0, 0), *WORDS))
    return Window(passage, TEXT, tokens, SENTENCES, sentence_numbers(tokens, SENTENCES), 0)


def found_words(start: dict[int, float], end: dict[int, float]) -> str:
    """What is found where the start and end logits of some tokens are above the others'."""
    length = len(WORDS) + 1
    logits = Logits(
        torch.tensor([[start.get(number, -9.0) for number in range(length)]]),
        torch.tensor([[end.get(number, -9.0) for number in range(length)]]),
        torch.zeros(1, length),
        torch.zeros(1),
    )
    found = decode(logits, [window()])[0]
    return TEXT[found.answer.start : found.answer.end]


def test_the_best_span_is_found_within_one_sentence_and_without_loose_ends() -> None:
    assert found_words({1: 3.0}, {1: 3.0}) == "Ana"
    assert found_words({1: 3.0}, {3: 3.0}) == "Ana pergi"
    # From the first sentence into the second is no span: the next best is.
    assert found_words({1: 5.0}, {10: 5.0, 2: 1.0}) == "Ana pergi"


def test_a_span_never_runs_across_a_quotation_mark() -> None:
    assert found_words({5: 5.0}, {10: 5.0, 6: 1.0}) == "Saya senang"
    assert found_words({4: 5.0}, {8: 5.0}) == "“Saya senang,”"


def test_each_sentence_has_its_best_span_and_the_best_comes_first() -> None:
    length = len(WORDS) + 1
    scores = torch.full((2, length), -9.0)
    scores[0, 1], scores[1, 10] = 1.0, 2.0
    logits = Logits(scores, scores, torch.zeros(2, length), torch.tensor([0.5, 0.7]))
    found = decode(logits, [window(0), window(1)])
    assert [(item.passage, item.answer) for item in found[:2]] == [
        (1, Span(31, 35)),
        (0, Span(0, 3)),
    ]
    places = sorted((item.passage, item.sentence) for item in found)
    assert places == [(row, Span(*sentence)) for row in (0, 1) for sentence in SENTENCES]
    assert found[0].sentence == Span(11, 36)
    # Against the null that the rows share: (2 − −9) for the start and the same for the end.
    assert found[0].span == pytest.approx(22.0)
    assert found[0].answerable == pytest.approx(0.7)


def test_weights_come_back_in_half_precision_and_those_of_layers_in_eight_bits(
    bert: BertModel, tmp_path: Path
) -> None:
    torch.manual_seed(3)
    model, other = ReaderModel(bert), ReaderModel(bert)
    torch.nn.init.normal_(model.tokens.weight)
    name = "layers.0.up.weight"
    one, two = model.get_parameter(name), other.get_parameter(name)
    torch.nn.init.normal_(one)
    save_weights(tmp_path / "reader.safetensors", model)
    load_weights(tmp_path / "reader.safetensors", other)
    torch.testing.assert_close(other.tokens.weight, model.tokens.weight, atol=1e-3, rtol=1e-3)
    assert not torch.equal(one, two)
    # Half a level of 127 on either side of zero.
    assert ((one - two).abs() <= one.abs().amax(1, keepdim=True) / 253).all()
    (tmp_path / "other.safetensors").write_bytes(b"no weights")
    for name in ("other.safetensors", "missing.safetensors"):
        with pytest.raises(ModelError, match=name):
            load_weights(tmp_path / name, other)


def test_a_model_for_reading_is_the_saved_one_in_eight_bits(
    bert: BertModel, tmp_path: Path
) -> None:
    torch.manual_seed(7)
    trained, untrained = ReaderModel(bert).eval(), ReaderModel(bert).eval()
    for parameter in trained.parameters():
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.5)
    save_weights(tmp_path / "reader.safetensors", trained)
    load_weights(tmp_path / "reader.safetensors", trained)
    quantize(trained.layers)
    before = {name: value.clone() for name, value in bert.state_dict().items()}
    reading = load_for_reading(tmp_path / "reader.safetensors", bert)
    rows = make_rows([(torch.randn(2, 16), None, torch.randn(count, 16)) for count in (5, 9, 3)])
    with torch.inference_mode():
        expected, other = trained(rows), untrained(rows)
        found = Logits.join([reading(some) for some in rows.split(2)])
    # Inputs get their eight bits by the rows that are read together.
    for name in ("start", "end", "evidence", "answerable"):
        right, given = getattr(expected, name), getattr(found, name)
        torch.testing.assert_close(given, right, atol=0.2, rtol=0.1)
        assert (right - getattr(other, name)).abs().max() > 0.5
    for name, value in bert.state_dict().items():
        assert torch.equal(value, before[name]), name
    with pytest.raises(ModelError, match=r"missing\.safetensors"):
        load_for_reading(tmp_path / "missing.safetensors", bert)


def test_the_mean_of_three_runs_weighs_them_alike(bert: BertModel, tmp_path: Path) -> None:
    paths = [tmp_path / f"run-{number}.safetensors" for number in range(3)]
    model = ReaderModel(bert)
    for number, path in enumerate(paths):
        torch.nn.init.constant_(model.tokens.weight, 3.0 * number)
        torch.nn.init.constant_(model.get_parameter("layers.1.up.weight"), 1.0 + number)
        save_weights(path, model)
    mean = merge(bert, paths)
    torch.testing.assert_close(mean.tokens.weight.mean().item(), 3.0)
    torch.testing.assert_close(mean.get_parameter("layers.1.up.weight").mean().item(), 2.0)
    with pytest.raises(ModelError, match=r"missing\.safetensors"):
        merge(bert, [*paths, tmp_path / "missing.safetensors"])


def test_a_run_goes_on_from_a_checkpoint_as_if_nothing_had_happened(
    bert: BertModel, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint.safetensors"
    rows = make_rows([(torch.randn(2, 16), None, torch.randn(3, 16))])

    def named(model: ReaderModel) -> dict[str, nn.Parameter]:
        return dict(model.named_parameters())

    def steps(model: ReaderModel, optimizer: torch.optim.Optimizer, number: int) -> None:
        for _ in range(number):
            torch.autograd.backward(model(rows).start.square().sum())
            optimizer.step()
            optimizer.zero_grad()

    torch.manual_seed(4)
    model = ReaderModel(bert)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2)
    assert load_checkpoint(path, named(model), optimizer) == 0
    # Parameters without a gradient have no moments: one step of all of them first.
    model(rows).answerable.sum().backward()
    steps(model, optimizer, 2)
    save_checkpoint(path, named(model), optimizer, 2)
    steps(model, optimizer, 2)
    resumed = ReaderModel(bert)
    optimizer = torch.optim.AdamW(resumed.parameters(), 1e-2)
    assert load_checkpoint(path, named(resumed), optimizer) == 2
    steps(resumed, optimizer, 2)
    for (name, one), other in zip(model.named_parameters(), resumed.parameters(), strict=True):
        torch.testing.assert_close(one, other, msg=name)
