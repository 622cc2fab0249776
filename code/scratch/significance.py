"""Test differences against chance: sign tests, rank tests, confidence intervals, Holm's correction.

What: the intervals are `wilson` (of a fraction), `bootstrap` (of a mean accuracy) and `student` (of
a mean over runs). `sign_test` counts questions whose answer changed; `sign_flip` permutes the signs
of differences between classifiers; `rank_sum` and `rank_test` permute the ranks of two groups.
`holm` corrects several p-values for being several. Source: Wilson, Probable Inference, the Law of
Succession, and Statistical Inference (1927); Efron, Bootstrap Methods (1979); Student (1908);
Fisher, The Design of Experiments (1935), for tests by permutation, which assume nothing about a
distribution; Dixon and Mood, The Statistical Sign Test (1946); McNemar (1947), whose test
`sign_flip` is for two single trainings; Wilcoxon (1945), Mann and Whitney (1947); Holm, A Simple
Sequentially Rejective Multiple Test Procedure (1979). Left out: what is measured; shuffled labels
of word groups (`scratch.embeddings.clustering`).
"""

import math
import random
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import mean, stdev
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

DRAWS = 4_000  # of the bootstrap, and of signs
SHUFFLES = 100_000  # of ranks
TAIL = 1.96  # standard deviations that have 95 % of a normal distribution between them
# Student's t: the quantile 0.975 by degrees of freedom, n - 1 for a mean of n; from the published
# table.
T_975 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}

Question = TypeVar("Question")


class Fraction(NamedTuple):
    """A count, `hits` of `of`, with the 95 % interval of their fraction."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Return hits / of."""
        return self.hits / self.of


def wilson(hits: int, of: int) -> Fraction:
    """Return a fraction, such as an accuracy, and its 95 % interval by Wilson's formula.

    Raises: ValueError unless 0 <= hits <= of and of > 0.

    >>> half = wilson(5, 10)
    >>> half.rate, round(half.low, 3), round(half.high, 3)
    (0.5, 0.237, 0.763)
    """
    if not 0 <= hits <= of or of < 1:
        raise ValueError(f"{hits} of {of}; give a part of one or more")
    share, z = hits / of, TAIL
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = math.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    half *= z / (1 + z**2 / of)
    return Fraction(hits, of, max(0.0, middle - half), min(1.0, middle + half))


class Interval(NamedTuple):
    """A confidence interval of an accuracy, both ends from 0 to 1."""

    low: float
    high: float


def bootstrap(right: Tensor, seed: int = 0) -> Interval:
    """Return the 95 % interval of a mean accuracy, by the bootstrap over messages and trainings.

    right: (trainings, messages), 1 where an answer was right, else 0

    >>> bootstrap(torch.ones(2, 10))
    Interval(low=1.0, high=1.0)
    """
    draw = torch.Generator().manual_seed(seed)
    trainings, messages = right.shape
    rows = torch.randint(trainings, (DRAWS, trainings), generator=draw)
    columns = torch.randint(messages, (DRAWS, messages), generator=draw)
    means = right.float()[rows].mean(1).gather(1, columns).mean(1)  # (DRAWS,)
    low, high = means.quantile(torch.tensor([0.025, 0.975])).tolist()
    return Interval(low, high)


class MeanInterval(NamedTuple):
    """A mean over runs, and its 95 % confidence interval by Student's t, low to high."""

    mean: float
    low: float
    high: float
    values: tuple[float, ...]


def student(values: Sequence[float]) -> MeanInterval:
    """Return the mean of n independent runs and its 95 % interval: mean ± t · std / sqrt(n).

    Raises: ValueError unless there are 2 to 10 values.

    >>> of_three = student([1.0, 2.0, 3.0])
    >>> round(of_three.low, 3), round(of_three.high, 3)
    (-0.484, 4.484)
    """
    if len(values) - 1 not in T_975:
        raise ValueError(
            f"{len(values)} values; the interval is known for 2 to {max(T_975) + 1}, so run as"
            " many seeds"
        )
    middle = mean(values)
    half = T_975[len(values) - 1] * stdev(values) / math.sqrt(len(values))
    return MeanInterval(middle, middle - half, middle + half, tuple(values))


class Changes(NamedTuple):
    """The difference between two rounds of the same questions, by the sign test."""

    gained: int  # wrong before, right after
    lost: int  # right before, wrong after
    p: float  # two-sided

    @property
    def significant(self) -> bool:
        """Return whether p is below 0.05."""
        return self.p < 0.05


def sign_test(before: Sequence[bool], after: Sequence[bool]) -> Changes:
    """Test whether more answers changed in one direction than in the other.

    before, after: whether each question was answered rightly
    Returns: the changes and p, the probability that a fair coin, thrown once for each changed
    answer, falls at least as unequally; 1 if nothing changed.
    Raises: ValueError if the rounds differ in length.

    >>> sign_test([False] * 6, [True] * 6)
    Changes(gained=6, lost=0, p=0.03125)
    """
    pairs = list(zip(before, after, strict=True))
    gained, lost = pairs.count((False, True)), pairs.count((True, False))
    changed = gained + lost
    tail = sum(math.comb(changed, fewer) for fewer in range(min(gained, lost) + 1))
    return Changes(gained, lost, min(1.0, 2 * tail / 2**changed))


def fewest_to_differ(level: float = 0.05) -> int:
    """Return how many answers must change, all in one direction, for the sign test's p < level.

    That is the least n with 2 / 2^n below the level: as many messages must two trainings classify
    differently.

    >>> fewest_to_differ(), 2 / 2**6
    (6, 0.03125)
    """
    return math.floor(math.log2(2 / level)) + 1


def sign_flip(first: Tensor, second: Tensor, seed: int = 0) -> float:
    """Return the two-sided p-value of the difference between two classifiers on the same messages.

    first, second: (trainings, messages), 1 where an answer was right, else 0. Each message has a
    difference between the two means over trainings; each of DRAWS draws flips the signs of these
    differences at random.

    >>> right = torch.ones(1, 20)
    >>> sign_flip(right, right), sign_flip(right, 1 - right) < 0.001
    (1.0, True)
    """
    differences = first.float().mean(0) - second.float().mean(0)  # (messages,)
    draw = torch.Generator().manual_seed(seed)
    coins = torch.randint(2, (DRAWS, len(differences)), generator=draw) * 2 - 1
    as_far = (coins.float() @ differences).abs() >= differences.sum().abs() - 1e-4
    return (int(as_far.sum()) + 1) / (DRAWS + 1)


def midranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value, from 1; equal values share the mean of their ranks.

    >>> midranks([3.0, 1.0, 3.0])
    [2.5, 1.0, 2.5]
    """
    return [sum(x < y for x in values) + (sum(x == y for x in values) + 1) / 2 for y in values]


class RankSum(NamedTuple):
    """The result of a rank-sum test.

    larger: the probability that a value of the first group is larger than one of the second; p: the
    one-sided p-value
    """

    larger: float
    p: float


def rank_sum(
    first: Sequence[float], second: Sequence[float], shuffles: int = SHUFFLES, seed: int = 0
) -> RankSum:
    """Test by Wilcoxon's rank sum, one-sided, whether the first group has the larger values.

    shuffles: random divisions into groups of the same sizes; seed: of these
    Returns: the fraction of pairs (one value of each group) in which the first is larger, a tie
    counting a half; and the fraction of divisions, the true one included, with as large a sum of
    ranks.
    Raises: ValueError if a group is empty.

    >>> test = rank_sum([3.0, 4.0, 5.0], [0.0, 1.0, 2.0])
    >>> test.larger, round(test.p, 2)  # 1 of 20 divisions is as extreme
    (1.0, 0.05)
    """
    if not first or not second:
        raise ValueError(f"{len(first)} and {len(second)} values: give one or more of each group")
    ranks, size = midranks([*first, *second]), len(first)
    observed, least = sum(ranks[:size]), size * (size + 1) / 2
    draw = random.Random(seed)
    as_large = sum(sum(draw.sample(ranks, size)) >= observed for _ in range(shuffles))
    return RankSum((observed - least) / (size * len(second)), (as_large + 1) / (shuffles + 1))


def rank_test(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the two-sided p-value of a rank test (Mann-Whitney) between two small groups.

    p is the fraction, of all ways to split the values into groups of these sizes, in which the
    ranks differ at least as much as here. A value may be infinite: a target that was never reached.

    >>> round(rank_test([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), 4)  # 2 of 252 ways
    0.0079
    """
    ranks, size = midranks([*first, *second]), len(first)
    middle = size * sum(ranks) / len(ranks)
    off = abs(sum(ranks[:size]) - middle)
    splits = list(combinations(ranks, size))
    return sum(abs(sum(split) - middle) >= off - 1e-9 for split in splits) / len(splits)


def holm(p: Mapping[Question, float], level: float = 0.05) -> dict[Question, bool]:
    """Return which of several differences are significant, corrected by Holm's method.

    p: question -> p-value; level: the largest probability that any of the differences is called
    significant by chance

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': True, 'b': False, 'c': False}
    """
    ordered = sorted(p, key=lambda question: p[question])
    verdicts: dict[Question, bool] = {}
    holds = True
    for number, question in enumerate(ordered):
        holds = holds and p[question] <= level / (len(p) - number)
        verdicts[question] = holds
    return {question: verdicts[question] for question in p}
