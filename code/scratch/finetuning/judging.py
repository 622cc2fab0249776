"""Judge answers by a rule fixed beforehand, and test whether the counts differ by more than chance.

What: `is_right` is the rule at the top of `data/instructions.toml`; `fraction` adds an interval to
a count, and `sign_test` gives the p-value of a difference between two rounds of the same questions.
Source: Dixon and Mood, The Statistical Sign Test (1946). Left out: judging by another model.
"""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from scratch.finetuning.compare import fewest_to_differ, wilson
from scratch.finetuning.instruction_list import Question


def is_right(question: Question, answer: str) -> bool:
    """Return whether an answer contains an accepted word, or, without any, is the expected text.

    >>> asked = Question("How many?", "Six", ("Six", "6"), "untold")
    >>> is_right(asked, "There are 6 hens."), is_right(asked, "Sixteen")
    (True, False)
    >>> is_right(Question("Capitals?", "LAMP", (), "format"), "Lamp")
    False
    """
    if not question.accept:
        return answer.strip() == question.answer
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", answer, re.IGNORECASE)
        for word in question.accept
    )


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


def fraction(hits: int, of: int) -> Fraction:
    """Return a fraction and its 95 % interval by Wilson's formula.

    Raises: ValueError unless 0 <= hits <= of and of > 0.

    >>> half = fraction(5, 10)
    >>> half.rate, round(half.low, 3), round(half.high, 3)
    (0.5, 0.237, 0.763)
    """
    if not 0 <= hits <= of or of < 1:
        raise ValueError(f"{hits} of {of}; give a part of one or more")
    ends = wilson(hits, of)
    return Fraction(hits, of, max(0.0, ends.low), min(1.0, ends.high))


class Change(NamedTuple):
    """The difference between two rounds of the same questions."""

    gained: int  # wrong before, right after
    lost: int  # right before, wrong after
    p: float  # of the sign test, two-sided

    @property
    def real(self) -> bool:
        """Return whether p is below 0.05."""
        return self.p < 0.05


def sign_test(before: Sequence[bool], after: Sequence[bool]) -> Change:
    """Test whether more answers changed in one direction than in the other.

    before, after: whether each question was answered rightly
    Returns: the changes and p, the probability that a fair coin, thrown once for each changed
    answer, falls at least as unequally; 1 if nothing changed.
    Raises: ValueError if the rounds differ in length.

    >>> sign_test([False] * 6, [True] * 6)
    Change(gained=6, lost=0, p=0.03125)
    """
    pairs = list(zip(before, after, strict=True))
    gained, lost = pairs.count((False, True)), pairs.count((True, False))
    changed = gained + lost
    tail = sum(math.comb(changed, fewer) for fewer in range(min(gained, lost) + 1))
    return Change(gained, lost, min(1.0, 2 * tail / 2**changed))


def smallest_real(of: int) -> int | None:
    """Return how many answers must change, all in one direction, for p to be below 0.05.

    of: how many questions there are. Returns: None if even all of them would not suffice.

    >>> smallest_real(24), smallest_real(4)
    (6, None)
    """
    need = fewest_to_differ()
    return need if need <= of else None
