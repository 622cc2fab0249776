"""Make word vectors by counting: which words occur together more often than by chance.

What: the yardstick for the learned vectors. Count which words occur near each other, take the
logarithm of each count over what chance would give (PPMI, what is below chance being 0), keep the
strongest directions (truncated SVD). Source: Church and Hanks 1990 (mutual information of words);
Levy, Goldberg and Dagan 2015, Improving Distributional Similarity with Lessons Learned from Word
Embeddings, sections 3.2 and 3.3 (contexts smoothed by a power, S ** 0.5); Levy and Goldberg 2014
show that skip-gram with negative sampling factorises a shifted matrix of this kind. Left out:
sparse storage, so the matrix is V x V and LARGEST words are the limit.
"""

import torch
from torch import Tensor

# words; their decomposition takes a minute of one core, and its time grows with the third power
LARGEST = 5_000


def cooccurrences(ids: Tensor, vocab_size: int, window: int) -> Tensor:
    """Count how often each word occurs within a window of each other, near ones weighing more.

    ids: (N,) int64; a distance d of 1 .. window weighs (window - d + 1) / window, the expectation
    of word2vec's windows. Returns: (V, V) float32, symmetric. Raises: ValueError if window < 1.

    >>> cooccurrences(torch.tensor([0, 1, 0]), vocab_size=2, window=1).tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    if window < 1:
        raise ValueError(f"window is {window}; a neighbourhood needs 1 or more words each side")
    counts = torch.zeros(vocab_size * vocab_size)
    for distance in range(1, window + 1):
        # (N - distance,): a pair as one number
        cells = ids[:-distance] * vocab_size + ids[distance:]
        counts += torch.bincount(cells, minlength=vocab_size**2) * (
            (window - distance + 1) / window
        )
    square = counts.view(vocab_size, vocab_size)
    return square + square.T


def ppmi(counts: Tensor, smoothing: float = 0.75) -> Tensor:
    """Compare each count with chance: max(0, log(P(word, context) / (P(word) P(context)))).

    counts: (V, V); the contexts' probabilities are raised to the power `smoothing` and made to add
    up to 1 again. Returns: (V, V) float32, 0 where the two never met. Source: Levy, Goldberg and
    Dagan 2015, sections 2.1 and 3.2.

    >>> round(ppmi(torch.tensor([[0.0, 2.0], [2.0, 0.0]]), smoothing=1.0)[0, 1].item(), 4)  # ln 2
    0.6931
    """
    total = counts.sum()
    word = counts.sum(1, keepdim=True) / total  # (V, 1)
    context = counts.sum(0) ** smoothing
    ratio = (counts / total) / (word * (context / context.sum()))
    return torch.nan_to_num(ratio, nan=0.0).clamp_min(1.0).log()


def ppmi_vectors(
    ids: Tensor, vocab_size: int, window: int = 2, dimensions: int = 64, smoothing: float = 0.75
) -> Tensor:
    """Make a vector for each word: U S**0.5 of the truncated SVD of the PPMI matrix.

    Returns: (V, C) float32, C = dimensions. The sign of a column is free; it is set so that its sum
    is not negative. Raises: ValueError if dimensions is not in 1 .. vocab_size, or vocab_size is
    above LARGEST.

    >>> ppmi_vectors(torch.tensor([0, 1, 2, 0, 1, 2]), vocab_size=3, window=1, dimensions=2).shape
    torch.Size([3, 2])
    """
    if vocab_size > LARGEST:
        raise ValueError(
            f"vocab_size is {vocab_size:,}; the limit is {LARGEST:,}, so take the commonest words"
        )
    if not 1 <= dimensions <= vocab_size:
        raise ValueError(f"dimensions is {dimensions}; {vocab_size} words have 1 to {vocab_size}")
    table = ppmi(cooccurrences(ids, vocab_size, window), smoothing)
    words, singular, _ = torch.linalg.svd(table)
    vectors: Tensor = words[:, :dimensions] * singular[:dimensions].sqrt()
    return vectors * torch.where(vectors.sum(0) < 0, -1.0, 1.0)
