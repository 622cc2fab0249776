"""Judge answers by rules that were written beforehand, and say what the counts can show.

What: `is_right` is the rule at the top of `data/instructions.toml`; `fraction` counts with an
interval, and `sign_test` gives the p of a difference between two rounds of the same questions.
Source: Dixon and Mood, The Statistical Sign Test (1946). Left out: judging by another model.
"""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from scratch.finetuning.compare import fewest_to_differ, wilson
from scratch.finetuning.instruction_list import Question


def is_right(question: Question, answer: str) -> bool:
    """Say whether an answer has one of the accepted words, or is the expected text exactly.

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
    """How many of how many, as a fraction with its 95 % interval."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The fraction itself."""
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
    """What two rounds of the same questions differ in."""

    gained: int  # wrong before, right after
    lost: int  # right before, wrong after
    p: float  # of the sign test, two-sided

    @property
    def real(self) -> bool:
        """Whether p is below 0.05."""
        return self.p < 0.05


def sign_test(before: Sequence[bool], after: Sequence[bool]) -> Change:
    """Test whether more changed one way than the other.

    Returns: p, the probability that a fair coin, thrown once for each that changed, falls as
    unequally; 1 where nothing changed. Raises: ValueError if the rounds differ in length.

    >>> sign_test([False] * 6, [True] * 6)
    Change(gained=6, lost=0, p=0.03125)
    """
    pairs = list(zip(before, after, strict=True))
    gained, lost = pairs.count((False, True)), pairs.count((True, False))
    changed = gained + lost
    tail = sum(math.comb(changed, fewer) for fewer in range(min(gained, lost) + 1))
    return Change(gained, lost, min(1.0, 2 * tail / 2**changed))


def smallest_real(of: int) -> int | None:
    """Return how many questions must change, all one way, to be a difference; None where even all
    of them would be none.

    >>> smallest_real(24), smallest_real(4)
    (6, None)
    """
    need = fewest_to_differ()
    return need if need <= of else None
