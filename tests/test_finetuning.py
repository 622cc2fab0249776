"""Classification: messages from hand-made rows and the known file, a bag of words, the end of a
model against the whole of it.
"""

from itertools import combinations
from pathlib import Path

import pytest
import tiny_llama
import torch

from scratch.finetuning import spam
from scratch.finetuning.bag_of_words import LogisticRegression, bags, vocabulary
from scratch.finetuning.classifier import (
    EndOfModel,
    FitConfig,
    GPTClassifier,
    classify,
    finish,
    fit,
    pad,
)
from scratch.finetuning.lora import freeze, replace_linear_with_lora
from scratch.finetuning.saved_vectors import read_once
from scratch.finetuning.spam import (
    ALIKE,
    Message,
    NoMessages,
    alike,
    draw_messages,
    masked,
    words_of,
)
from scratch.finetuning.upper_blocks import lower_states
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.model.llama_file import from_gguf


def seeded(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


# -- messages


def known() -> list[Message]:
    try:
        return spam.read_messages()
    except NoMessages as missing:
        pytest.skip(str(missing))


def test_rows_are_a_label_a_tab_and_a_text(tmp_path: Path) -> None:
    """A text may have a tab, a quote, and other characters that end a line."""
    file = tmp_path / "rows.csv"
    file.write_text('ham\ta "b"\tc\u2028d\nspam\tWIN\n', encoding="utf-8")
    assert spam.read_messages(file) == [Message('a "b"\tc\u2028d', False), Message("WIN", True)]
    file.write_text("ham\tfine\nspam, not a tab\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"rows.csv:2: 'spam, not a tab'; a line is ham or spam"):
        spam.read_messages(file)


def test_the_known_file_has_what_its_source_says() -> None:
    """4,862 messages, 642 of them spam: counted by grep in the wheel's file."""
    messages = known()
    assert len(messages) == 4_862
    assert sum(message.spam for message in messages) == 642


def test_alike_is_the_part_of_all_words_that_both_have() -> None:
    """{a, b, c} and {b, c, d}: two of four."""
    assert alike(frozenset("abc"), frozenset("bcd")) == 0.5
    assert alike(frozenset(), frozenset()) == 0.0


def test_no_two_drawn_messages_look_alike_so_none_crosses_a_split() -> None:
    messages = known()
    drawn = draw_messages(messages, 120, seed=1)
    assert sum(message.spam for message in drawn) == 120 and len(drawn) == 240
    words = [
        frozenset(word for word in words_of(message.text) if not word.startswith("0"))
        for message in drawn
    ]
    assert max(alike(*pair) for pair in combinations(words, 2)) < ALIKE
    assert drawn == draw_messages(messages, 120, seed=1) != draw_messages(messages, 120, seed=2)


def test_variants_that_differ_in_a_number_are_drawn_once() -> None:
    rows = [Message(f"Call {n} to claim", True) for n in range(5)] + [Message("see you", False)]
    assert len(draw_messages(rows, 1, seed=0)) == 2
    with pytest.raises(ValueError, match="2 messages of a kind were asked for; 1 of this kind"):
        draw_messages(rows, 2, seed=0)


def test_a_masked_message_has_no_digit_and_no_word_but_those_shown() -> None:
    shown = spam.everyday_words(known())
    assert len(shown) > 300 and not shown & {"john", "darren", "carlos", "yijue", "jay", "vikky"}
    text = masked("Ask Darren's at http://x.y/7, call 07781 now", shown)
    assert text == "Ask ▪▪▪ at ▪▪▪://x.y/#, call ##### now"


# -- a bag of words


def test_a_bag_says_which_words_a_text_has() -> None:
    numbers = vocabulary([["win", "now"], ["now", "see"]])
    assert bags([["now", "now", "else"]], numbers).tolist() == [[1.0, 0.0, 0.0]]


def test_the_regression_reaches_the_lowest_point() -> None:
    """At the lowest point the gradient is zero: of error and penalty, by hand."""
    x, classes = torch.randn(30, 4, generator=seeded()), torch.arange(30) % 2
    model = LogisticRegression(x, classes, penalty=0.01)
    wrong = torch.sigmoid(x @ model.weight + model.bias) - classes
    gradient = x.T @ wrong / 30 + 2 * 0.01 * model.weight
    assert gradient.abs().max() < 1e-3 and wrong.mean().abs() < 1e-3


# -- the end of a model


MODEL = from_gguf(tiny_llama.tiny(layers=3))
LAST = 2
ROWS = [[5, 9, 4, 30, 2], [7], [3, 2, 8], [1, 1, 2, 3, 5, 8, 13]]


def test_the_end_of_a_model_has_the_last_tokens_vector_of_the_whole() -> None:
    end = EndOfModel(MODEL, 2, seeded())
    with torch.no_grad():
        read = lower_states(MODEL, ROWS, LAST)
        last = end.hidden(*pad(read))
        for row, vector, vectors in zip(ROWS, last, finish(MODEL, read), strict=True):
            whole = MODEL.hidden(torch.tensor([row]))[0]
            torch.testing.assert_close(vectors, whole, rtol=1e-4, atol=1e-4)
            torch.testing.assert_close(vector, whole[-1], rtol=1e-4, atol=1e-4)


def test_reading_is_kept_and_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read_once(MODEL, "tiny", ROWS, tmp_path)
    assert [tuple(row.shape) for row in first] == [(len(row), 96) for row in ROWS]
    monkeypatch.setattr("scratch.finetuning.saved_vectors.lower_states", None)  # is not asked
    for one, other in zip(first, read_once(MODEL, "tiny", ROWS, tmp_path), strict=True):
        assert torch.equal(one, other)
    with pytest.raises(TypeError):
        read_once(MODEL, "another", ROWS, tmp_path)


@pytest.mark.parametrize("lora", [False, True])
def test_the_end_learns_which_token_a_text_begins_with(lora: bool) -> None:
    """And with LoRA its own weights stay as they were."""
    draw = seeded(3)
    texts = [torch.randint(3, 90, (6,), generator=draw).tolist() for _ in range(40)]
    classes = torch.arange(40) % 2
    for text, kind in zip(texts, classes.tolist(), strict=True):
        text[0] = 1 + kind
    read = lower_states(MODEL, texts, LAST)
    end = EndOfModel(MODEL, 2, seeded())
    end.set_scale(end.hidden(*pad(read)).detach())
    if lora:
        freeze(end)
        replace_linear_with_lora(end, 4, 4.0, seeded())
    losses = fit(end, read, classes, FitConfig(epochs=12, lr=3e-3), seeded())
    assert losses[0] > 0.5 > losses[-1]
    assert (classify(end, read) == classes).float().mean() > 0.9
    if lora:
        weights = dict(end.named_parameters())["block.ff.gate.linear.weight"]
        assert torch.equal(weights, MODEL.trf_blocks[-1].ff.gate.weight)  # type: ignore[union-attr]


def test_padding_has_no_part_in_what_our_gpt_says() -> None:
    model = GPTModel(GPTConfig(90, 16, emb_dim=24, n_heads=4, n_layers=2), seeded())
    classifier = GPTClassifier(model, 2, seeded(1)).eval()
    rows = [torch.tensor(row) for row in ROWS]
    together = classifier(*pad(rows))
    for row, logits in zip(rows, together, strict=True):
        torch.testing.assert_close(classifier(*pad([row]))[0], logits)
