"""Cut a text into chunks as GPT-2 does: words, numbers, punctuation, white space.

What: no merge of byte-pair encoding crosses the end of a chunk. `cut` gives the chunks of a text.
`at_every_space` and `at_safe_spaces` are faster and cut into larger pieces, only where a chunk ends
anyway; `count` uses them, and cuts each distinct piece only once. Source: the pattern of Radford et
al. 2019, as released; which characters are letters and numbers is that of Unicode 16.0
(unicode16.txt), as in tiktoken. Left out: fast code for other patterns. The module `regex` runs
those, with its own version of Unicode.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import cache
from operator import eq
from pathlib import Path

GPT2_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

# symbols that are common, none of them a letter, a number or white space
PICTURES = "[\\u2190-\\u23ff\\u2500-\\u2775\\u2794-\\u2bff\\U0001f300-\\U0001faff]"

Cutter = Callable[[str], list[str]]


class BadPattern(ValueError):
    """A pattern that is not a regular expression, or whose matches leave out a part of the text."""


@cache
def characters(kind: str, last: int) -> str:
    """Write a class of characters as the inside of a regular expression's [...].

    kind: "L" for letters, "N" for numbers, "S" for white space
    last: the largest code point to include; a smaller class is a faster one

    >>> characters("N", 0x7F)
    '0-9'
    """
    bounds = [(low, min(high, last)) for low, high in ranges(kind) if low <= last]
    return "".join(
        _escaped(low) if low == high else f"{_escaped(low)}-{_escaped(high)}"
        for low, high in bounds
    )


def ranges(kind: str) -> list[tuple[int, int]]:
    """Return the ranges of code points of a kind: (first, last) of each.

    kind: "L" for letters, "N" for numbers, "S" for white space

    >>> ranges("N")[0] == (ord("0"), ord("9"))
    True
    """
    lines = Path(__file__).with_name("unicode16.txt").read_text(encoding="utf-8").splitlines()
    items = [line.split()[1:] for line in lines if line.startswith(f"{kind} ")]
    ends = [item.split("-") for line in items for item in line]
    return [(int(end[0], 16), int(end[-1], 16)) for end in ends]


def _escaped(code: int) -> str:
    return chr(code) if chr(code).isalnum() and code < 0x80 else f"\\U{code:08x}"


@cache
def _gpt2(last: int) -> Cutter:
    """Return GPT-2's cutter for texts without code points above `last`."""
    letter, number, space = (characters(kind, last) for kind in "LNS")
    marks = f"[^{space}{letter}{number}]+"
    if last > 0xFFFF:  # re walks through the ranges of so large a class, so pictures come first
        marks = f"(?:[\U0001f300-\U0001faff]+|{marks})+"
    apart = f"'(?:[sdmt]|ll|ve|re)| ?[{letter}]+| ?[{number}]+| ?{marks}"
    return re.compile(f"{apart}|[{space}]+(?![^{space}])|[{space}]+").findall


def cut(text: str) -> list[str]:
    """Cut a text into GPT-2's chunks, which joined give the text.

    >>> cut("It isn't  2 late,\\n  is it?")
    ['It', ' isn', "'t", ' ', ' 2', ' late', ',', '\\n ', ' is', ' it', '?']
    """
    return (
        _gpt2(0x7F)(text)
        if text.isascii()
        else _gpt2(0xFFFF if max(text) <= "\uffff" else 0x10FFFF)(text)
    )


def cutter(pattern: str) -> Cutter:
    """Return a function that cuts a text into the matches of a pattern.

    Raises: BadPattern if the pattern is not a regular expression. The returned function raises it
    for a text of which the matches leave out a part.

    >>> cutter(r"\\d|\\D+")("in 42 days")
    ['in ', '4', '2', ' days']
    """
    if pattern == GPT2_PATTERN:
        return cut
    import regex  # type: ignore[import-untyped]  # its stubs are a package of their own

    try:
        compiled = regex.compile(pattern)
    except regex.error as error:
        raise BadPattern(
            f"the pattern {pattern!r} is no regular expression: {error}; mend it"
        ) from None

    def cut_by_pattern(text: str) -> list[str]:
        chunks = [match[0] for match in compiled.finditer(text)]
        if (covered := sum(map(len, chunks))) != len(text):
            what = f"the pattern {pattern!r} finds {covered:,} of {len(text):,} characters"
            raise BadPattern(f'{what}; end it with "|." or the like, so that nothing is lost')
        return [chunk for chunk in chunks if chunk]

    return cut_by_pattern


# Where may a text be cut for GPT-2's pattern, so that the chunks of the pieces are those of the
# text? Before a space that a character other than white space follows: every chunk there starts
# with the space, since a run of white space leaves its last character to what follows. And before
# white space that follows something else: no chunk holds both.
# Python's \S leaves out a few control characters more, which does no harm
_SAFE = re.compile(r" (?=\S)")

# the text before the first space; the texts between two spaces; the last space and the rest
Pieces = tuple[str, list[str], str]


def at_safe_spaces(text: str) -> Pieces:
    """Cut a text before spaces where a chunk begins in any case.

    Returns: the text before the first such space; the texts between two of them, without the
    spaces; the last such space and the rest.

    >>> at_safe_spaces("one two  three four")
    ('one', ['two ', 'three'], ' four')
    """
    head, *middle = _SAFE.split(text)
    return head, middle, " " + middle.pop() if middle else ""


def at_every_space(text: str) -> Pieces | None:
    """Cut a text at every space, which is fastest, but safe only if `can_stand_alone` agrees.

    Returns: pieces as `at_safe_spaces` does; None if white space at the ends of the text, or three
    spaces in a row, make the cuts unsafe.

    >>> at_every_space("one two  three four")
    ('one', ['two', '', 'three'], ' four')
    """
    if "   " in text:
        return None
    head, *middle = text.split(" ")
    tail = " " + middle.pop() if middle else ""
    runs = head != head.rstrip() or tail[1:2].isspace() or (tail == " " and middle[-1:] == [""])
    return None if runs else (head, middle, tail)


def can_stand_alone(pieces: Collection[str]) -> bool:
    """Return whether the middle pieces of `at_every_space` can be cut one by one.

    They can if none of them begins or ends with white space, for then no run of white space was
    cut. An empty piece, from two spaces in a row, is fine: the first space is a chunk of its own.

    >>> can_stand_alone(["word", "", "two\\nlines"]), can_stand_alone(["line\\n"])
    (True, False)
    """
    return all(map(eq, pieces, map(str.strip, pieces)))


def count(texts: Iterable[str], pattern: str = GPT2_PATTERN) -> Counter[str]:
    """Count the chunks of texts; no chunk goes from one text into the next.

    Memory: one text at a time, and the distinct pieces of all.
    Returns: chunk -> how often it occurs. Raises: BadPattern.

    >>> count(["to be or not to be"]).most_common(2)
    [(' be', 2), ('to', 1)]
    """
    chunks: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    by_pattern = cutter(pattern)
    for text in texts:
        if pattern != GPT2_PATTERN:
            chunks.update(by_pattern(text))
            continue
        parts = at_every_space(text)
        between = Counter(parts[1]) if parts else Counter()
        if parts is None or not can_stand_alone(between):
            parts = at_safe_spaces(text)
            between = Counter(parts[1])
        head, _, tail = parts
        chunks.update(cut(head) + cut(tail))
        pieces.update(between)
    for piece, times in pieces.items():
        for chunk in cut(" " + piece):
            chunks[chunk] += times
    return chunks
