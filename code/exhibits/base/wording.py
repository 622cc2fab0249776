"""Choose words by a number, so that a sentence is true on any text; write numbers with real signs.

What: a conclusion written for one outcome may be false on the next text. So a page chooses words by
the number: singular or plural, more or fewer. Numbers get a minus sign instead of a hyphen. Two
numbers that look equal after rounding are treated as equal. Left out: other languages than English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MINUS = "\u2212"
APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_]|(?<=s')\s)")


def counted(number: int, one: str, several: str | None = None, none: str = "no") -> str:
    """Write a number with its noun, in the singular or the plural.

    one: the singular; several: the plural, by default `one` and an s; none: the word for zero

    >>> counted(1, "sentence"), counted(1200, "entry", "entries"), counted(0, "word")
    ('1 sentence', '1,200 entries', 'no words')
    """
    noun = one if number == 1 else several or f"{one}s"
    return f"{number:,} {noun}" if number else f"{none} {noun}"


def decimal(value: float, digits: int = 2) -> str:
    """Write a number with `digits` decimals and a real minus sign; none if it rounds to 0.

    >>> decimal(-2.444), decimal(1200.5, 1), decimal(-0.001)
    ('−2.44', '1,200.5', '0.00')
    """
    text = f"{value:,.{digits}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", MINUS)


def curled(text: str) -> str:
    """Replace straight apostrophes inside and after words by curly ones.

    >>> curled("it isn't the tokens' own 'id'")
    "it isn’t the tokens’ own 'id'"
    """
    return APOSTROPHE.sub("’", text)


def signed(value: float, digits: int = 2) -> str:
    """Write a number as `decimal` does, with a plus sign if it is positive.

    >>> signed(-2.444), signed(0.08), signed(-0.001)
    ('−2.44', '+0.08', '0.00')
    """
    text = decimal(value, digits)
    return f"+{text}" if value > 0 and float(text.replace(",", "")) else text


def compared(first: float, second: float, more: str, less: str, same: str, digits: int = 2) -> str:
    """Return `more` if first is above second, `less` if below, `same` if they are equal.

    The numbers are compared after rounding to `digits` decimals.

    >>> compared(4.841, 4.842, "more", "fewer", "as many")
    'as many'
    """
    one, other = round(first, digits), round(second, digits)
    return more if one > other else less if one < other else same


def listed(items: Iterable[str], none: str = "none") -> str:
    """Join items as in a sentence, with commas and "and".

    none: the text to return if there are no items

    >>> listed(["cat", "dog", "pet"]), listed([], none="nothing")
    ('cat, dog and pet', 'nothing')
    """
    names = list(items)
    if len(names) < 2:
        return names[0] if names else none
    return f"{', '.join(names[:-1])} and {names[-1]}"


def by_verdict(holds: object, words: Mapping[object, str]) -> str:
    """Choose words by the verdict on a claim.

    holds: as for `exhibits.page.claims.claim`: True, "part", False or "not shown"
    words: verdict -> words; the key None is for every other verdict

    Raises: ValueError if `words` has neither the verdict nor None.

    >>> by_verdict("part", {True: "It does.", None: "Not as I wrote it."})
    'Not as I wrote it.'
    """
    if holds not in words and None not in words:
        raise ValueError(
            f"there are no words for the verdict {holds!r}; give them, or some for None, which is"
            " all others"
        )
    return words[holds] if holds in words else words[None]
