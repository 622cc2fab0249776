"""Tell a real difference between classifiers from chance: confidence intervals, and a paired test.

What: each classifier was trained several times and classified the same test messages. `wilson` is
the interval of one accuracy, given the number of messages; `interval` resamples messages and
trainings, so it covers chance in both; `sign_flip` computes how often coin flips, one for each
message, would make two classifiers differ as much. `fewest_to_differ` is the smallest difference
that a test can show. Source: Wilson, Probable Inference, the Law of Succession, and Statistical
Inference (1927); Efron, Bootstrap Methods (1979); Fisher, The Design of Experiments (1935), for
tests by permutation; McNemar (1947), whose test `sign_flip` is for two single trainings; Holm, A
Simple Sequentially Rejective Multiple Test Procedure (1979). Left out: differences between test
sets.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

DRAWS = 4_000
TAIL = 1.96  # standard deviations that have 95 % of a normal distribution between them

Question = TypeVar("Question")


class Interval(NamedTuple):
    """A confidence interval of an accuracy, both ends from 0 to 1."""

    low: float
    high: float


def wilson(right: int, messages: int) -> Interval:
    """Return Wilson's 95 % interval of an accuracy.

    right: how many of the messages were classified rightly; messages: how many there are
    Raises: ValueError if there are no messages.

    >>> [round(end, 3) for end in wilson(9, 10)]
    [0.596, 0.982]
    """
    if messages < 1:
        raise ValueError("there are 0 messages; an accuracy is of 1 or more")
    share, z = right / messages, TAIL
    middle = (share + z**2 / (2 * messages)) / (1 + z**2 / messages)
    half = math.sqrt(share * (1 - share) / messages + z**2 / (4 * messages**2))
    half *= z / (1 + z**2 / messages)
    return Interval(middle - half, middle + half)


def interval(right: Tensor, seed: int = 0) -> Interval:
    """Return the 95 % interval of a mean accuracy, by the bootstrap over messages and trainings.

    right: (trainings, messages), 1 where an answer was right, else 0

    >>> interval(torch.ones(2, 10))
    Interval(low=1.0, high=1.0)
    """
    draw = torch.Generator().manual_seed(seed)
    trainings, messages = right.shape
    rows = torch.randint(trainings, (DRAWS, trainings), generator=draw)
    columns = torch.randint(messages, (DRAWS, messages), generator=draw)
    means = right.float()[rows].mean(1).gather(1, columns).mean(1)  # (DRAWS,)
    low, high = means.quantile(torch.tensor([0.025, 0.975])).tolist()
    return Interval(low, high)


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


def fewest_to_differ(level: float = 0.05) -> int:
    """Return how many messages two trainings must classify differently to differ significantly.

    That is if one of the two is right on all of these messages: the least n with 2 / 2^n below the
    level.

    >>> fewest_to_differ(), 2 / 2**6
    (6, 0.03125)
    """
    return math.floor(math.log2(2 / level)) + 1


def real(p: Mapping[Question, float], level: float = 0.05) -> dict[Question, bool]:
    """Return which of several differences are significant, corrected by Holm's method.

    p: question -> p-value; level: the largest probability that any of the differences is called
    significant by chance

    >>> real({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': True, 'b': False, 'c': False}
    """
    ordered = sorted(p, key=lambda question: p[question])
    verdicts: dict[Question, bool] = {}
    holds = True
    for number, question in enumerate(ordered):
        holds = holds and p[question] <= level / (len(p) - number)
        verdicts[question] = holds
    return {question: verdicts[question] for question in p}
