"""Sentences read side by side cost what each costs by itself."""

import torch

from scratch.baselines import word_swaps
from scratch.baselines.swap_batch import ROWS, compare_together, sentence_bits
from scratch.baselines.word_surprisal import GPTWords
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.tokenizer.bpe_train import train

TEXT = "the dog sat by the door and the cat saw a dog by the open door of a house " * 20
OTHERS = [*"abcdefghijklmnopqrstuvwxyz", "cat", "captain", "house", "door", "unheard", "dog", "a b"]


def judge() -> GPTWords:
    encoding = train(TEXT, 280)
    config = GPTConfig(len(encoding), 64, emb_dim=16, n_heads=2, n_layers=2)
    return GPTWords(GPTModel(config, torch.Generator().manual_seed(1)), encoding)


def test_the_costs_are_those_of_one_sentence_at_a_time() -> None:
    """With the word at the end, in the middle and at the beginning; more words than a batch has."""
    assert len(OTHERS) > ROWS
    one = judge()
    for line in ("I have a pet dog", "the dog sat by the door", "dog food"):
        tokens = line.split()
        together = compare_together(one, tokens, "dog", "cat", OTHERS)
        apart = word_swaps.compare(one, tokens, "dog", "cat", OTHERS)
        assert abs(together.cost - apart.cost) < 1e-3
        assert together.cheap == apart.cheap
        assert together.typical and apart.typical
        assert abs(together.typical - apart.typical) < 1e-3


def test_a_sentence_alone_and_one_that_another_begins_with() -> None:
    one = judge()
    lines = [["the", "dog"], ["the", "dog", "sat"], ["the", "dog"]]
    bits = sentence_bits(one, lines)
    assert bits[0] == bits[2] and bits[1] > bits[0]
    for line, each in zip(lines, bits, strict=True):
        assert abs(sum(one.surprisals(line)) - each) < 1e-3
    assert abs(sentence_bits(one, lines[:1])[0] - bits[0]) < 1e-3
