"""The bits of words that a GPT gives: each token's bits go to one word, and nothing is lost."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rounding import ROUNDING

from scratch import split
from scratch.baselines.ngram import learn
from scratch.baselines.word_surprisal import GPTWords, lengths
from scratch.baselines.word_swaps import compare, swap_cost
from scratch.embeddings.positional import ContextTooLong
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.text.words import join
from scratch.tokenizer.bpe_train import train

TEXT = (
    'The dog ate. "Well," said the cat, "it isn\'t my own dog food!" The app (a small one) slept --'
    " or so it seemed."
)
ENCODING = train(TEXT, 290)
CONFIG = GPTConfig(vocab_size=290, context_length=64, emb_dim=16, n_heads=2, n_layers=1)
MODEL = GPTModel(CONFIG, torch.Generator().manual_seed(3))
with torch.no_grad():
    MODEL.tok_emb.weight.mul_(30)  # so that the shares differ
JUDGE = GPTWords(MODEL, ENCODING)


def bits(line: str) -> list[float]:
    """-log2 of each token's share, one token at a time, by the model's own scores; up to rounding
    (`ROUNDING`).
    """
    ids, found = ENCODING.encode_ordinary("\n\n"), []
    for id in ENCODING.encode_ordinary(line):
        share = MODEL(torch.tensor([ids]))[0, -1].softmax(-1)[id].item()
        found.append(-math.log2(share))
        ids.append(id)
    return found


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(split(TEXT)), min_size=1, max_size=8))
def test_the_words_sum_to_the_sentence(tokens: list[str]) -> None:
    assert math.fsum(JUDGE.surprisals(tokens)) == pytest.approx(
        math.fsum(bits(join(tokens))), rel=ROUNDING
    )


def test_a_word_has_the_bits_of_its_tokens() -> None:
    """'dog food': by hand, the tokens up to the space before `food` are the first word's."""
    ids = ENCODING.encode_ordinary("dog food")
    written, first = b"", 0
    while written + ENCODING.tokens[ids[first]] in (
        b"dog"[: len(written + ENCODING.tokens[ids[first]])],
        b"dog",
    ):
        written += ENCODING.tokens[ids[first]]
        first += 1
    by_token = bits("dog food")
    found = JUDGE.surprisals(["dog", "food"])
    assert found == pytest.approx([sum(by_token[:first]), sum(by_token[first:])], rel=ROUNDING)


def test_the_lengths_are_those_of_the_line() -> None:
    tokens = split(TEXT)
    assert b"".join(lengths(tokens)).decode() == join(tokens)
    assert lengths(["día", "?"]) == ["día".encode(), b"?"]


def test_it_can_be_asked_as_the_counting_model_is() -> None:
    tokens = split("The dog ate.")
    for judge in (JUDGE, learn(split(TEXT))):
        found = compare(judge, tokens, "dog", "cat", ["app", "food"])
        assert found.cost == pytest.approx(swap_cost(judge, tokens, "dog", "cat"))
        assert found.typical is not None
    assert "xyzzy" in JUDGE


def test_no_text_is_unknown_and_no_word_costs_nothing() -> None:
    found = JUDGE.surprisals(["Kazhudhai", "கழுதை", "🐒"])
    assert "கழுதை" in JUDGE and all(each > 0 for each in found)


def test_a_sentence_longer_than_the_context_says_so() -> None:
    with pytest.raises(ContextTooLong):
        JUDGE.surprisals(["dog"] * 65)


def test_a_model_of_another_encoding_is_refused() -> None:
    with pytest.raises(ValueError, match="the encoding has 300 entries, the model 290"):
        GPTWords(MODEL, train(TEXT, 300))


def test_something_has_to_stand_before_the_first_word() -> None:
    with pytest.raises(
        ValueError, match="before is empty; a first word can only be guessed after something"
    ):
        GPTWords(JUDGE.model, JUDGE.encoding, before="")
