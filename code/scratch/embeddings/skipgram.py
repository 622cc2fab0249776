"""Learn word vectors by skip-gram: each word learns to tell its neighbours from random words.

What: skip-gram with negative sampling. Two tables, one with a word's vector as centre and one as
neighbour, start with random numbers. A step takes pairs of near words, raises their dot product,
and lowers the centre's dot product with randomly drawn words. Source: Mikolov et al., Distributed
Representations of Words and Phrases and their Compositionality (2013), section 2.2 (objective, the
power 0.75); the falling rate is word2vec's. The pairs come from
`scratch.embeddings.skipgram_pairs`. The gradients are derived by hand (`gradients`). Three
differences from word2vec keep large batches stable and the vectors small: all pairs of a batch
share the drawn words, a row's rate is divided by the root of its summed squared gradients (row-wise
AdaGrad, after Duchi et al. 2011), and the weights decay a little at every step. Left out:
hierarchical softmax, phrases, threads that update without locks.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from scratch.embeddings.skipgram_pairs import Corpus, keep_probability, pairs
from scratch.smoke import fewer

# words of a reading after subsampling, at least; with fewer, a batch takes thousands of readings
FEWEST = 0.1
TINY = 1e-8  # keeps a division by a row's history from being one by zero


@dataclass(frozen=True)
class SkipgramConfig:
    """The settings of a training; the defaults were tuned on a novella of 60,000 words.

    Raises: ValueError if a value is out of its range.
    """

    dimensions: int = 64  # C, of a vector
    # words on each side, at most; with 1 near vectors are of one kind, with more of one topic
    window: int = 1
    minimum_count: int = 5  # a rarer word is left out of the text
    negatives: int = 5  # random words that count against each pair
    shared: int = 64  # words that are drawn in a step, weighted so that they count as `negatives`
    smoothing: float = 0.75  # the power of a word's count in the draws
    subsample: float = 1e-2  # `keep_probability`'s t: words more frequent than it may be dropped
    batch: int = 256  # pairs in a step
    steps: int = fewer(3000, 30)
    learning_rate: float = 0.3  # at the first step; it falls to 0 in a straight line
    decay: float = 0.006  # each step shrinks all weights by this fraction, times the rate
    seed: int = 0

    def __post_init__(self) -> None:
        whole = ("dimensions", "window", "minimum_count", "negatives", "shared", "batch", "steps")
        for name in whole:
            if (value := getattr(self, name)) < 1:
                raise ValueError(f"{name} is {value}; training needs 1 or more")
        if not (self.subsample > 0 and self.learning_rate > 0 and self.decay >= 0):
            raise ValueError(
                f"subsample, learning_rate and decay are {self.subsample}, {self.learning_rate} and"
                f" {self.decay}; the first two must be above 0, the last 0 or more"
            )


def loss(centre: Tensor, neighbour: Tensor, drawn: Tensor, mask: Tensor) -> Tensor:
    """Return a step's loss: the sum of -log sigmoid(w . n), and of -mask * log sigmoid(-w . d).

    centre, neighbour: (B, C), the vectors w and n of the pairs; drawn: (S, C), the vectors d of the
    random words; mask: (B, S), how much each counts against each pair, 0 where it is the neighbour
    Returns: () in nats. Source: Mikolov et al. 2013, equation 4.

    >>> zero = torch.zeros(1, 2)
    >>> round(loss(zero, zero, zero, torch.ones(1, 1)).item(), 4)  # 2 ln 2
    1.3863
    """
    return (
        -logsigmoid((centre * neighbour).sum(1)).sum()
        - (mask * logsigmoid(-centre @ drawn.T)).sum()
    )


def gradients(
    centre: Tensor, neighbour: Tensor, drawn: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients of `loss` with respect to centre, neighbour and drawn.

    The derivative of -log sigmoid(x) is sigmoid(x) - 1, that of -log sigmoid(-x) is sigmoid(x); the
    rest is the chain rule. Arguments: as for `loss`. Returns: (B, C), (B, C), (S, C).

    >>> one = torch.ones(1, 2)
    >>> [tuple(gradient.shape) for gradient in gradients(one, one, one, torch.ones(1, 1))]
    [(1, 2), (1, 2), (1, 2)]
    """
    near = torch.sigmoid((centre * neighbour).sum(1, keepdim=True)) - 1  # (B, 1)
    far = torch.sigmoid(centre @ drawn.T) * mask  # (B, S)
    return near * neighbour + far @ drawn, near * centre, far.T @ centre


def train(
    corpus: Corpus,
    config: SkipgramConfig | None = None,
    marks: Sequence[int] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[int, Tensor]]:
    """Train, and yield the centre table at step 0, at each step in `marks`, and at the end.

    progress: called after every step with (step, steps)
    Yields: (step, vectors), where vectors is a copy, (V, C). The same seed and number of threads
    give exactly the same numbers.
    Raises: ValueError, at the call, if a mark is not 0 to steps, or the text is too short for a
    pair, or becomes so by subsampling.

    >>> from scratch.embeddings.skipgram_pairs import prepare_corpus
    >>> corpus = prepare_corpus("a b c a b c a b c".split(), minimum_count=1)
    >>> [step for step, _ in train(corpus, SkipgramConfig(steps=4, batch=2), marks=[2])]
    [0, 2, 4]
    """
    config = config or SkipgramConfig()
    if wrong := [mark for mark in marks if not 0 <= mark <= config.steps]:
        raise ValueError(
            f"mark {wrong[0]} is outside 0 to {config.steps}; ask for steps that are taken"
        )
    if len(corpus.ids) < 2:
        raise ValueError(
            f"the text has {len(corpus.ids)} words; a pair needs 2, so give a longer one"
        )
    counts = torch.tensor(corpus.counts, dtype=torch.float64)
    # words in a reading, on average
    words = float((counts * keep_probability(counts, config.subsample)).sum())
    if words < FEWEST:
        what = (
            f"subsampling by {config.subsample:g} leaves {words:.2g} of {len(corpus.ids)} words in"
            " a reading"
        )
        raise ValueError(f"{what}, and a pair needs 2; give a longer text, or a larger subsample")
    return _train(corpus, config, {0, *marks, config.steps}, progress)


def _train(
    corpus: Corpus,
    config: SkipgramConfig,
    marks: set[int],
    progress: Callable[[int, int], None] | None,
) -> Iterator[tuple[int, Tensor]]:
    random = torch.Generator().manual_seed(config.seed)
    vocab_size, counts = len(corpus.words), torch.tensor(corpus.counts, dtype=torch.float64)
    keep = keep_probability(counts, config.subsample).float()
    draws = (counts**config.smoothing / (counts**config.smoothing).sum()).cumsum(0)  # (V,)
    bound = 1 / math.sqrt(config.dimensions)
    weights = (
        torch.rand(2 * vocab_size, config.dimensions, generator=random) * 2 - 1
    ) * bound  # centres, neighbours
    slope, history = torch.zeros_like(weights), torch.zeros(2 * vocab_size, 1)
    share = config.negatives / config.shared
    centres, neighbours = torch.empty(0, dtype=torch.int64), torch.empty(0, dtype=torch.int64)
    yield 0, weights[:vocab_size].clone()
    for step in range(1, config.steps + 1):
        while len(centres) < config.batch:  # read the text once more
            more = pairs(corpus.ids, keep, config.window, random)
            centres, neighbours = torch.cat([centres, more[0]]), torch.cat([neighbours, more[1]])
        centre, neighbour = centres[: config.batch], neighbours[: config.batch]
        centres, neighbours = centres[config.batch :], neighbours[config.batch :]
        uniform = torch.rand(config.shared, generator=random, dtype=torch.float64)
        drawn = torch.searchsorted(draws, uniform).clamp_max(vocab_size - 1)
        mask = (drawn != neighbour[:, None]) * share  # (B, S)
        rows = centre, neighbour + vocab_size, drawn + vocab_size
        slope.zero_()
        slopes = gradients(weights[rows[0]], weights[rows[1]], weights[rows[2]], mask)
        for where, gradient in zip(rows, slopes, strict=True):
            slope.index_add_(0, where, gradient)
        rate = config.learning_rate * (1 - (step - 1) / config.steps)
        history += slope.square().mean(1, keepdim=True)
        weights *= 1 - rate * config.decay
        weights.addcdiv_(slope, history.sqrt() + TINY, value=-rate)
        if progress:
            progress(step, config.steps)
        if step in marks:
            yield step, weights[:vocab_size].clone()
