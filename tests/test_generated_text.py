"""What was written: its bits as the model had them when it chose, repeats by hand, words and their
parts.
"""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from scratch.baselines.generated_text import (
    known_words,
    legible,
    parts_of_words,
    repeated,
    surprisals,
)
from scratch.model.config import GPTConfig
from scratch.model.generate import Sampling, generate, probabilities
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.bpe_train import train


def lively() -> GPTModel:
    """A model whose guesses differ from place to place, and which drops numbers when it trains."""
    draw = torch.Generator().manual_seed(1)
    model = GPTModel(
        GPTConfig(
            40, context_length=8, emb_dim=16, n_heads=4, n_layers=2, drop_rate=0.2, tied=False
        ),
        draw,
    )
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.5, generator=draw)
    return model.train()


@pytest.mark.parametrize("length", [1, 2, 7, 8, 9, 20])
@pytest.mark.parametrize("given", [1, 3])
def test_the_bits_are_those_of_the_probabilities_from_which_each_token_was_drawn(
    length: int, given: int
) -> None:
    """Token by token, with what the context holds before it; the model writes beyond its context
    too.
    """
    model, prompt = lively(), [5, 11, 3][:given]
    [new] = generate(
        model, [prompt], length, Sampling(temperature=1.0), torch.Generator().manual_seed(2)
    )
    ids, wanted = [*prompt, *new], []
    model.eval()
    for place in range(given, len(ids)):
        with torch.inference_mode():
            last = model(torch.tensor([ids[max(0, place - 8) : place]]))[0, -1]
        wanted.append(-math.log2(probabilities(last, Sampling(temperature=1.0))[ids[place]].item()))
    assert surprisals(model.train(), ids, given) == pytest.approx(wanted, rel=1e-3)
    assert model.training and (length < 7 or max(wanted) > min(wanted) + 2)


def test_of_what_is_given_alone_nothing_is_asked() -> None:
    assert (
        surprisals(lively(), [1, 2], prompt_length=2)
        == []
        == surprisals(lively(), [1], prompt_length=1)
    )
    with pytest.raises(
        ValueError, match="prompt_length is 0; a first token can only be guessed after something"
    ):
        surprisals(lively(), [1, 2], prompt_length=0)


def test_a_group_counts_as_repeated_each_time_but_the_first() -> None:
    """1 2 3, 2 3 1, 3 1 2, 1 2 3: of four groups one was there before."""
    assert repeated([1, 2, 3, 1, 2, 3], size=3) == 0.25
    assert repeated([7] * 11) == 1 - 1 / 8
    assert repeated([1, 2, 3, 4]) == 0
    with pytest.raises(ValueError, match="3 tokens have no group of 4; give as many tokens"):
        repeated([1, 2, 3])


def test_a_word_that_may_be_cut_at_the_end_is_not_counted() -> None:
    known = {"the", "dog", "das"}
    assert known_words("The dog, the", known) == (2, 2)
    assert known_words("The dog, the.", known) == (3, 3)
    assert known_words("Das Hündchen ", known) == (1, 2)
    assert known_words("-- !", known) == (0, 0) == known_words("", known)


def test_what_would_move_a_cursor_is_replaced_and_letters_of_any_kind_stay() -> None:
    assert (
        legible("a\r\x1b[1m\x07\x85é👩‍🚀\u00a0\n\t")
        == "a\ufffd\ufffd[1m\ufffd\ufffdé👩‍🚀\u00a0\n\t"
    )


def test_a_token_is_at_the_start_where_a_word_starts_in_it() -> None:
    tokens = [b" dog", b"house", b"s", b",", b" ", b"x", b"\n\nThe", b" 4", b"2", b"?!"]
    kinds = [
        "start",
        "inside",
        "inside",
        "apart",
        "apart",
        "start",
        "start",
        "start",
        "inside",
        "apart",
    ]
    assert parts_of_words(tokens) == kinds


def test_any_script_has_words_and_half_a_letter_is_inside_or_at_the_start() -> None:
    """ "да" in bytes: the first half of a letter starts the word, whatever follows goes on with it."""
    assert parts_of_words([b" ", b"\xd0", b"\xb4\xd0", b"\xb0", b"."]) == [
        "apart",
        "start",
        "inside",
        "inside",
        "apart",
    ]
    assert parts_of_words([*map(str.encode, ["e", "\u0301t", "é"])]) == [
        "start",
        "inside",
        "inside",
    ]
    assert parts_of_words(["क".encode(), "्ष".encode()]) == ["start", "inside"]


def test_an_apostrophe_between_letters_is_inside_a_word() -> None:
    assert parts_of_words([b"don", b"'t", b" '", b"so", b"'"]) == [
        "start",
        "inside",
        "apart",
        "start",
        "apart",
    ]


@given(st.text(), st.integers(256, 280))
@settings(max_examples=100, deadline=None)
def test_every_token_of_any_text_has_a_part_and_larger_tokens_have_no_more_starts(
    text: str, entries: int
) -> None:
    encoding = train(text, entries, at_most=True)
    tokens, letters = (
        [by.tokens[id] for id in by.encode_ordinary(text)]
        for by in (encoding, BytePairEncoding([]))
    )
    kinds = parts_of_words(tokens)
    assert len(kinds) == len(tokens)
    # a token may hold the starts of two words
    assert kinds.count("start") <= parts_of_words(letters).count("start")
