"""Sign tests, rank tests, confidence intervals and Holm's correction: by hand and by counting out."""

import math
from itertools import combinations

import pytest
import torch

from scratch.significance import (
    T_975,
    bootstrap,
    fewest_to_differ,
    holm,
    rank_sum,
    rank_test,
    sign_flip,
    sign_test,
    student,
    wilson,
)


def test_wilson_is_the_interval_whose_ends_are_just_not_refuted() -> None:
    """At each end the observed share lies 1.96 standard deviations of that end away."""
    for right in (0, 3, 37, 40):
        for end in wilson(right, 40)[2:]:
            away = abs(right / 40 - end) / math.sqrt(end * (1 - end) / 40 + 1e-18)
            assert away == pytest.approx(1.96, rel=1e-3) or end == pytest.approx(right / 40)


def test_wilsons_interval_of_none_and_all() -> None:
    """z = 1.96: of 10, none is within 0 and z^2 / (10 + z^2) = 0.2775, and all its mirror image."""
    none, all_of = wilson(0, 10), wilson(10, 10)
    assert none.low == 0 and round(none.high, 4) == 0.2775
    assert round(all_of.high, 9) == 1 and round(all_of.low, 4) == 0.7225
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


def test_the_interval_of_equal_trainings_is_near_wilsons() -> None:
    right = (torch.arange(400) >= 20).expand(5, 400)
    for ours, theirs in zip(bootstrap(right), wilson(380, 400)[2:], strict=True):
        assert ours == pytest.approx(theirs, abs=0.008)
    parted = torch.cat([torch.ones(2, 400), torch.zeros(3, 400)])  # luck of training alone
    assert bootstrap(parted).high - bootstrap(parted).low > 0.5


def test_the_interval_is_students() -> None:
    """1, 2, 3, 4, 5: mean 3, s = sqrt(2.5), and t of 4 degrees is 2.776: half a width of 2.776 *
    sqrt(0.5).
    """
    found = student([1.0, 2.0, 3.0, 4.0, 5.0])
    # Python's 64 bits
    assert (found.mean, found.high - found.mean) == pytest.approx((3, 2.776 * math.sqrt(0.5)))


def test_the_tabled_quantiles_leave_a_fortieth_on_each_side() -> None:
    """Student's density integrated from the tabled quantile on, by rectangles: 0.025, as a check of
    every typed number.
    """
    for freedom, quantile in T_975.items():
        scale = math.gamma((freedom + 1) / 2) / (
            math.gamma(freedom / 2) * math.sqrt(freedom * math.pi)
        )
        width, area = quantile / 20_000, 0.0
        for cell in range(20_000):
            x = (cell + 0.5) * width
            area += width * scale * (1 + x * x / freedom) ** (-(freedom + 1) / 2)
        # quantiles are typed to 5e-4, where the density is 0.04 at most
        assert 0.5 - area == pytest.approx(0.025, abs=2e-5)


def test_an_interval_of_one_run_is_refused() -> None:
    with pytest.raises(ValueError, match="1 values; the interval is known for 2 to 10"):
        student([1.0])


def test_the_sign_tests_p_by_hand() -> None:
    """Five gained and one lost: (C(6,0) + C(6,1)) / 2^6, twice: 14 / 64."""
    before = [False] * 5 + [True] * 3
    after = [True] * 5 + [False] + [True] * 2
    assert sign_test(before, after) == (5, 1, 14 / 64)
    assert sign_test([True], [True]).p == 1


def test_the_sign_flip_of_single_runs_is_mcnemars_exact_test() -> None:
    """Six messages that differ, all one way: p = 2 / 2^6; with five it is 2 / 2^5."""
    first = torch.ones(1, 100)
    for number in (5, 6):
        second = first.clone()
        second[0, :number] = 0
        assert sign_flip(first, second) == pytest.approx(2 / 2**number, abs=0.012)
    assert fewest_to_differ() == 6 and fewest_to_differ(0.01) == 8
    assert 2 / 2**8 < 0.01 <= 2 / 2**7


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


def test_ranks_are_compared_with_all_ways_to_split_them() -> None:
    """Of 1, 2, 3, 4 two are taken: sums 3, 4, 5, 5, 6, 7; four of six are as far from 5 as 1 + 3.
    A value that never came is the largest, and equal ones share their rank.
    """
    assert rank_test([1, 3], [2, 4]) == pytest.approx(4 / 6)
    assert rank_test([1, 3], [2, math.inf]) == pytest.approx(4 / 6)
    assert rank_test([1, 1], [1, 1]) == 1.0


def test_holm_divides_the_level_by_the_claims_that_are_left() -> None:
    """0.012 <= 0.05 / 4, 0.016 <= 0.05 / 3, 0.03 > 0.05 / 2, so 0.04 fails too."""
    p = {"a": 0.04, "b": 0.012, "c": 0.03, "d": 0.016}
    assert holm(p) == {"a": False, "b": True, "c": False, "d": True}
