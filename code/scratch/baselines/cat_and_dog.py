"""Read forty sentences in which cat and dog are to be swapped, from cat_and_dog.toml.

What: `cat_and_dog.toml`, in this folder, has twenty sentences in which either animal is possible,
and twenty in which the word is fixed by an idiom, a compound or a verb. Source: the list itself.
Left out: other animals; the test that the file specifies (`scratch.significance.rank_sum`).
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scratch.text.words import split

LIST = Path(__file__).with_name("cat_and_dog.toml")
OTHER = {"cat": "dog", "dog": "cat"}


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
