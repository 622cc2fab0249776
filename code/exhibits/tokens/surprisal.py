"""A sentence as a model reads it: each token shaded by how much it surprises.

What: the surprisal of a token is -log2 of the probability that the model gave it, in bits; the
sentence's is their sum. Source: Shannon, A Mathematical Theory of Communication (1948), section 6,
for the bits. Left out: the model itself: any that can be asked about words
(`scratch.baselines.word_swaps.WordModel`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.tokens.chips import chips
from scratch.baselines.word_swaps import WordModel, swap, swap_cost
from scratch.text.words import split

FULL = 16.0  # bits of a full shade: one of 65,536


def surprisal(model: WordModel, sentence: str | Sequence[str]) -> Exhibit:
    """Show the tokens of a sentence with their bits; a word that the model does not know is marked.

    sentence: a text, or its tokens

    >>> from scratch.baselines.ngram import learn
    >>> surprisal(learn(["heads", "tails"], order=1), "edge").text
    '2.6 bits: 1 token, 1 distinct\\nedge[2.6 unknown]'
    """
    tokens = split(sentence) if isinstance(sentence, str) else list(sentence)
    bits = model.surprisals(tokens)
    return chips(
        tokens,
        shades=[min(1.0, each / FULL) for each in bits],
        notes=[
            f"{each:.1f}" + ("" if token in model else " unknown")
            for token, each in zip(tokens, bits, strict=True)
        ],
        label=f"{math.fsum(bits):.1f} bits",
        shade_label=f"bits of surprise, full at {FULL:.0f}",
    )


def trials(model: WordModel, sentence: str, words: Sequence[str]) -> dict[str, Exhibit]:
    """Try words in the place of one word of a sentence, for `exhibits.page.choices` to choose from.

    words: the one that stands there, then those to try

    Returns: the shaded sentences by labels that say what each swap costs, in bits.
    Raises: ValueError if the sentence does not have the first word.
    """
    tokens, old = split(sentence), words[0]
    found = {f"{old}, as it stands": surprisal(model, tokens)}
    for new in words[1:]:
        cost = f"{swap_cost(model, tokens, old, new):+.1f}".replace("-", "\u2212")
        found[f"{new}: {cost} bits"] = surprisal(model, swap(tokens, old, new))
    return found
