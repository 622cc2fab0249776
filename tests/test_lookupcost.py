"""Bytes exactly, seconds by a generous order."""

import pytest
import torch

from scratch.lookupcost import both_ways


def test_a_one_hot_input_takes_four_bytes_an_entry_and_an_id_eight() -> None:
    found = both_ways(vocab_size=100, embedding_dim=3, tokens=7)
    assert (found.onehot_bytes, found.id_bytes) == (7 * 100 * 4, 7 * 8)


def test_looking_up_is_quicker_than_multiplying_by_zeros() -> None:
    """Measured: hundreds of times, so quicker at all is a generous band."""
    found = both_ways(vocab_size=20_000, embedding_dim=128, tokens=64)
    assert found.lookup_seconds < found.onehot_seconds


def test_measuring_leaves_the_callers_threads_alone() -> None:
    threads = torch.get_num_threads()
    both_ways(10, 2, 1)
    assert torch.get_num_threads() == threads


def test_no_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="tokens is 0; there is nothing to find below 1"):
        both_ways(10, 2, 0)
