"""Swap a word of a sentence for another, and measure what a model makes of it.

What: the cost of a swap is how many bits more the swapped sentence surprises a model. A cost near 0
says that the model takes the one word as readily as the other. Whether that means anything shows in
comparison: `peers` are the words that the text uses about as often, so a model that knew
frequencies alone would take each of them as readily too. Source: Levy, Expectation-based syntactic
comprehension (2008), for surprisal as the measure of a word in context; the comparison with words
of like frequency is a plain control. Left out: meaning. A sentence may be likely and false, or true
and unheard of.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from scratch.text.sentences import sentences
from scratch.text.words import split

CHEAP = 1.0  # bits: half as likely, or twice
LONGEST = 100  # characters of a sentence whose words are exchanged; a model's context holds it
FACTOR = 2  # a peer is used at least 1 / FACTOR and at most FACTOR times as often


class WordModel(Protocol):
    """A model of words: `scratch.baselines.ngram.NextWord` or `word_surprisal.GPTWords`."""

    def __contains__(self, word: str, /) -> bool:
        """Return whether the model knows the word."""

    def surprisals(self, tokens: Sequence[str]) -> list[float]:
        """Return the surprisal of each token after those before it, in bits."""


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
    """Return the bits by which a swap makes a sentence more surprising, negative for less.

    Raises: ValueError if the sentence does not have the word.

    >>> from scratch.baselines.ngram import learn
    >>> model = learn("the cat . the cat . the dog .".split(), order=2)
    >>> swap_cost(model, ["the", "dog", "."], "dog", "cat") < 0  # the text has it oftener
    True
    """
    swapped = swap(tokens, old, new)
    return math.fsum(model.surprisals(swapped)) - math.fsum(model.surprisals(tokens))


def peers(counts: Mapping[str, int], word: str, factor: float = FACTOR) -> list[str]:
    """List the words that occur about as often as a word, sorted, without itself.

    counts: of words in one case, as the model reads them. Special characters are no words.
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
    """The cost of a swap and of other words' swaps, in bits; None where there are no others."""

    cost: float  # of the swap itself
    typical: float | None  # the median of the others
    cheap: float | None  # the share of the others within CHEAP bits of no cost at all

    @property
    def singled_out(self) -> bool:
        """Return whether the swap is cheap, and most others are not."""
        return abs(self.cost) < CHEAP and self.cheap is not None and self.cheap < 0.5


def compare(
    model: WordModel, tokens: Sequence[str], old: str, new: str, others: Sequence[str]
) -> Comparison:
    """Compare the cost of a swap with the costs of other words for the same one.

    Raises: ValueError if the sentence does not have the word.

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
    """Compare the cost of a swap with those of other words, in bits.

    >>> comparison(0.2, [5.0, 0.5, 7.0, 9.0])
    Comparison(cost=0.2, typical=6.0, cheap=0.25)
    """
    if not costs:
        return Comparison(cost, None, None)
    return Comparison(cost, median(costs), sum(abs(bits) < CHEAP for bits in costs) / len(costs))


def exchanges(
    text: str, one: Collection[str], other: Collection[str], most: int = 16
) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the sentences with a single word of each of two groups, with the two exchanged.

    most: tokens of such a sentence. Yields: (tokens, tokens exchanged), in the order of
    the text.

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
