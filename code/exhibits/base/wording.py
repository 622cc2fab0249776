"""Choose words by a number, so that a sentence is true on any text.

A conclusion that was written for one outcome is false on the next text. A page takes its words from
the number: one or several, more or fewer, with a minus sign in place of a hyphen. Two numbers that
look alike after rounding count as alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MINUS = "\u2212"
APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_]|(?<=s')\s)")


def counted(number: int, one: str, several: str | None = None, none: str = "no") -> str:
    """Write a number with its noun.

    one: the singular; several: the plural, by default `one` and an s; none: the word for zero

    >>> counted(1, "sentence"), counted(1200, "entry", "entries"), counted(0, "word")
    ('1 sentence', '1,200 entries', 'no words')
    """
    noun = one if number == 1 else several or f"{one}s"
    return f"{number:,} {noun}" if number else f"{none} {noun}"


def decimal(value: float, digits: int = 2) -> str:
    """Write a number with so many decimals and a minus sign; what rounds to 0 has no sign.

    >>> decimal(-2.444), decimal(1200.5, 1), decimal(-0.001)
    ('−2.44', '1,200.5', '0.00')
    """
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", MINUS)


def curled(text: str) -> str:
    """Write the apostrophes of prose as a typographer does.

    >>> curled("it isn't the tokens' own 'id'")
    "it isn’t the tokens’ own 'id'"
    """
    return APOSTROPHE.sub("’", text)


def signed(value: float, digits: int = 2) -> str:
    """Write a number as `decimal` does, a positive one with a plus.

    >>> signed(-2.444), signed(0.08), signed(-0.001)
    ('−2.44', '+0.08', '0.00')
    """
    text = decimal(value, digits)
    return f"+{text}" if value > 0 and float(text.replace(",", "")) else text


def compared(first: float, second: float, more: str, less: str, same: str, digits: int = 2) -> str:
    """Return `more`, `less` or `same` by two numbers, after rounding to `digits` decimals.

    >>> compared(4.841, 4.842, "more", "fewer", "as many")
    'as many'
    """
    one, other = round(first, digits), round(second, digits)
    return more if one > other else less if one < other else same


def listed(items: Iterable[str], none: str = "none") -> str:
    """Join items as a sentence does, with commas and "and".

    none: what is written if there are no items

    >>> listed(["cat", "dog", "pet"]), listed([], none="nothing")
    ('cat, dog and pet', 'nothing')
    """
    names = list(items)
    if len(names) < 2:
        return names[0] if names else none
    return f"{', '.join(names[:-1])} and {names[-1]}"


def by_verdict(holds: object, words: Mapping[object, str]) -> str:
    """Choose words by a verdict.

    holds: as it is given to `claim`: True, "part", False or "not shown"
    words: from a verdict to its words; those of None are for every verdict that is not named

    Raises: ValueError if there are no words for the verdict.

    >>> by_verdict("part", {True: "It does.", None: "Not as I wrote it."})
    'Not as I wrote it.'
    """
    if holds not in words and None not in words:
        raise ValueError(
            f"there are no words for the verdict {holds!r}; give them, or some for None, which is"
            " all others"
        )
    return words[holds] if holds in words else words[None]
