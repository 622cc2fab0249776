"""Swap a word of a sentence for another, and measure how much more the result surprises a model.

What: the cost of a swap is the surprisal of the swapped sentence minus that of the original, in
bits. A cost near 0 means that the model finds both words equally likely there. Whether that means
anything shows in comparison: `peers` are words of about the same frequency, which a model that only
knew frequencies would find equally likely, too. Source: Levy, Expectation-based syntactic
comprehension (2008), for surprisal as the measure of a word in context; words of equal frequency
are a simple control. Left out: meaning. A sentence may be likely and false, or unlikely and true.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, Protocol

from scratch.text.sentences import sentences
from scratch.text.words import split

CHEAP = 1.0  # bits; a cost of 1 means half as likely, -1 twice as likely
LONGEST = 100  # characters of a sentence whose words are exchanged; a model's context holds it
FACTOR = 2  # a peer is used at least 1 / FACTOR and at most FACTOR times as often


class WordModel(Protocol):
    """A model of words: `scratch.baselines.ngram.NextWord` or `word_surprisal.GPTWords`."""

    def __contains__(self, word: str, /) -> bool:
        """Return whether the model knows the word."""

    def surprisals(self, tokens: Sequence[str]) -> list[float]:
        """Return the surprisal of each token after the tokens before it, in bits."""


def swap(tokens: Sequence[str], old: str, new: str) -> list[str]:
    """Replace a word by another, everywhere in a sentence.

    Raises: ValueError if the sentence does not have the word.

    >>> swap("I have a pet dog".split(), "dog", "cat")
    ['I', 'have', 'a', 'pet', 'cat']
    """
    if old not in tokens:
        raise ValueError(f"{old!r} is not in {' '.join(tokens)!r}; swap one of its words")
    return [new if token == old else token for token in tokens]


def swap_cost(model: WordModel, tokens: Sequence[str], old: str, new: str) -> float:
    """Return how many bits more surprising a swap makes a sentence; below 0 if less.

    Raises: ValueError if the sentence does not have the word.

    >>> from scratch.baselines.ngram import learn
    >>> model = learn("the cat . the cat . the dog .".split(), order=2)
    >>> swap_cost(model, ["the", "dog", "."], "dog", "cat") < 0  # the text has it oftener
    True
    """
    swapped = swap(tokens, old, new)
    return math.fsum(model.surprisals(swapped)) - math.fsum(model.surprisals(tokens))


def judgement(cost: float) -> Literal["fits", "refused", "preferred"]:
    """Say what a model makes of a swap, given its cost in bits.

    Returns: "fits" within CHEAP bits of no cost, else "refused" if the swap costs bits, and
    "preferred" if it saves them.

    >>> judgement(0.2), judgement(1.5), judgement(-1.8)
    ('fits', 'refused', 'preferred')
    """
    if abs(cost) < CHEAP:
        return "fits"
    return "refused" if cost > 0 else "preferred"


def peers(counts: Mapping[str, int], word: str, factor: float = FACTOR) -> list[str]:
    """List the other words that occur about as often as a word, in sorted order.

    counts: word -> how often it occurs, all in one case; only words made of letters are listed
    factor: a peer occurs at most so many times as often as the word, and at least 1 / factor
    Raises: ValueError if factor is below 1.

    >>> peers({"cat": 10, "dog": 8, "the": 900, ",": 9, "owl": 4}, "dog")
    ['cat', 'owl']
    """
    if factor < 1:
        raise ValueError(f"factor is {factor}; give 1 or more")
    low, high = counts.get(word, 0) / factor, counts.get(word, 0) * factor
    return sorted(
        other
        for other, times in counts.items()
        if low <= times <= high and other != word and other.isalpha()
    )


@dataclass(frozen=True)
class Comparison:
    """The cost of a swap in bits, and those of other words; None if there are no others."""

    cost: float  # of the swap itself
    typical: float | None  # the median of the others
    cheap: float | None  # the share of the others within CHEAP bits of no cost at all

    @property
    def singled_out(self) -> bool:
        """Return whether the swap costs less than CHEAP, and most of the others do not."""
        return abs(self.cost) < CHEAP and self.cheap is not None and self.cheap < 0.5

    @property
    def allowed(self) -> bool | Literal["not shown"]:
        """Say whether the model lets the new word stand for the old one.

        Returns: True if it is singled out, False if a typical word does worse and it is not; "not
        shown" if a typical word does as well, so that the model cannot tell the two apart.

        >>> Comparison(0.2, 6.0, 0.25).allowed, Comparison(-1.8, -2.5, 0.1).allowed
        (True, 'not shown')
        """
        if self.singled_out:
            return True
        return False if self.typical is not None and self.typical > self.cost else "not shown"

    @property
    def refused(self) -> bool | Literal["part"]:
        """Say whether the model refuses the swap: whether it costs more than CHEAP.

        Returns: "part" if it does, but hardly more than a typical word costs.

        >>> Comparison(1.5, 1.4, 0.1).refused, Comparison(0.5, 1.4, 0.1).refused
        ('part', False)
        """
        if self.cost <= CHEAP:
            return False
        return True if self.cost - (self.typical or 0.0) > CHEAP else "part"


def compare(
    model: WordModel, tokens: Sequence[str], old: str, new: str, others: Sequence[str]
) -> Comparison:
    """Compare the cost of swapping old for new with the costs of swapping it for other words.

    tokens: words and marks of the sentence; others: words, of which old and new are left out
    Raises: ValueError if the sentence does not have the word `old`.

    >>> from scratch.baselines.ngram import learn
    >>> model = learn("the cat . the cat . the dog .".split(), order=2)
    >>> compare(model, ["the", "dog", "."], "dog", "cat", others=["cat"]).typical is None
    True
    """
    before = math.fsum(model.surprisals(tokens))

    def cost_of(word: str) -> float:
        return math.fsum(model.surprisals(swap(tokens, old, word))) - before

    cost = cost_of(new)
    return comparison(cost, [cost_of(other) for other in others if other not in (old, new)])


def comparison(cost: float, costs: Sequence[float]) -> Comparison:
    """Compare the cost of a swap with those of other words, given all costs in bits.

    >>> comparison(0.2, [5.0, 0.5, 7.0, 9.0])
    Comparison(cost=0.2, typical=6.0, cheap=0.25)
    """
    if not costs:
        return Comparison(cost, None, None)
    return Comparison(cost, median(costs), sum(abs(bits) < CHEAP for bits in costs) / len(costs))


def exchanges(
    text: str, one: Collection[str], other: Collection[str], most: int = 16
) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the sentences that have one word of each of two groups, and exchange these two words.

    one, other: groups of words in small letters; most: words and marks of such a sentence, at most
    Yields: (tokens, tokens with the words exchanged), in the order of the text.

    >>> [pair] = exchanges("Run! The farmer sold the cow.", {"cow"}, {"farmer"})
    >>> pair[1]
    ['The', 'cow', 'sold', 'the', 'farmer', '.']
    """
    for sentence in sentences(text):
        tokens = split(sentence)
        first, second = (
            [token for token in tokens if token.lower() in group] for group in (one, other)
        )
        if (
            len(tokens) <= most
            and len(sentence) <= LONGEST
            and len(first) == len(second) == 1
            and first != second
        ):
            swapped = {first[0]: second[0], second[0]: first[0]}
            yield tokens, [swapped.get(token, token) for token in tokens]
