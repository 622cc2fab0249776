"""Compare swapped words by a large model, reading what the sentences share only once.

What: sentences that differ in one word begin alike. The model reads that beginning once, its keys
and values are cached, and the remaining tokens are read in one batch; shorter rows are padded at
the end, where earlier tokens cannot see it. Up to rounding, the costs are those of
`scratch.baselines.word_swaps.compare`. Source: the KV cache of `scratch.model.gpt`. Left out:
saving time on sentences that begin differently; these are read, too.
"""

import math
from collections.abc import Sequence
from itertools import takewhile

import torch
from torch import Tensor

from scratch.baselines.word_surprisal import GPTWords
from scratch.baselines.word_swaps import Comparison, comparison, swap
from scratch.model.gpt import KVCache
from scratch.text.words import join

ROWS = 32  # sentences that are read side by side


def sentence_bits(judge: GPTWords, lines: Sequence[Sequence[str]]) -> list[float]:
    """Return the surprisal of each sentence in bits: the sum of its words' surprisals.

    lines: the words and marks of each sentence; at least one sentence. Raises: ContextTooLong.
    """
    model, encode = judge.model.eval(), judge.encoding.encode_ordinary
    start = encode(judge.before)
    rows = [[*start, *encode(join(line))] for line in lines]
    alike = len(list(takewhile(lambda ids: len(set(ids)) == 1, zip(*rows, strict=False))))
    shared = min(alike, *(len(row) - 1 for row in rows))
    caches = model.new_caches()
    with torch.inference_mode():
        head = model(torch.tensor([rows[0][:shared]]), caches)[0].log_softmax(-1)  # (S, V)
        common = torch.tensor(rows[0][len(start) : shared])
        known = head[len(start) - 1 : shared - 1].gather(1, common[:, None]).sum().item()
        nats = [
            known + rest
            for at in range(0, len(rows), ROWS)
            for rest in _rests(
                judge, [row[shared:] for row in rows[at : at + ROWS]], head[-1], caches
            )
        ]
    return [-each / math.log(2) for each in nats]


def _rests(
    judge: GPTWords, rests: list[list[int]], first: Tensor, caches: list[KVCache]
) -> list[float]:
    """Return the log probability, in nats, of each rest after the tokens in the caches.

    first: (V,) log probabilities of the first token of a rest
    """
    longest = max(map(len, rests))
    ids = torch.tensor([rest + [0] * (longest - len(rest)) for rest in rests])  # (B, R)
    logprobs = first.expand(len(rests), 1, -1)  # (B, 1, V)
    if longest > 1:
        read = judge.model(ids[:, :-1], [_wide(cache, len(rests)) for cache in caches])
        logprobs = torch.cat([logprobs, read.log_softmax(-1)], dim=1)  # (B, R, V)
    own = logprobs.gather(2, ids[:, :, None])[:, :, 0]  # (B, R)
    return [line[: len(rest)].sum().item() for line, rest in zip(own, rests, strict=True)]


def _wide(cache: KVCache, rows: int) -> KVCache:
    """Return a copy of a cache of one row for a number of equal rows."""
    wide = KVCache()
    if cache.keys is not None and cache.values is not None:
        wide.keys = cache.keys.expand(rows, -1, -1, -1)
        wide.values = cache.values.expand(rows, -1, -1, -1)
    return wide


def compare_together(
    judge: GPTWords, tokens: Sequence[str], old: str, new: str, others: Sequence[str]
) -> Comparison:
    """Compare the cost of swapping old for new with the costs of swapping it for other words.

    Arguments and result are those of `scratch.baselines.word_swaps.compare`.
    Raises: ValueError if the sentence does not have the word; ContextTooLong.
    """
    words = [new, *(other for other in others if other not in (old, new))]
    bits = sentence_bits(judge, [tokens, *(swap(tokens, old, word) for word in words)])
    cost, *costs = (each - bits[0] for each in bits[1:])
    return comparison(cost, costs)
