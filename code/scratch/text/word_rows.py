"""Choose short rows of neighbouring words from a text, as examples for attention.

What: a row is several different words with only white space between them, all of them among the
words that `common` chooses: those that occur at least OFTEN times, so that vectors can be learned,
and at most MOST of them. Source: none; OFTEN and LENGTH were chosen so that a story of 20 KB has a
few rows. Left out: what the words mean.
"""

import re
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from unicodedata import category

from scratch.text.sentences import sentences
from scratch.text.words import split

OFTEN = 10  # uses
MOST = 1_000  # words and marks
LENGTH = 6  # words of a row
ENOUGH = 10  # rows that are whole sentences, from which no others are wanted


def is_word(token: str) -> bool:
    """Return whether a token consists of letters only, with their combining marks.

    >>> is_word("dog"), is_word("नमस्ते"), is_word("it’s"), is_word("7")
    (True, True, False, False)
    """
    return token.isalpha() or (
        token[:1].isalpha() and all(category(letter)[0] in "LM" for letter in token)
    )


def common(tokens: Iterable[str], often: int = OFTEN, most: int = MOST) -> set[str]:
    """Choose the words among the most frequent tokens; of equal counts the first in sorted order.

    often: how many times a token must occur; most: how many tokens are considered, marks too

    >>> sorted(common("a dog , a dog , a cat".split(), often=2))
    ['a', 'dog']
    """
    frequent = [item for item in Counter(tokens).items() if item[1] >= often]
    frequent = sorted(frequent, key=lambda item: (-item[1], item[0]))[:most]
    return {token for token, _ in frequent if is_word(token)}


def word_rows(
    text: str, known: Collection[str], length: int = LENGTH, most: int | None = None
) -> list[tuple[str, ...]]:
    """List rows of different known words in a text, in small letters.

    known: words in small letters; length: words in a row; most: rows, None for all
    Returns: the rows that are a whole sentence if there are ENOUGH of them, else the rows anywhere
    in a paragraph.

    >>> word_rows("The dog sees a cat. I see it!", {"the", "dog", "sees", "a", "cat"}, length=4)
    [('the', 'dog', 'sees', 'a'), ('dog', 'sees', 'a', 'cat')]
    """
    sides = (split(sentence.lower()) for sentence in sentences(text))
    whole = [
        tuple(tokens[:-1])
        for tokens in sides
        if len(tokens) == length + 1 and _serves(tokens[:-1], known)
    ]
    return (
        whole[:most] if len(whole) >= ENOUGH else list(islice(all_rows(text, known, length), most))
    )


def _serves(tokens: list[str], known: Collection[str]) -> bool:
    return len(set(tokens)) == len(tokens) and all(token in known for token in tokens)


def all_rows(text: str, known: Collection[str], length: int = LENGTH) -> Iterator[tuple[str, ...]]:
    """Yield every row of different known words within a paragraph, in small letters.

    known: words in small letters; length: words in a row. Rows may overlap.

    >>> list(all_rows("A dog a cat. A cow!", {"a", "dog", "cat", "cow"}, length=2))
    [('a', 'dog'), ('dog', 'a'), ('a', 'cat'), ('a', 'cow')]
    """
    for paragraph in re.split(r"\n\s*\n", text):
        row: deque[str] = deque(maxlen=length)
        for token in split(paragraph.lower()):
            row.append(token) if token in known else row.clear()
            if len(row) == length == len(set(row)):
                yield tuple(row)
