"""Measure the cost of embedding ids: by multiplying one-hot vectors, and by looking up rows.

What: both ways give the same vectors (`scratch.embeddings.embedding`) but need different memory and
time. Bytes are exact. Seconds are the median of several runs on one processor core, and differ each
time. Source: none; the bytes follow from float32 and int64. Left out: the table itself, V x C
weights, which both ways need.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch

from scratch.embeddings.embedding import Embedding, one_hot
from scratch.smoke import fewer, smoke

# The median of so many, after one that is thrown away, and of as many more as fill so many seconds.
REPEATS, ENOUGH = fewer((5, 0.2), (1, 0.0))


@dataclass(frozen=True)
class BothWays:
    """The memory and the time that each way needs for the vectors of some ids."""

    onehot_bytes: int  # the input of the product: V float32 numbers per token
    id_bytes: int  # the input of the lookup: an int64 per token
    onehot_seconds: float
    lookup_seconds: float


def both_ways(vocab_size: int, emb_dim: int, tokens: int, seed: int = 0) -> BothWays:
    """Measure both ways on random ids and weights, and check that the results are equal.

    tokens: how many ids
    Raises: ValueError if a size is below 1.

    >>> cost = both_ways(vocab_size=50, emb_dim=4, tokens=3)
    >>> cost.onehot_bytes, cost.id_bytes
    (600, 24)
    """
    if tokens < 1:
        raise ValueError(f"tokens is {tokens}; give 1 or more")
    random = torch.Generator().manual_seed(seed)
    table = Embedding(vocab_size, emb_dim, random)
    ids = torch.randint(vocab_size, (tokens,), generator=random)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.no_grad():
            wide = one_hot(ids, vocab_size)
            assert torch.equal(wide @ table.weight, table(ids)), "a product with zeros is exact"
            slow = _seconds(lambda: one_hot(ids, vocab_size) @ table.weight)
            fast = _seconds(lambda: table(ids))
        return BothWays(
            wide.numel() * wide.element_size(), ids.numel() * ids.element_size(), slow, fast
        )
    finally:
        torch.set_num_threads(threads)


def _seconds(work: Callable[[], object]) -> float:
    if not smoke():
        work()  # the first one also makes room in memory
    times: list[float] = []
    while len(times) < REPEATS or sum(times) < ENOUGH:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)
