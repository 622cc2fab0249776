"""Tell a difference between classifiers from luck: intervals, and a paired test.

What: each classifier was trained several times and asked the same test messages. `wilson` is the
interval of one accuracy by the number of messages; `interval` draws messages and trainings anew, so
it has both kinds of luck in it; `sign_flip` asks of two classifiers how often the flip of a coin
for each message would set them as far apart. `fewest_to_differ` is what a test can show at best.
Source: Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927); Efron,
Bootstrap Methods (1979); Fisher, The Design of Experiments (1935), for tests by permutation;
McNemar (1947), whose test of two single runs `sign_flip` is; Holm, A Simple Sequentially Rejective
Multiple Test Procedure (1979). Left out: differences between test sets.
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
    """The ends of an interval, 0 to 1."""

    low: float
    high: float


def wilson(right: int, messages: int) -> Interval:
    """Return Wilson's 95 % interval of an accuracy.

    right: of so many messages. Raises: ValueError if there are no messages.

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
    """Return the 95 % interval of a mean accuracy, messages and trainings drawn anew.

    right: (trainings, messages), 1 where an answer was right, else 0.
    """
    draw = torch.Generator().manual_seed(seed)
    trainings, messages = right.shape
    rows = torch.randint(trainings, (DRAWS, trainings), generator=draw)
    columns = torch.randint(messages, (DRAWS, messages), generator=draw)
    means = right.float()[rows].mean(1).gather(1, columns).mean(1)  # (DRAWS,)
    low, high = means.quantile(torch.tensor([0.025, 0.975])).tolist()
    return Interval(low, high)


def sign_flip(first: Tensor, second: Tensor, seed: int = 0) -> float:
    """Return the p of a difference between two classifiers on the same messages, two-sided.

    first, second: (trainings, messages), 1 where an answer was right. A message's difference is
    between its means over the trainings, and each draw flips the signs of all by coins.

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
    """Return how many messages two runs must answer differently, all to the favour of one, for the
    test to call that a difference: the least n with 2 / 2^n below the level.

    >>> fewest_to_differ(), 2 / 2**6
    (6, 0.03125)
    """
    return math.floor(math.log2(2 / level)) + 1


def real(p: Mapping[Question, float], level: float = 0.05) -> dict[Question, bool]:
    """Say which of several differences are real, by Holm: all claims together are wrong with a
    probability of the level at most.

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
