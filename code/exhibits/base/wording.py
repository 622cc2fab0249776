"""Choose words by the number that they speak of, so that a sentence is true on any text.

A conclusion that was written for one outcome is false on the next text. Here a page takes its words
from the number: one or several, more or fewer, with a sign that is a minus and no hyphen. Two
numbers that look alike are called alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MINUS = "\u2212"


def counted(number: int, one: str, several: str | None = None, none: str = "no") -> str:
    """Give a number with its noun.

    several: the plural, if it is not `one` and an s.

    >>> counted(1, "sentence"), counted(1200, "entry", "entries"), counted(0, "word")
    ('1 sentence', '1,200 entries', 'no words')
    """
    noun = one if number == 1 else several or f"{one}s"
    return f"{number:,} {noun}" if number else f"{none} {noun}"


def decimal(value: float, digits: int = 2) -> str:
    """Give a number with so many decimals; one below nothing with a minus, one that rounds to
    nothing without.

    >>> decimal(-2.444), decimal(1200.5, 1), decimal(-0.001)
    ('−2.44', '1,200.5', '0.00')
    """
    shown = f"{value:,.{digits}f}"
    return (
        shown.removeprefix("-") if float(shown.replace(",", "")) == 0 else shown.replace("-", MINUS)
    )


def signed(value: float, digits: int = 2) -> str:
    """Give a number as `decimal` does, one above nothing with a plus.

    >>> signed(-2.444), signed(0.08), signed(-0.001)
    ('−2.44', '+0.08', '0.00')
    """
    shown = decimal(value, digits)
    return f"+{shown}" if value > 0 and float(shown.replace(",", "")) else shown


def compared(first: float, second: float, more: str, less: str, same: str, digits: int = 2) -> str:
    """Choose by which of two numbers is larger, as a reader sees them: rounded to `digits`
    decimals.

    >>> compared(4.841, 4.842, "more", "fewer", "as many")
    'as many'
    """
    one, other = round(first, digits), round(second, digits)
    return more if one > other else less if one < other else same


def listed(items: Iterable[str], none: str = "none") -> str:
    """Set items as a sentence has them.

    >>> listed(["cat", "dog", "pet"]), listed([], none="nothing")
    ('cat, dog and pet', 'nothing')
    """
    names = list(items)
    return (
        " and ".join([", ".join(names[:-1]), names[-1]])
        if len(names) > 1
        else names[0]
        if names
        else none
    )


def by_verdict(holds: object, words: Mapping[object, str]) -> str:
    """Choose by a verdict, as it was given to `claim`: True, "part", False or "not shown"; None is
    for all others.

    Raises: ValueError if the words have none for this verdict.

    >>> by_verdict("part", {True: "It does.", None: "Not as I wrote it."})
    'Not as I wrote it.'
    """
    if holds not in words and None not in words:
        raise ValueError(
            f"there are no words for the verdict {holds!r}; give them, or some for None, which is"
            " all others"
        )
    return words[holds] if holds in words else words[None]
