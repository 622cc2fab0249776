"""Merge the pairs of all chunks of a text at once, in arrays instead of a loop over the chunks.

What: the chunks lie in one row of ids. A round merges each pair that was learned before both of its
neighbours, wherever in the row, so a few rounds merge a text. The result is nearly right: a pair
may have to wait for a merge further away. `PairRanks.parted` finds the borders between tokens where
that went wrong. Around these few the row is merged again in the true order, one pair of each
stretch at a time, until all borders are right. Source: Sennrich, Haddow and Birch 2016; that right
borders make the right encoding is the observation of GitHub's crate `bpe` (2024). Left out: few or
short chunks, for which `scratch.tokenizer.bpe_merge` is as fast.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scratch.tokenizer.bpe_merge import merge
from scratch.tokenizer.id_string import BYTES, to_array
from scratch.tokenizer.pair_ranks import NONE, PairRanks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Tokens = NDArray[np.int32]
    Bytes = NDArray[np.uint8]

REACH = 8  # tokens to both sides of a border that are merged again; twice as many each time
FAR = 128  # from so many tokens on, one stretch after the other
FEW = 64  # so many stretches, too
MOST_ROUNDS = 200  # far more than texts take; what is open then counts as wrong


def merge_chunks(ids: "Bytes", ends: "Ints", ranks: PairRanks) -> "tuple[Tokens, Bools]":
    """Return the tokens of all chunks, and for each token whether its chunk ends with it.

    ids: (n,) ids of the bytes of all chunks; ends: (chunks,) the index after each chunk's last byte
    Returns: (T,) int32 and (T,) bool.

    >>> ranks = PairRanks([chr(64) * 2], {chr(64) * 2: 0}, np.array([1] * 256 + [2]))
    >>> tokens, last = merge_chunks(np.full(5, 64, np.uint8), np.array([3, 5]), ranks)
    >>> tokens.tolist(), last.tolist()
    ([256, 64, 256], [False, True, True])
    """
    tokens, last, pending = _rounds(ids, ends, ranks, _before_neighbours)
    (inner,) = np.nonzero(~last[:-1])
    apart = ranks.parted(tokens.take(inner), tokens.take(inner + 1))
    wrong = np.union1d(inner[~apart], pending) if len(pending) else inner[~apart]
    reach = REACH
    while len(wrong):
        tokens, last, wrong = _merged_again(ids, tokens, last, wrong, reach, ranks)
        reach *= 2
    return tokens, last


def _rounds(
    ids: "Bytes", ends: "Ints", ranks: PairRanks, choose: "Callable[[Tokens, Bools], Ints]"
) -> "tuple[Tokens, Bools, Ints]":
    """Merge the pairs that are chosen, round after round; return also the pairs that still merge.

    choose: by the rank of the pair that begins at each token, and whether a chunk ends there
    """
    tokens = ids.astype(np.int32)
    last = np.zeros(len(ids), bool)
    last[ends - 1] = True
    rank = np.append(ranks.of_bytes(ids), NONE)
    rank[last] = NONE
    for _ in range(MOST_ROUNDS):
        at = choose(rank, last)
        if not len(at):
            break
        tokens[at] = rank.take(at) + BYTES
        last[at] = last.take(at + 1)
        stays = np.ones(len(tokens), bool)
        stays[at + 1] = False
        tokens, last, rank = tokens[stays], last[stays], rank[stays]
        at -= np.arange(len(at))
        new = np.empty(2 * len(at), np.int64)  # the pairs that end, and that begin, with new ones
        new[0::2], new[1::2] = at - 1, at
        new = new[np.diff(new, prepend=-1) > 0]
        ended = last.take(new)
        rank[new[ended]] = NONE
        new = new[~ended]
        rank[new] = ranks.look_up(tokens.take(new), tokens.take(new + 1))
    return tokens, last, np.nonzero(rank != NONE)[0]


def _before_neighbours(rank: "Tokens", _: "Bools") -> "Ints":
    """Choose each pair that was learned before the pairs to its left and right.

    In a run of equal pairs, as in "aaaa", choose every second, beginning with the leftmost.
    """
    falls, rises = np.ones(len(rank), bool), np.ones(len(rank), bool)
    np.less(rank[1:], rank[:-1], out=falls[1:])
    np.less_equal(rank[:-1], rank[1:], out=rises[:-1])
    merges = rank != NONE
    (at,) = np.nonzero(falls & rises & merges)
    (equal,) = np.nonzero((rank[1:] == rank[:-1]) & merges[1:])
    if not len(equal):
        return at
    equal += 1
    (first,) = np.nonzero(np.diff(equal, prepend=-1) > 1)
    start = np.repeat(equal[first] - 1, np.diff(first, append=len(equal)))
    chosen = ((equal - start) % 2 == 0) & falls.take(start) & rises.take(equal)
    return np.sort(np.concatenate([at, equal[chosen]]), kind="stable")


def _least_of_each(rank: "Tokens", last: "Bools") -> "Ints":
    """Choose in each chunk the pair that was learned first, the leftmost of equal ones."""
    ends = np.nonzero(last)[0] + 1
    starts = np.append(0, ends[:-1])
    least = np.repeat(np.minimum.reduceat(rank, starts), ends - starts)
    (at,) = np.nonzero((rank == least) & (rank != NONE))
    return at[np.diff(np.searchsorted(ends, at, "right"), prepend=-1) > 0]


def _merged_again(
    ids: "Bytes", tokens: "Tokens", last: "Bools", wrong: "Ints", reach: int, ranks: PairRanks
) -> "tuple[Tokens, Bools, Ints]":
    """Merge the stretches around wrong borders in the true order; return the borders still wrong.

    wrong: the index of the token before each wrong border; reach: tokens on each side
    """
    ends = np.nonzero(last)[0] + 1
    chunk = np.searchsorted(ends, wrong, "right")
    begin = np.maximum(wrong + 1 - reach, np.append(0, ends)[chunk])
    end = np.minimum(wrong + 1 + reach, ends[chunk])
    apart = begin[1:] >= end[:-1]  # the others overlap
    begin, end = begin[np.append(True, apart)], end[np.append(apart, True)]
    offset = np.append(0, np.cumsum(ranks.sizes.take(tokens)))
    sizes = offset[end] - offset[begin]
    place = stretches(offset[begin], sizes)
    again, again_last = _in_order(ids.take(place), np.cumsum(sizes), ranks, reach)
    stays = np.ones(len(tokens), bool)
    stays[stretches(begin, end - begin)] = False
    again_size = ranks.sizes.take(again)
    start = np.concatenate([offset[:-1][stays], place[np.cumsum(again_size) - again_size]])
    order = np.argsort(start, kind="stable")
    again_last[again_last] = last[end - 1]  # a stretch may end before its chunk does
    tokens = np.concatenate([tokens[stays], again])[order]
    last = np.concatenate([last[stays], again_last])[order]
    edges = np.searchsorted(start[order], np.union1d(offset[begin], offset[end])) - 1
    edges = edges[edges >= 0]
    edges = edges[~last[edges]]
    left, right = tokens.take(edges), tokens.take(edges + 1)
    holds = (ranks.look_up(left, right) == NONE) & ranks.parted(left, right)
    return tokens, last, edges[~holds]


def _in_order(ids: "Bytes", ends: "Ints", ranks: PairRanks, reach: int) -> "tuple[Tokens, Bools]":
    """Return the tokens of stretches, merged one pair at a time, and where each stretch ends."""
    if reach < FAR and len(ends) > FEW:
        tokens, last, pending = _rounds(ids, ends, ranks, _least_of_each)
        if not len(pending):
            return tokens, last
    row = ids.tobytes().decode("latin-1")
    merged = [
        merge(row[start:end], ranks.by_pair) for start, end in pairwise(np.append(0, ends).tolist())
    ]
    last = np.zeros(sum(map(len, merged)), bool)
    last[np.cumsum(list(map(len, merged))) - 1] = True
    return to_array("".join(merged)).astype(np.int32), last


def stretches(begin: "Ints", sizes: "Ints") -> "Ints":
    """Return the indices begin, begin + 1, ... of each stretch, one stretch after another.

    >>> stretches(np.array([3, 10]), np.array([2, 3])).tolist()
    [3, 4, 10, 11, 12]
    """
    after = np.cumsum(sizes)
    return np.repeat(begin - after + sizes, sizes) + np.arange(after[-1] if len(after) else 0)
