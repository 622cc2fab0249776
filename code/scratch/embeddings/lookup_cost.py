"""Measure the cost of looking vectors up: by a product with one-hot vectors, and by rows.

What: both ways give the same vectors (`scratch.embeddings.embedding`); bytes and seconds differ.
Bytes are exact. Seconds are those of one processor core, each a median; they differ from run to
run. Source: the sizes are those of float32 and int64; the vocabulary of 50,257 that the page asks
about is GPT-2's. Left out: the table itself, V x C weights, which both ways need.
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
    """The cost of the vectors of some ids, both ways."""

    # the input of the product: a float32 for each entry of the vocabulary, a token
    onehot_bytes: int
    id_bytes: int  # the input of the lookup: an int64 a token
    onehot_seconds: float
    lookup_seconds: float


def both_ways(vocab_size: int, emb_dim: int, tokens: int, seed: int = 0) -> BothWays:
    """Measure both ways on random ids and weights, and make sure that they agree bit for bit.

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
