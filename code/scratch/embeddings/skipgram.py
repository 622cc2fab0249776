"""Learn word vectors: each word learns to tell its neighbours from words drawn at random.

What: skip-gram with negative sampling. Two tables, one for a word as centre and one for it as
neighbour, begin random; a step takes pairs of near words, raises their dot product, and lowers that
with words drawn by chance. Source: Mikolov et al., Distributed Representations of Words and Phrases
and their Compositionality (2013), sections 2.2 (objective, the power 0.75); the falling rate is
word2vec's. The pairs come from `scratch.embeddings.skipgram_pairs`. The gradients are written by
hand (`gradients`). Three departures keep large batches steady and the vectors small: the words
drawn are shared by a batch, a row's rate is divided by the root of its summed squared gradients
(row-wise AdaGrad, after Duchi et al. 2011), and the weights decay a little at every step. Left out:
hierarchical softmax, phrases, threads that write over each other.
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
    """The settings of a training; the defaults were tuned on a novella of 60,000 words."""

    dimensions: int = 64  # C, of a vector
    # neighbours each side at most; 1 gives words of one kind, wide ones words of one topic
    window: int = 1
    minimum_count: int = 5  # a rarer word is left out of the text
    negatives: int = 5  # words drawn a pair
    shared: int = 64  # distinct draws a step, weighted to count as `negatives`
    smoothing: float = 0.75  # the power of a word's count in the draws
    subsample: float = 1e-2  # a word with a larger share of the text is dropped by chance
    batch: int = 256  # pairs a step
    steps: int = fewer(3000, 30)
    learning_rate: float = 0.3  # at the first step; it falls to 0 in a straight line
    decay: float = 0.006  # share of every weight that a step takes, times the rate
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

    Shapes: centre and neighbour (B, C), drawn (S, C), mask (B, S): the weight of a draw, 0 where it
    is the neighbour. Source: Mikolov et al. 2013, equation 4.

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
    """Return the gradient of `loss` by its three vectors, derived by hand.

    d/dx of -log sigmoid(x) is sigmoid(x) - 1, and of -log sigmoid(-x) it is sigmoid(x); the rest is
    the chain rule. Returns: (B, C), (B, C), (S, C).

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
    """Train, and yield the centre table at step 0, at each step of `marks`, and at the end.

    progress: called after every step with (step, steps).
    Yields: (step, vectors), vectors a copy, (V, C). The same seed and number of threads give the
    same bits. Raises: ValueError if a mark is outside 0 .. steps, or the text is too short for a
    pair (at once).

    >>> from scratch.embeddings.skipgram_pairs import prepare
    >>> corpus = prepare("a b c a b c a b c".split(), minimum_count=1)
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
