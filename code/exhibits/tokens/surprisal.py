"""Show a sentence with each token shaded by its surprisal.

What: the surprisal of a token is -log2 of the probability that the model gave it, in bits; the
sentence's is their sum. Shown bits are rounded so that those of the tokens add up to the
sentence's. Source: Shannon, A Mathematical Theory of Communication (1948), section 6, for the bits.
Left out: the model, which may be any `scratch.baselines.word_swaps.WordModel`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from exhibits.base.exhibit import Exhibit, escape
from exhibits.tokens.chips import chips
from scratch.baselines.word_swaps import WordModel, judgement, swap
from scratch.text.words import split

FULL = 16.0  # bits of a full shade: a probability of 1 in 65,536


def tenths(bits: Sequence[float]) -> list[float]:
    """Round bits to tenths that add up to their rounded sum; each is off by less than 0.1.

    >>> tenths([1.26, 1.26, 1.26])
    [1.3, 1.2, 1.3]
    """
    sums = [0.0, *(round(each, 1) for each in accumulate(bits))]
    return [round(after - before, 1) for before, after in pairwise(sums)]


def surprisal(model: WordModel, sentence: str | Sequence[str], label: str | None = None) -> Exhibit:
    """Show the tokens of a sentence with their surprisals in bits; unknown words are marked.

    sentence: a text, or its words and marks. A surprisal of FULL bits or more has the full shade.
    label: the heading, if not the bits of the sentence

    >>> from scratch.baselines.ngram import learn
    >>> surprisal(learn(["heads", "tails"], order=1), "edge").text
    '2.6 bits\\nedge[2.6 unknown]'
    """
    tokens = split(sentence) if isinstance(sentence, str) else list(sentence)
    bits = model.surprisals(tokens)
    shown = tenths(bits)
    return chips(
        tokens,
        shades=[min(1.0, each / FULL) for each in bits],
        notes=[
            f"{each:.1f}" + ("" if token in model else " unknown")
            for token, each in zip(tokens, shown, strict=True)
        ],
        label=label or f"{math.fsum(shown):.1f} bits",
        shade_label=f"bits of surprise, full at {FULL:.0f}",
        total="",
    )


def trials(
    judges: Mapping[str, WordModel], sentence: str, words: Sequence[str]
) -> dict[str, Exhibit]:
    """Return a sentence with one of its words swapped for others, for `exhibits.page.choices`.

    judges: the models that are asked, by name; the last shades the words
    words: the word of the sentence, then those to swap it for

    Returns: word -> what each judge says of the sentence with it.
    Raises: ValueError if the sentence lacks the first word.

    >>> from scratch.baselines.ngram import learn
    >>> found = trials({"Counting": learn(["a", "b", "a"], order=1)}, "a a", ["a", "b"])
    >>> list(found), found["b"].text.partition("\\n")[0]
    (['a', 'b'], 'Counting: 3.5 bits, 2.2 more: refused')
    """
    tokens, old = split(sentence), words[0]
    *before, last = judges
    found = {}
    for word in words:
        swapped = swap(tokens, old, word)
        said = {name: f"{name}: {_said(judge, tokens, swapped)}" for name, judge in judges.items()}
        shaded = surprisal(judges[last], swapped, said[last])
        lines = "".join(f'<p class="ex-head"><b>{escape(said[name])}</b></p>' for name in before)
        text = "\n".join([*(said[name] for name in before), shaded.text])
        found[word] = Exhibit(lines + shaded.html, text)
    return found


def _said(judge: WordModel, before: Sequence[str], after: Sequence[str]) -> str:
    """Say how many bits a sentence takes, and how many more than before, by a judge."""
    old, new = (math.fsum(judge.surprisals(tokens)) for tokens in (before, after))
    said = f"{new:.1f} bits"
    if before == after:
        return said
    more = round(round(new, 1) - round(old, 1), 1)
    compared = (
        f"{abs(more):.1f} {'more' if more > 0 else 'fewer'}" if more else "the same to a tenth"
    )
    return f"{said}, {compared}: {judgement(new - old)}"
