"""Prepare a text for learning word vectors: number its frequent words, and pair neighbouring ones.

What: rare words are left out, very frequent ones are dropped at random (subsampling), and each
remaining word is paired with the words within a window of random width. Source: Mikolov et al.,
Distributed Representations of Words and Phrases and their Compositionality (2013), section 2.3, for
the subsampling; the random width is that of the word2vec program. Left out: sentence ends (a pair
may cross one) and phrases.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Corpus:
    """A text as ids of its frequent words; id 0 is the most frequent word."""

    words: tuple[str, ...]  # V
    counts: tuple[int, ...]  # V
    ids: Tensor  # (N,) int64, rare words left out


def prepare_corpus(words: Sequence[str], minimum_count: int, most: int | None = None) -> Corpus:
    """Number the words that occur often enough, by frequency; equal counts in sorted order.

    words: the running words of a text; minimum_count: how often a word must occur
    most: how many different words to keep, the most frequent; None for all
    Raises: ValueError if fewer than two words are frequent enough.

    >>> prepare_corpus("a b a c b a".split(), minimum_count=2).ids.tolist()
    [0, 1, 0, 1, 0]
    """
    frequent = [item for item in Counter(words).items() if item[1] >= minimum_count]
    frequent = sorted(frequent, key=lambda item: (-item[1], item[0]))[:most]
    if len(frequent) < 2:
        raise ValueError(
            f"{len(frequent)} words come {minimum_count} times or more; learning needs 2, so give a"
            " longer text or a lower minimum_count"
        )
    number = {word: id for id, (word, _) in enumerate(frequent)}
    ids = torch.tensor([number[word] for word in words if word in number])
    return Corpus(tuple(word for word, _ in frequent), tuple(times for _, times in frequent), ids)


def keep_probability(counts: Tensor, subsample: float) -> Tensor:
    """Return the probability of keeping each word: sqrt(t / f) + t / f, at most 1.

    t is subsample; f is the word's count divided by the sum of all counts.
    counts: (V,). Returns: (V,).
    Source: word2vec.c; the paper's formula (section 2.3) has only the root.

    >>> keep_probability(torch.tensor([96, 4]), subsample=0.04).tolist()[1]
    1.0
    """
    ratio = subsample * counts.sum() / counts
    return (ratio.sqrt() + ratio).clamp_max(1.0)


def pairs(ids: Tensor, keep: Tensor, window: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return the pairs (centre, neighbour) of one pass over the text, shuffled.

    ids: (N,), the text; keep: (V,), the probability of keeping each word. Each kept word is paired
    with those up to w words before and after it, w drawn evenly from 1 to window.
    Returns: centres and neighbours, (P,) int64 each.

    >>> ids, random = torch.tensor([0, 1]), torch.Generator().manual_seed(0)
    >>> centres, neighbours = pairs(ids, torch.ones(2), window=1, random=random)
    >>> sorted(zip(centres.tolist(), neighbours.tolist(), strict=True))
    [(0, 1), (1, 0)]
    """
    ids = ids[torch.rand(len(ids), generator=random) < keep[ids]]
    width = torch.randint(1, window + 1, (len(ids),), generator=random)
    centres, neighbours = [], []
    for distance in range(1, window + 1):
        wide = width >= distance
        centres += [ids[:-distance][wide[:-distance]], ids[distance:][wide[distance:]]]
        neighbours += [ids[distance:][wide[:-distance]], ids[:-distance][wide[distance:]]]
    centre, neighbour = torch.cat(centres), torch.cat(neighbours)
    order = torch.randperm(len(centre), generator=random)
    return centre[order], neighbour[order]
