"""Make word vectors by counting: which words occur together more often than by chance.

What: a baseline for learned vectors. Count which words occur near each other; take the logarithm of
each count divided by what chance would give, or 0 if it is below chance (PPMI); keep the strongest
directions (truncated SVD). Source: Church and Hanks 1990 (mutual information of words); Levy,
Goldberg and Dagan 2015, Improving Distributional Similarity with Lessons Learned from Word
Embeddings, sections 3.2 and 3.3 (contexts smoothed by a power, S ** 0.5); Levy and Goldberg 2014
show that skip-gram with negative sampling factorises a shifted matrix of this kind. Left out:
sparse matrices, so V x V numbers are held, for at most LARGEST words.
"""

import torch
from torch import Tensor

# words; their decomposition takes a minute of one core, and its time grows with the third power
LARGEST = 5_000


def cooccurrences(ids: Tensor, vocab_size: int, window: int) -> Tensor:
    """Count how often each two words occur near each other, nearer ones with more weight.

    ids: (N,) int64, the text; window: the largest distance, in words. A pair at distance d counts
    (window - d + 1) / window, which is the mean over word2vec's random windows.
    Returns: (V, V) float32, symmetric, V = vocab_size.
    Raises: ValueError if window is below 1.

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
    """Compute positive pointwise mutual information: max(0, ln(P(w, c) / (P(w) P(c)))).

    counts: (V, V), of each word w (row) and context c (column)
    smoothing: the power to which the contexts' probabilities are raised, before they are scaled to
    sum to 1 again
    Returns: (V, V) float32 in nats, 0 where two words never occur together.
    Source: Levy, Goldberg and Dagan 2015, sections 2.1 and 3.2.

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

    ids, vocab_size, window: as in `cooccurrences`; smoothing: as in `ppmi`
    Returns: (V, C) float32, C = dimensions. An SVD leaves the sign of a column open; here each
    column's sum is 0 or more.
    Raises: ValueError if dimensions is not 1 to V, V is above LARGEST, or window is below 1.

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
