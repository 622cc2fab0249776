"""Show a sentence with each token shaded by its surprisal.

What: the surprisal of a token is -log2 of the probability that the model gave it, in bits; the
sentence's is their sum. Source: Shannon, A Mathematical Theory of Communication (1948), section 6,
for the bits. Left out: the model, which may be any `scratch.baselines.word_swaps.WordModel`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit
from exhibits.tokens.chips import chips
from scratch.baselines.word_swaps import WordModel, swap, swap_cost
from scratch.text.words import split

FULL = 16.0  # bits of a full shade: a probability of 1 in 65,536


def surprisal(model: WordModel, sentence: str | Sequence[str]) -> Exhibit:
    """Show the tokens of a sentence with their surprisals in bits; unknown words are marked.

    sentence: a text, or its words and marks. A surprisal of FULL bits or more has the full shade.

    >>> from scratch.baselines.ngram import learn
    >>> surprisal(learn(["heads", "tails"], order=1), "edge").text
    '2.58 bits: 1 token, 1 distinct\\nedge[2.6 unknown]'
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
        label=f"{math.fsum(bits):.2f} bits",
        shade_label=f"bits of surprise, full at {FULL:.0f}",
    )


def trials(model: WordModel, sentence: str, words: Sequence[str]) -> dict[str, Exhibit]:
    """Return a sentence with one of its words swapped for others, for `exhibits.page.choices`.

    words: the word of the sentence, then those to swap it for

    Returns: label -> sentence, shaded by surprisal; the label tells the cost of the swap in bits.
    Raises: ValueError if the sentence lacks the first word.

    >>> from scratch.baselines.ngram import learn
    >>> list(trials(learn(["a", "b", "a"], order=1), "a a", ["a", "b"]))
    ['a, unchanged', 'b: 2.17 bits less likely']
    """
    tokens, old = split(sentence), words[0]
    sentences = {f"{old}, unchanged": surprisal(model, tokens)}
    for new in words[1:]:
        bits = round(swap_cost(model, tokens, old, new), 2)
        way = "less likely" if bits > 0 else "likelier"
        cost = f"{abs(bits):.2f} bits {way}" if bits else "as likely"
        sentences[f"{new}: {cost}"] = surprisal(model, swap(tokens, old, new))
    return sentences
