"""Predict the next word from the two before it: a language model that counts, as a baseline.

What: a trigram model with interpolated Kneser-Ney smoothing. A word's probability comes from how
often it followed the two words before it. A little is subtracted from every count and given to the
prediction from one word, and in the same way from that to the prediction from none. These shorter
predictions count not how often a word occurs but after how many different words: the second word of
a fixed phrase is frequent, but unlikely elsewhere. Source: Kneser and Ney, Improved backing-off for
M-gram language modeling (1995); the interpolated form, and the finding that it is the best counting
model, in Chen and Goodman, An Empirical Study of Smoothing Techniques for Language Modeling (1998),
section 3; the discount in Ney, Essen and Kneser (1994). Left out: Chen and Goodman's three
discounts per order; special marks for sentence ends (the full stop serves as one).

Words are lower-cased, so that a small text has more occurrences of each. Every word of the text has
a probability at every position, and so has one further entry, `<|unk|>`, which stands for all words
that the text lacks.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from scratch.tokenizer.simple import UNKNOWN

ORDER = 3  # a word and the two before it
START = (".",)  # before a sentence: the end of another


class NextWord:
    """A language model of word counts; `learn` makes one from a text.

    order: words in the longest phrase counted: a word and the order - 1 before it
    words: the vocabulary in sorted order, then `<|unk|>`
    """

    def __init__(self, tokens: Sequence[str], order: int) -> None:
        text = [token.lower() for token in tokens]
        self.order = order
        self.words = (*sorted(set(text) - {UNKNOWN}), UNKNOWN)
        self._known = frozenset(self.words)
        grams: Iterable[tuple[str, ...]] = zip(
            *(text[start:] for start in range(order)), strict=False
        )
        counts = Counter(grams)  # of the longest tuples: how often
        # context -> word -> count
        self._follow: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self._discount: dict[int, float] = {}  # length of the context -> the discount of each count
        for size in range(order, 0, -1):
            self._discount[size - 1] = discount(counts.values())
            for gram, times in counts.items():
                self._follow[gram[:-1]][gram[-1]] = times
            # of the shorter: after how many different words
            counts = Counter(gram[1:] for gram in counts)
        self._total = {context: following.total() for context, following in self._follow.items()}

    def __contains__(self, word: str) -> bool:
        return word.lower() in self._known

    def probability(self, word: str, context: Sequence[str] = START) -> float:
        """Return the probability of a word after a context, whose last order - 1 words count.

        Returns: above 0 and below 1; over all of `words` the probabilities sum to 1.
        """
        last = context[max(0, len(context) - self.order + 1) :]
        folded = tuple(token.lower() for token in last)
        return self._smoothed(word.lower() if word in self else UNKNOWN, folded)

    def _smoothed(self, word: str, context: tuple[str, ...]) -> float:
        """Return the probability from the discounted count, plus the part of a shorter context."""
        shorter = self._smoothed(word, context[1:]) if context else 1 / len(self.words)
        following = self._follow.get(context)
        if following is None:
            return shorter  # never seen: the shorter context must do
        total, lost = self._total[context], self._discount[len(context)]
        discounted = max(0.0, following[word] - lost) if word in following else 0.0
        return (discounted + lost * len(following) * shorter) / total

    def surprisals(self, tokens: Sequence[str], context: Sequence[str] = START) -> list[float]:
        """Return the surprisal of each token, -log2 of its probability after the tokens before it.

        context: the words before the first token
        Returns: bits, one number per token; a fair coin has 1 bit, a certainty 0.
        Source: Shannon 1948, section 6.
        """
        read = [*context, *tokens]
        positions = range(len(context), len(read))
        before = max(1, self.order - 1)
        return [
            -math.log2(self.probability(read[at], read[max(0, at - before) : at]))
            for at in positions
        ]


def learn(tokens: Sequence[str], order: int = ORDER) -> NextWord:
    """Make a language model from the counts of a text's words and phrases.

    tokens: as `scratch.text.words.split` gives them; order: words in the longest phrase counted
    Raises: ValueError if order is below 1, or the text has fewer tokens than order.

    >>> model = learn("the cat . the dog .".split(), order=2)
    >>> model.probability("cat", ["the"]) > model.probability("the", ["the"]) > 0
    True
    """
    if order < 1:
        raise ValueError(
            f"order is {order}; a model counts single words at least, so give 1 or more"
        )
    if len(tokens) < order:
        raise ValueError(
            f"the text has {len(tokens)} tokens; order {order} needs {order} or more, so give a"
            " longer one"
        )
    return NextWord(tokens, order)


def discount(counts: Iterable[int]) -> float:
    """Estimate how much to subtract from each count: n1 / (n1 + 2 n2).

    n1 is how many counts are 1, n2 how many are 2; where either is 0, the discount is a half.
    Returns: above 0 and below 1.
    Source: Ney, Essen and Kneser 1994.

    >>> discount([1, 1, 1, 1, 2, 7])
    0.6666666666666666
    """
    sizes = Counter(counts)
    return sizes[1] / (sizes[1] + 2 * sizes[2]) if sizes[1] and sizes[2] else 0.5


def bits_per_token(model: NextWord, tokens: Sequence[str]) -> float:
    """Return the mean surprisal of a text's tokens, in bits; lower is better.

    Raises: ValueError if there is no token.

    >>> tokens = "the cat . the dog .".split()
    >>> [round(bits_per_token(learn(tokens, order), tokens), 1) for order in (1, 2)]
    [2.0, 1.0]
    """
    if not tokens:
        raise ValueError("0 tokens have no mean surprisal; give 1 or more")
    return math.fsum(model.surprisals(tokens)) / len(tokens)
