"""Count tokens: how many, how many distinct, how often each, and how the vocabulary grows.

What: a text has tokens (every occurrence counts) and types (distinct tokens). `growth` reads along
the text and counts types; `rank_frequency` orders the types by frequency. Both give pairs, ready to
plot. Source: Heaps, Information Retrieval (1978), for the growth: types ~ tokens ** b, 0 < b < 1;
Zipf, Human Behavior and the Principle of Least Effort (1949), for the ranks: frequency ~ rank **
-a, a near 1. Left out: confidence intervals of the exponents. A straight line fitted to logarithms
describes a curve; it does not test a law.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import linear_regression
from typing import TypeVar

Token = TypeVar("Token", str, int)


def count(tokens: Iterable[Token]) -> Counter[Token]:
    """Count how often each token or id occurs.

    Returns: a Counter, whose total() is the number of tokens and len() the number of types.

    >>> count(["a", "b", "a"])
    Counter({'a': 2, 'b': 1})
    """
    return Counter(tokens)


def hapaxes(tokens: Iterable[str]) -> list[str]:
    """List the tokens that occur exactly once, in sorted order.

    >>> hapaxes(["c", "a", "b", "a"])
    ['b', 'c']
    """
    return sorted(token for token, times in count(tokens).items() if times == 1)


def most_frequent(tokens: Iterable[str], number: int = 10) -> list[tuple[str, int]]:
    """List the most frequent tokens with their counts; equal counts in sorted order.

    >>> most_frequent(["b", "a", "c", "c"], number=2)
    [('c', 2), ('a', 1)]
    """
    return sorted(count(tokens).items(), key=lambda item: (-item[1], item[0]))[:number]


def growth(tokens: Sequence[Token], points: int = 100) -> list[tuple[int, int]]:
    """Count the types among the first n tokens, for evenly spaced n up to all tokens.

    Returns: (n, types), at most `points` pairs.
    Raises: ValueError if points is below 1.
    Source: Heaps 1978, section 7.5.

    >>> growth(["a", "b", "a", "c"], points=2)
    [(2, 2), (4, 3)]
    """
    if points < 1:
        raise ValueError(f"points is {points}; a curve needs 1 or more")
    stops = {math.ceil(len(tokens) * k / points) for k in range(1, points + 1)}
    met: set[Token] = set()
    curve = []
    for read, token in enumerate(tokens, start=1):
        met.add(token)
        if read in stops:
            curve.append((read, len(met)))
    return curve


def rank_frequency(tokens: Iterable[Token]) -> list[tuple[int, int]]:
    """Return (rank, count) of each type; rank 1 is the most frequent.

    Source: Zipf 1949.

    >>> rank_frequency(["a", "b", "a"])
    [(1, 2), (2, 1)]
    """
    return list(enumerate(sorted(count(tokens).values(), reverse=True), start=1))


def exponent(pairs: Iterable[tuple[int, int]]) -> float:
    """Fit y ~ x ** exponent by least squares on the logarithms, and return the exponent.

    pairs: (x, y). Raises: ValueError if there are fewer than 2 different x, or a value is not
    positive.

    >>> round(exponent([(1, 3), (10, 30), (100, 300)]), 6)
    1.0
    """
    points = list(pairs)
    if len({x for x, _ in points}) < 2 or any(value <= 0 for point in points for value in point):
        raise ValueError(
            f"{len(points)} pairs do not make a line of logarithms; give 2 or more, all positive"
        )
    slope, _ = linear_regression([math.log(x) for x, _ in points], [math.log(y) for _, y in points])
    return slope
