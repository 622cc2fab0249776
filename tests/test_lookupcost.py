"""Bytes exactly, seconds as a clock gives them. Which way is quicker is shown on the page, and
asserted nowhere.
"""

import itertools
from types import SimpleNamespace

import pytest
import torch

from scratch.embeddings import lookup_cost
from scratch.embeddings.lookup_cost import both_ways


def test_a_one_hot_input_takes_four_bytes_an_entry_and_an_id_eight() -> None:
    found = both_ways(vocab_size=100, emb_dim=3, tokens=7)
    assert (found.onehot_bytes, found.id_bytes) == (7 * 100 * 4, 7 * 8)


def test_seconds_are_what_the_clock_says_that_one_time_of_many_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clock that goes on by 1, 2, 3 ... s: each time is begun and ended by two looks at it, so it
    takes as many seconds as looks were taken before its end: 1, 3, 5, 7, 9, of which 5 is in the
    middle; and then 11 to 19, and 15.
    """
    looks = itertools.accumulate(itertools.count())
    monkeypatch.setattr(lookup_cost, "time", SimpleNamespace(perf_counter=lambda: next(looks)))
    found = both_ways(vocab_size=10, emb_dim=2, tokens=1)
    assert (found.onehot_seconds, found.lookup_seconds) == (5, 15)


def test_measuring_leaves_the_callers_threads_alone() -> None:
    threads = torch.get_num_threads()
    both_ways(10, 2, 1)
    assert torch.get_num_threads() == threads


def test_no_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="tokens is 0; give 1 or more"):
        both_ways(10, 2, 0)
