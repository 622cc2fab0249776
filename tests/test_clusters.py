"""Cosines, neighbours and purity: by hand on few vectors.

Cosines come of sums of a few float32 products, each rounded by 6e-8; a millionth is what is
allowed.
"""

import math

import pytest
import torch

from scratch.embeddings.clustering import (
    cosine,
    grouped,
    mean_cosine,
    measure,
    neighbours,
    shuffled,
)
from scratch.embeddings.word_groups import JUDGED, TUNING, present

SQUARE = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])


def test_the_cosine_forgets_length() -> None:
    assert cosine(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 6.0])) == pytest.approx(1)
    assert cosine(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 9.0])) == pytest.approx(0)
    assert cosine(torch.tensor([1.0, 0.0]), torch.tensor([-2.0, 0.0])) == pytest.approx(-1)


def test_the_mean_cosine_agrees_with_a_loop_over_pairs() -> None:
    vectors = torch.randn(9, 4, generator=torch.Generator().manual_seed(0))
    loop = [cosine(vectors[i], vectors[j]) for i in range(9) for j in range(9) if i != j]
    assert mean_cosine(vectors) == pytest.approx(sum(loop) / len(loop), abs=1e-6)
    with pytest.raises(ValueError, match="1 rows make no pair"):
        mean_cosine(vectors[:1])


def test_neighbours_come_nearest_first_without_the_word_itself() -> None:
    assert [row for row, _ in neighbours(SQUARE, 0, number=3)] == [1, 3, 2]


def test_two_tight_groups_are_pure_and_crossed_labels_are_not() -> None:
    """The nearest of row 0 is row 1, and so on in both groups; with labels 0 1 0 1 it is never of
    the same group.
    """
    assert measure(SQUARE, [0, 0, 1, 1]).purity == 1
    assert measure(SQUARE, [0, 1, 0, 1]).purity == 0


def test_the_cosines_of_a_grouping_are_those_derived_by_hand() -> None:
    """Three unit vectors at 0, 60 and 90 degrees, the first two a group and the last with a fourth
    at 90 too.

    Within: cos 60 and cos 0, so (0.5 + 1) / 2. Between: 0-90 twice, 60-90 twice: (0 + 0 + cos 30 *
    2) / 4.
    """
    at = [math.radians(degrees) for degrees in (0, 60, 90, 90)]
    vectors = torch.tensor([[math.cos(angle), math.sin(angle)] for angle in at])
    found = measure(vectors, [0, 0, 1, 1])
    assert found.within == pytest.approx(0.75, abs=1e-6)
    assert found.between == pytest.approx(math.cos(math.radians(30)) / 2, abs=1e-6)


def test_a_word_is_asked_for_no_more_neighbours_than_its_group_has_others() -> None:
    """Groups of 3 and 2, ten neighbours asked: two and one count, so tight groups reach 1."""
    vectors = torch.tensor([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2], [0.0, 1.0], [0.1, 1.0]])
    assert measure(vectors, [0, 0, 0, 1, 1], number=10).purity == 1


def test_shuffling_keeps_the_sizes_of_the_groups() -> None:
    labels = [0] * 5 + [1] * 3
    mixed = shuffled(labels, torch.Generator().manual_seed(3))
    assert sorted(mixed) == labels
    assert mixed == shuffled(labels, torch.Generator().manual_seed(3))


def test_a_grouping_without_a_comparison_is_refused() -> None:
    for labels in ([0, 0, 0, 0], [0, 0, 0, 1]):
        with pytest.raises(ValueError, match="give two groups of two words or more"):
            measure(SQUARE, labels)
    with pytest.raises(ValueError, match="3 labels for 4 vectors"):
        measure(SQUARE, [0, 0, 1])


def test_neighbours_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="row 4 is outside 0 to 3"):
        neighbours(SQUARE, 4, 1)
    with pytest.raises(ValueError, match="number is 4; a table of 4 has 1 to 3 neighbours"):
        neighbours(SQUARE, 0, 4)


def test_a_grouped_word_that_the_table_lacks_is_named() -> None:
    with pytest.raises(ValueError, match="'yak' is not in the table"):
        grouped({"animals": ["cat", "yak"]}, ["cat"])


def test_no_word_stands_in_two_groups_or_twice() -> None:
    words = [word for groups in (JUDGED, TUNING) for group in groups.values() for word in group]
    assert len(words) == len(set(words))


def test_the_groups_that_are_judged_are_not_those_of_the_tuning() -> None:
    assert not set(JUDGED) & set(TUNING)


def test_a_word_below_the_minimum_count_is_left_out_whatever_it_is() -> None:
    assert present({"a": ("x", "y", "z")}, {"x": 5, "y": 4, "z": 9}, minimum=5) == {"a": ["x", "z"]}
