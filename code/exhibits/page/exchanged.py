"""Show sentences before and after words changed places or were swapped, the words coloured.

What: a word has one colour in both sentences. Tokens are joined as in a book: no space before a
comma, and none within quotation marks. Left out: finding such sentences
(`scratch.baselines.word_swaps.exchanges`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.wording import signed

Pair = tuple[Sequence[str], Sequence[str]]
CLOSES, OPENS = set(",.:;?!)\u201d"), set("(\u201c")
GLUES = {"'", "\u2019", "--", "\u2014"}  # on both sides


def exchanged(pairs: Sequence[Pair], bits: Sequence[float]) -> Exhibit:
    """Show each sentence above the one with its words exchanged, and the bits that this adds.

    pairs: (tokens, tokens with two words exchanged, or one swapped); bits: one number for each pair

    Raises: ValueError if there is not one number for each pair.

    >>> print(exchanged([(["A", "cow", "!"], ["A", "pig", "!"])], [1.5]).text)
    A cow!
    A pig! (+1.5 bits)
    """
    if len(pairs) != len(bits):
        raise ValueError(f"there are {len(pairs)} pairs and {len(bits)} numbers; give as many")
    items, lines = [], []
    for (before, after), more in zip(pairs, bits, strict=True):
        places = zip(before, after, strict=True)
        moved = dict.fromkeys(word for pair in places if pair[0] != pair[1] for word in pair)
        colours = {word: number % 2 + 1 for number, word in enumerate(moved)}
        both = "".join(f"<p>{_marked(tokens, colours)}</p>" for tokens in (before, after))
        added = f"{signed(more, 1)} bits"
        items.append(f'<li>{both}<p class="ex-swapped-bits">{added}</p></li>')
        lines += [_joined(before), f"{_joined(after)} ({added})"]
    return Exhibit(f'<ol class="ex-swapped">{"".join(items)}</ol>', "\n".join(lines))


def _marked(tokens: Sequence[str], colours: dict[str, int]) -> str:
    """Return a sentence as markup, with a colour for each word that moves."""
    words = [
        f'<b class="ex-swapped-{colours[token]}">{escape(token)}</b>'
        if token in colours
        else escape(token)
        for token in _curled(tokens)
    ]
    return "".join(f"{space}{word}" for space, word in zip(_spaces(tokens), words, strict=True))


def _joined(tokens: Sequence[str]) -> str:
    """Join tokens to a sentence.

    >>> _joined(["'", "Run", ",", "'", "he", "said", "."]), _joined(['"', "Run", '"'])
    ("'Run,'he said.", '\u201cRun\u201d')
    """
    pairs = zip(_spaces(tokens), _curled(tokens), strict=True)
    return "".join(f"{space}{token}" for space, token in pairs)


def _curled(tokens: Sequence[str]) -> list[str]:
    """Return the tokens with every straight double quotation mark opening or closing in turn."""
    quotes, curled = 0, []
    for token in tokens:
        quotes += token == '"'
        curled.append(token if token != '"' else "\u201c" if quotes % 2 else "\u201d")
    return curled


def _spaces(tokens: Sequence[str]) -> list[str]:
    """Return what comes before each token: a space, or nothing."""
    curled = _curled(tokens)
    spaces = [""]
    for before, token in pairwise(curled):
        tight = token in CLOSES | GLUES or before in OPENS | GLUES
        spaces.append("" if tight else " ")
    return spaces[: len(curled)]
