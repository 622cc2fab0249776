"""A sentence as a model reads it: each token shaded by how much it surprises.

What: the surprisal of a token is -log2 of the probability that the model gave it, in bits; the sentence's is their sum.
Left out: the model itself. Anything that knows its words and gives surprisals will do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from exhibits.chips import chips
from exhibits.exhibit import Exhibit
from scratch.words import split

FULL = 16.0  # bits of a full shade: one of 65,536


class Reader(Protocol):
    """A model that can be surprised."""

    def __contains__(self, word: str, /) -> bool: ...

    def surprisals(self, tokens: Sequence[str], /) -> list[float]: ...


def surprisal(model: Reader, sentence: str | Sequence[str]) -> Exhibit:
    """Show the tokens of a sentence with their bits; a word that the model does not know is marked.

    sentence: a text, or its tokens

    >>> class Coin:
    ...     def __contains__(self, word):
    ...         return word != "edge"
    ...     def surprisals(self, tokens):
    ...         return [1.0 for token in tokens]
    >>> surprisal(Coin(), "heads edge").text
    '2.0 bits: 2 tokens, 2 distinct\\nheads[1.0] edge[1.0 unknown]'
    """
    tokens = split(sentence) if isinstance(sentence, str) else list(sentence)
    bits = model.surprisals(tokens)
    return chips(
        tokens,
        shades=[min(1.0, each / FULL) for each in bits],
        notes=[
            f"{each:.1f}" + ("" if token in model else " unknown") for token, each in zip(tokens, bits, strict=True)
        ],
        label=f"{math.fsum(bits):.1f} bits",
        shade_label=f"bits of surprise, full at {FULL:.0f}",
    )
