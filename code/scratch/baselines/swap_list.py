"""Read forty sentences in which cat and dog are swapped, and test whether fixed ones cost more.

What: `cat_and_dog.toml`, in this folder, has twenty sentences in which either animal is possible,
and twenty in which the word is fixed by an idiom, a compound or a verb. `rank_sum` is the test that
the file specifies. Source: Wilcoxon, Individual Comparisons by Ranking Methods (1945); its p-value
comes from shuffles, as in Fisher, The Design of Experiments (1935), and so assumes nothing about
the distribution of the costs. Left out: other animals.
"""

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from scratch.text.words import split

LIST = Path(__file__).with_name("cat_and_dog.toml")
OTHER = {"cat": "dog", "dog": "cat"}
SHUFFLES = 100_000


@dataclass(frozen=True)
class Swap:
    """A sentence of the list, as words and marks, with the old word and its replacement."""

    tokens: list[str]
    old: str
    new: str
    fixed: bool  # the word belongs to an idiom, a compound or a verb


def swap_list(file: Path = LIST) -> Iterator[Swap]:
    """Yield the sentences of the list: the free ones first, in each kind those with cat first.

    Raises: ValueError if a sentence does not have its word exactly once, or has the other word too.

    >>> first = next(swap_list())
    >>> first.old, first.new, first.fixed, first.tokens[:3]
    ('cat', 'dog', False, ['The', 'cat', 'slept'])
    """
    kinds = tomllib.loads(file.read_text(encoding="utf-8"))
    for kind in ("free", "fixed"):
        for old, new in OTHER.items():
            for sentence in kinds[kind][old]:
                tokens = split(sentence)
                if tokens.count(old) != 1 or new in tokens:
                    raise ValueError(f"{sentence!r} must have {old!r} once, and no {new!r}")
                yield Swap(tokens, old, new, kind == "fixed")


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
    values = [*first, *second]
    ranks = [sum(x < y for x in values) + (sum(x == y for x in values) + 1) / 2 for y in values]
    size, least = len(first), len(first) * (len(first) + 1) / 2
    observed = sum(ranks[:size])
    draw = random.Random(seed)
    as_large = sum(sum(draw.sample(ranks, size)) >= observed for _ in range(shuffles))
    return RankSum((observed - least) / (size * len(second)), (as_large + 1) / (shuffles + 1))
