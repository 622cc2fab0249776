"""Encode one chunk: merge the pair that was learned first, again and again.

What: where a pair occurs several times, the leftmost is merged first. `merge` looks at all pairs of
the chunk at each step, which is fast for a word. `merge_long` keeps the pairs of a long chunk in a
heap: n bytes take in the order of n log n steps instead of n². Source: Sennrich, Haddow and Birch
2016, section 3.2. Left out: a cache of encoded chunks, which `scratch.tokenizer.bpe` has.

`scratch.tokenizer.bpe_naive` merges every occurrence of a pair before it goes on to the next. The
result is the same: a merge makes new pairs, but these were learned later, so none of them can come
first.
"""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from itertools import repeat
from operator import add

from scratch.tokenizer.id_string import BYTES

LONG = 128  # ids from which on the heap is the faster one, about
_NONE = 0x110000  # above every rank


def merge(ids: str, ranks: Mapping[str, int]) -> str:
    """Apply merges to the ids of a chunk.

    ids: the ids of its bytes, as a string (`scratch.tokenizer.id_string`)
    ranks: pair (a string of two ids) -> rank: 0 for the merge that was learned first, which makes
    the id 256, and so on
    Returns: the ids after all merges, as a string.

    >>> a = chr(64)  # 64 is the id of the byte "a"
    >>> [ord(id) for id in merge(a + a + a, {a + a: 0})]
    [256, 64]
    """
    if len(ids) >= LONG:
        return merge_long(ids, ranks)
    tokens = list(ids)
    # ranked[k] is the rank of tokens k and k + 1
    ranked = list(map(ranks.get, map(add, ids, ids[1:]), repeat(_NONE)))
    while ranked and (rank := min(ranked)) != _NONE:
        index = ranked.index(rank)
        tokens[index] = new = chr(BYTES + rank)
        del tokens[index + 1], ranked[index]
        if index:
            ranked[index - 1] = ranks.get(tokens[index - 1] + new, _NONE)
        if index < len(ranked):
            ranked[index] = ranks.get(new + tokens[index + 1], _NONE)
    return "".join(tokens)


def merge_long(ids: str, ranks: Mapping[str, int]) -> str:
    """Do as `merge` does, in far less time for a long chunk.

    >>> a = chr(64)  # 64 is the id of the byte "a"
    >>> [ord(id) for id in merge_long(a + a + a, {a + a: 0})]
    [256, 64]
    """
    # a token that another has swallowed becomes empty; the last one is never a token
    tokens = [*ids, ""]
    end = len(ids)
    after, before = list(range(1, end + 2)), list(range(-1, end))
    heap = [
        (ranks[pair], index) for index, pair in enumerate(map(add, ids, ids[1:])) if pair in ranks
    ]
    heapify(heap)
    while heap:
        rank, index = heappop(heap)
        right = after[index]
        # one of the two is another token by now
        if ranks.get(tokens[index] + tokens[right]) != rank:
            continue
        tokens[index], tokens[right] = chr(BYTES + rank), ""
        after[index] = after[right]
        before[after[right]] = index
        for first in (before[index], index):
            pair = tokens[first] + tokens[after[first]] if first >= 0 else ""
            if pair in ranks:
                heappush(heap, (ranks[pair], first))
    return "".join(tokens)
