"""Count the marks inside words, and replace typographic marks by plain ones.

What: the book's splitting rule cuts only at plain marks such as , . " and --. `marks_inside` counts
the words in which another mark is left: a character of Unicode's categories P (punctuation) or S
(symbol). `plain_marks` replaces curly quotes, dashes and the like by plain marks, so that the rule
cuts there. Source: the Unicode Standard, section 4.5 (general category), as in Python's
`unicodedata`. Left out: scripts that put no spaces between words; what a mark means, so that a
prime becomes an apostrophe.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from unicodedata import category

from scratch.text.words import SPECIAL

COMMONEST = 10  # words given as examples
_HYPHENS = "-\u2010\u2011"  # hyphen-minus, hyphen, non-breaking hyphen


@dataclass(frozen=True)
class MarksInside:
    """Counts of the words of a text that contain a mark."""

    of: int  # running words in all; a special character that is a token of its own is none
    words: int  # running words that hold a mark
    alone: int  # those among them that are nothing but marks
    distinct: int  # distinct words that hold a mark
    marks: Counter[str]  # mark -> running words that hold it
    # the COMMONEST words that hold a mark, with how often each occurs
    examples: tuple[tuple[str, int], ...]


def marks_inside(words: Iterable[str]) -> MarksInside:
    """Count the words that contain a mark, by Unicode's categories.

    A hyphen between letters or digits, as in well-known, is spelling and not counted.

    words: the tokens of `split`; special characters among them are ignored

    >>> from scratch.text.words import split
    >>> marks = marks_inside(split('“Hello,” she said—it’s *bold* [note], well-known.'))
    >>> marks.words, marks.of, marks.alone
    (5, 7, 1)
    >>> [word for word, _ in marks.examples]
    ['*bold*', '[note]', 'said—it’s', '“Hello', '”']
    >>> marks.marks["*"], marks.marks["—"], marks.marks["-"]
    (1, 1, 0)
    """
    counts = Counter(word for word in words if word not in SPECIAL)
    holding = {word: inside for word in counts if (inside := _marks(word))}
    marks: Counter[str] = Counter()
    for word, inside in holding.items():
        for mark in inside:
            marks[mark] += counts[word]
    return MarksInside(
        of=counts.total(),
        words=sum(counts[word] for word in holding),
        alone=sum(counts[word] for word in holding if all(map(_is_mark, word))),
        distinct=len(holding),
        marks=marks,
        examples=tuple(
            sorted(((word, counts[word]) for word in holding), key=lambda pair: (-pair[1], pair[0]))
        )[:COMMONEST],
    )


@cache
def _is_mark(character: str) -> bool:
    return category(character)[0] in "PS"


def _is_spelled(word: str, index: int) -> bool:
    """Return whether a word has a letter, digit or combining mark at an index."""
    return 0 <= index < len(word) and category(word[index])[0] in "LNM"


def _marks(word: str) -> set[str]:
    if word.isalnum():
        return set()
    return {
        character
        for index, character in enumerate(word)
        if _is_mark(character)
        and not (
            character in _HYPHENS and _is_spelled(word, index - 1) and _is_spelled(word, index + 1)
        )
    }


_PLAIN: dict[str, str] = {
    **dict.fromkeys("‘’‚‛‹›′‵ʼ´＇❛❜", "'"),
    **dict.fromkeys("“”„‟«»″‶＂❝❞〝〞〟", '"'),
    **dict.fromkeys("—–―‒⸺⸻", "--"),
    **dict.fromkeys("\u2010\u2011", "-"),
    "…": "...",
    "‴": "'''",
    **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
}
_KEYS = "".join(map(re.escape, _PLAIN))
# A joiner is spelling in Persian or Hindi and holds an emoji together; beside a Latin letter or a
# mark that is replaced it is a left-over. A short dash between two digits is a range, as in
# 1914-1918.
_TYPOGRAPHIC = re.compile(
    f"(?P<range>(?<=[0-9])[–‒](?=[0-9]))|[{_KEYS}]"
    f"|(?P<joiner>(?<=[\0-\u024f{_KEYS}])[\u200c\u200d]+|[\u200c\u200d]+(?=[\0-\u024f{_KEYS}]))"
)


def plain_marks(text: str) -> tuple[str, Counter[str]]:
    """Replace typographic marks by plain ones: straight quotes, -- for dashes, three dots, spaces.

    Soft hyphens and zero-width spaces are removed. A second call changes nothing more.

    Returns: the text, and how often each mark was replaced.

    >>> plain_marks("“It’s late,” he said—“or 1914–18…”")[0]
    '"It\\'s late," he said--"or 1914-18..."'
    >>> plain_marks("soft\\u00adly")
    ('softly', Counter({'\\xad': 1}))
    """
    replaced: Counter[str] = Counter()

    def plain(match: re.Match[str]) -> str:
        replaced.update(match[0])
        return "-" if match["range"] else "" if match["joiner"] else _PLAIN[match[0]]

    return _TYPOGRAPHIC.sub(plain, text), replaced
