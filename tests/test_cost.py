"""What a vocabulary costs: exact counts against torch's own layers, times as a clock gives them.

How much longer a larger vocabulary takes is shown on the page, and asserted nowhere.
"""

import itertools
from types import SimpleNamespace

import pytest
import torch

from scratch.baselines import vocab_cost
from scratch.baselines.vocab_cost import (
    block_multiply_adds,
    output_multiply_adds,
    reading_multiply_adds,
    step_time,
    table_parameters,
)


def test_the_counts_are_those_of_torchs_layers() -> None:
    assert table_parameters(1000, 32) == torch.nn.Embedding(1000, 32).weight.numel()
    assert output_multiply_adds(1000, 32) == torch.nn.Linear(32, 1000, bias=False).weight.numel()


def test_a_block_multiplies_each_weight_of_its_matrices_once_a_token() -> None:
    """A linear layer uses each weight once a token; the vectors of a block are its norms, left out
    of the count.
    """
    block = torch.nn.TransformerEncoderLayer(32, nhead=4, dim_feedforward=4 * 32, bias=False)
    assert block_multiply_adds(32) == sum(
        weight.numel() for weight in block.parameters() if weight.dim() == 2
    )


def test_reading_a_text_pays_for_every_token() -> None:
    """By hand: a block of width 2 has 12 * 2**2 = 48, the scores 5 * 2 = 10, so 7 tokens and 3
    blocks: 7 * (10 + 144).
    """
    assert reading_multiply_adds(tokens=7, vocab_size=5, width=2, blocks=3) == 7 * 154


def test_training_and_inference_are_timed_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by 1, 2, 3 ... s, looked at before and after each step: five take 1, 3,
    5, 7, 9 s, the next five 11 to 19; the ones in the middle take 5 and 15. Inference comes first.
    """
    looks = itertools.accumulate(itertools.count())
    monkeypatch.setattr(vocab_cost, "time", SimpleNamespace(process_time=lambda: next(looks)))
    found = step_time(10, width=4, tokens=8)
    assert (found.inference, found.training) == (5, 15)


def test_a_step_that_a_coarse_clock_does_not_see_has_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By hand: the clock ticks 0.01 s at every fourth look, and a pass looks once before its first
    step, once after each.
    """
    looks = itertools.count()
    monkeypatch.setattr(vocab_cost.time, "process_time", lambda: next(looks) // 4 / 100)
    monkeypatch.setattr(vocab_cost, "REPEATS", 1)
    steps = itertools.count()
    assert vocab_cost._seconds(lambda: next(steps)) == pytest.approx(0.01 / 4)
    assert next(steps) == 1 + 4  # one is thrown away


def test_timing_leaves_the_callers_random_numbers_and_threads_alone() -> None:
    before, threads = torch.random.get_rng_state(), torch.get_num_threads()
    step_time(10, width=4, tokens=8)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("sizes", [{"vocab_size": 0}, {"width": 0}, {"tokens": -1}])
def test_a_size_below_one_is_refused(sizes: dict[str, int]) -> None:
    name, value = next(iter(sizes.items()))
    with pytest.raises(ValueError, match=f"{name} is {value}; a step needs 1 or more"):
        step_time(**({"vocab_size": 10, "width": 4, "tokens": 8} | sizes))
