"""Encode one chunk: merge the pair that was learned first, again and again, until none is left.

What: `merge` works on the whole chunk at each step, which is fast for a word. `merge_long` keeps the pairs of a long
chunk in a heap: for n bytes it takes n log n steps where `merge` may take n for each merge that occurs.
Source: Sennrich, Haddow and Birch 2016, section 3.2.
Left out: a memory of chunks met before; `scratch.bpe` has it.

Merging all places of a pair at once is the same as one at a time from the left: a pair that holds the new token was
learned later, so nothing that a merge makes can come before it.
"""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from itertools import repeat
from operator import add

from scratch.idtext import BYTES

LONG = 128  # ids from which on the heap is the faster one, about
_NONE = 0x110000  # above every rank


def merge(ids: str, ranks: Mapping[str, int]) -> str:
    """Apply merges to the ids of a chunk.

    ranks: from a pair, a string of two ids, to its place in the order of learning

    >>> [ord(id) for id in merge(chr(64) * 3, {chr(64) * 2: 0})]
    [256, 64]
    """
    if len(ids) >= LONG:
        return merge_long(ids, ranks)
    while len(ids) > 1:
        pairs = list(map(add, ids, ids[1:]))
        found = list(map(ranks.get, pairs, repeat(_NONE)))
        rank = min(found)
        if rank == _NONE:
            break
        ids = ids.replace(pairs[found.index(rank)], chr(BYTES + rank))
    return ids


def merge_long(ids: str, ranks: Mapping[str, int]) -> str:
    """Apply merges to the ids of a chunk of any length.

    >>> [ord(id) for id in merge_long(chr(64) * 3, {chr(64) * 2: 0})]
    [256, 64]
    """
    tokens = [*ids, ""]  # a token that another has swallowed becomes empty; the last one is never a token
    end = len(ids)
    after, before = list(range(1, end + 2)), list(range(-1, end))
    heap = [(ranks[pair], place) for place, pair in enumerate(map(add, ids, ids[1:])) if pair in ranks]
    heapify(heap)
    while heap:
        rank, place = heappop(heap)
        right = after[place]
        if ranks.get(tokens[place] + tokens[right]) != rank:  # one of the two is another token by now
            continue
        tokens[place], tokens[right] = chr(BYTES + rank), ""
        after[place] = after[right]
        before[after[right]] = place
        for left in (before[place], place):
            pair = tokens[left] + tokens[after[left]] if left >= 0 else ""
            if pair in ranks:
                heappush(heap, (ranks[pair], left))
    return "".join(tokens)
