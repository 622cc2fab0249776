"""The forty sentences: balanced, of one word each, and tested as their file says."""

from itertools import combinations
from pathlib import Path

import pytest

from scratch.baselines.swap_list import rank_sum, swap_list
from scratch.text.words import join


def test_the_list_is_balanced_and_has_no_sentence_twice() -> None:
    swaps = list(swap_list())
    kinds = [(swap.fixed, swap.old) for swap in swaps]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        (fixed, word): 10 for fixed in (False, True) for word in ("cat", "dog")
    }
    assert len({join(swap.tokens) for swap in swaps}) == 40


@pytest.mark.parametrize("sentence", ["No animal.", "A cat and a cat.", "A cat and a dog."])
def test_a_sentence_without_its_one_word_is_refused(tmp_path: Path, sentence: str) -> None:
    file = tmp_path / "list.toml"
    file.write_text(f'[free]\ncat = ["{sentence}"]\ndog = []\n[fixed]\ncat = []\ndog = []\n')
    with pytest.raises(ValueError, match="must have 'cat' once"):
        list(swap_list(file))


def test_the_rank_sum_is_that_of_every_division_counted_out() -> None:
    first, second = [2.5, 4.0, 4.0, 9.0], [1.0, 2.0, 4.0]
    pairs = [(x > y) + (x == y) / 2 for x in first for y in second]
    values = [*first, *second]
    ranks = [sum(x < y for x in values) + (values.count(y) + 1) / 2 for y in values]
    sums = [sum(chosen) for chosen in combinations(ranks, 4)]
    exact = sum(one >= sum(ranks[:4]) for one in sums) / len(sums)
    larger, p = rank_sum(first, second)
    assert larger == pytest.approx(sum(pairs) / len(pairs))
    assert p == pytest.approx(exact, abs=0.005)


def test_equal_groups_are_not_told_apart_and_an_empty_one_is_refused() -> None:
    assert rank_sum([1.0] * 5, [1.0] * 5, shuffles=100) == (0.5, 1.0)
    with pytest.raises(ValueError, match="give one or more of each group"):
        rank_sum([], [1.0])
