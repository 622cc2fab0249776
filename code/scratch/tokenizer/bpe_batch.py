"""Merge many chunks at once, and one long chunk as many, in arrays instead of a loop a chunk.

What: `merge_many` gives the ids of chunks. All chunks that have L ids are the rows of one matrix; a
round merges the pair of each row that was learned first, so every row loses one id and joins the
chunks that began with L - 1. `merge_windows` cuts a long chunk into windows that overlap by half,
merges them as chunks, and joins them at a token that both windows have at the same place. Source:
Sennrich, Haddow and Birch 2016; that a row of tokens is the encoding if each two neighbours are is
the observation of GitHub's `bpe` crate (2024). Left out: few or short chunks, for which
`scratch.tokenizer.bpe_merge` is as fast.

Why joining is exact: up to the first merge across the border of two neighbouring tokens, merging a
text and merging these two alone are the same, so a border that holds for each two neighbours holds
in the text. Inside a window each two neighbours hold, and at a token that two windows share, so do
those of both.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scratch.tokenizer.bpe_merge import LONG, merge_long
from scratch.tokenizer.id_string import BYTES, of_bytes, to_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Group = tuple[Ints, NDArray[np.int32]]  # the numbers of chunks, and their ids in rows

_NONE = 2**31 - 1  # above every rank
_SHIFT = 21  # bits of an id
WINDOWS = (32, 64, 128, 256)  # bytes; the next one where two windows share no token
FEW = 64  # distinct windows of the widest kind: such a chunk repeats itself


class PairRanks:
    """The ranks of all pairs in arrays: one for pairs of bytes, one that is searched for others."""

    def __init__(self, merges: Sequence[str], lengths: Sequence[int]) -> None:
        """Sort the pairs.

        merges: pairs, each a string of two ids, in the order of learning
        lengths: bytes of each id
        """
        pairs = to_array("".join(merges)).astype(np.int64).reshape(-1, 2)
        keys = (pairs[:, 0] << _SHIFT) | pairs[:, 1]
        order = np.argsort(keys)
        self._keys = np.append(keys[order], 1 << 62)
        self._ranks = np.append(order, _NONE).astype(np.int32)
        self._of_bytes = np.full((BYTES, BYTES), _NONE, np.int32)
        (first,) = np.nonzero((pairs < BYTES).all(axis=1))
        self._of_bytes[pairs[first, 0], pairs[first, 1]] = first
        self.lengths = np.array(lengths, np.int32)

    def of_bytes(self, ids: "NDArray[np.int32]") -> "NDArray[np.int32]":
        """Return the rank of each pair in rows of bytes: (n, L) -> (n, L - 1)."""
        return self._of_bytes[ids[:, :-1], ids[:, 1:]]

    def merges_any(self, ids: str) -> bool:
        """Return whether a row of bytes has a pair that merges."""
        row = np.frombuffer(ids.encode("latin-1"), np.uint8)
        return bool((self._of_bytes[row[:-1], row[1:]] != _NONE).any())

    def look_up(self, left: "NDArray[np.int32]", right: "NDArray[np.int32]") -> "NDArray[np.int32]":
        """Return the rank of each pair: (n,) and (n,) -> (n,)."""
        keys = (left.astype(np.int64) << _SHIFT) | right
        at = np.searchsorted(self._keys, keys)
        return np.where(self._keys[at] == keys, self._ranks[at], np.int32(_NONE))


def merge_all(chunks: Sequence[bytes], ranks: PairRanks, by_pair: Mapping[str, int]) -> list[str]:
    """Return the ids of each chunk, whatever its length.

    by_pair: pair, a string of two ids -> its rank

    >>> pair = chr(64) * 2
    >>> ranks = PairRanks([pair], [1] * 256 + [2])
    >>> list(map(len, merge_all([b"aaa", b"a" * 1001], ranks, {pair: 0})))
    [2, 501]
    """
    long = [chunk for chunk in chunks if len(chunk) >= LONG]
    if not long:
        return merge_many(chunks, ranks)
    short = iter(merge_many([chunk for chunk in chunks if len(chunk) < LONG], ranks))
    windowed = iter(zip(long, merge_windows(long, ranks), strict=True))

    def merge_next() -> str:
        chunk, ids = next(windowed)
        return merge_long(of_bytes(chunk), by_pair) if ids is None else ids

    return [merge_next() if len(chunk) >= LONG else next(short) for chunk in chunks]


def merge_many(chunks: Sequence[bytes], ranks: PairRanks) -> list[str]:
    """Return the ids of each chunk, a string of ids (`scratch.tokenizer.id_string`).

    chunks: none of them empty; time and memory grow with the square of their length, so a long one
    belongs to `merge_windows`

    >>> ranks = PairRanks([chr(64) * 2], [1] * 256 + [2])
    >>> [[ord(id) for id in ids] for ids in merge_many([b"aaa", b"a", b"ab"], ranks)]
    [[256, 64], [64], [64, 65]]
    """
    merged = [""] * len(chunks)
    for numbers, rows in _rounds(_by_length(chunks), ranks):
        width = rows.shape[1]
        ids = _string(rows)
        for number, start in zip(numbers.tolist(), range(0, len(ids), width), strict=True):
            merged[number] = ids[start : start + width]
    return merged


def _by_length(chunks: Sequence[bytes]) -> "dict[int, Group]":
    """Return the chunks of each length as rows of a matrix."""
    lengths = np.fromiter(map(len, chunks), np.int64, len(chunks))
    order = np.argsort(lengths, kind="stable")
    joined = of_bytes(b"".join([chunks[number] for number in order.tolist()])).encode("latin-1")
    ids = np.frombuffer(joined, np.uint8).astype(np.int32)
    groups, start = {}, 0
    for length, count in zip(
        *map(np.ndarray.tolist, np.unique(lengths, return_counts=True)), strict=True
    ):
        end = start + length * count
        groups[length] = order[:count], ids[start:end].reshape(count, length)
        order, start = order[count:], end
    return groups


def _rounds(groups: "dict[int, Group]", ranks: PairRanks) -> "Iterator[Group]":
    """Merge one pair a row, from the longest rows to the shortest; yield those that are done."""
    longest = max(groups, default=0)
    numbers, ids = np.empty(0, np.int64), np.empty((0, longest), np.int32)
    ranked = np.empty((0, max(longest - 1, 0)), np.int32)  # the rank of each pair of a row
    for length in range(longest, 1, -1):
        if length in groups:
            new, rows = groups[length]
            numbers, ids = np.concatenate([numbers, new]), np.concatenate([ids, rows])
            ranked = np.concatenate([ranked, ranks.of_bytes(rows)])
        at = ranked.argmin(axis=1)  # the leftmost of equal ones
        best = np.take_along_axis(ranked, at[:, None], axis=1)[:, 0]
        if (done := best == _NONE).any():
            yield numbers[done], ids[done]
            numbers, ids, ranked, at, best = (
                each[~done] for each in (numbers, ids, ranked, at, best)
            )
        row, merged = np.arange(len(ids)), best + BYTES
        ids[row, at] = merged
        ids, ranked = _without(ids, at + 1), _without(ranked, at)
        (some,) = np.nonzero(at > 0)
        left = at[some] - 1
        ranked[some, left] = ranks.look_up(ids[some, left], merged[some])
        (some,) = np.nonzero(at < length - 2)
        right = at[some]
        ranked[some, right] = ranks.look_up(merged[some], ids[some, right + 1])
    if len(numbers):
        yield numbers, ids
    if 1 in groups:
        yield groups[1]


def _without(rows: "NDArray[np.int32]", at: "Ints") -> "NDArray[np.int32]":
    """Take one number out of each row: (n, L) and (n,) -> (n, L - 1)."""
    kept = np.ones(rows.shape, bool)
    kept[np.arange(len(rows)), at] = False
    return rows[kept].reshape(len(rows), rows.shape[1] - 1)


def merge_windows(chunks: Sequence[bytes], ranks: PairRanks) -> list[str | None]:
    """Return the ids of long chunks; None for one whose windows share no token at any width.

    chunks: none of them empty; time grows with their length in all.

    >>> ranks = PairRanks([chr(64) * 2], [1] * 256 + [2])
    >>> [ids] = merge_windows([b"a" * 1001], ranks)
    >>> len(ids), ord(ids[0]), ord(ids[-1])
    (501, 256, 64)
    """
    merged: list[str | None] = [
        None if ranks.merges_any(ids) else ids for ids in map(of_bytes, chunks)
    ]
    for repeating, widths in ((False, WINDOWS), (True, WINDOWS[::-1])):
        rest = [
            number
            for number, chunk in enumerate(chunks)
            if merged[number] is None and _repeats(chunk) == repeating
        ]
        for width in widths if rest else ():
            joined = _joined([chunks[number] for number in rest], ranks, width)
            for number, ids in zip(rest, joined, strict=True):
                merged[number] = ids
            rest = [number for number in rest if merged[number] is None]
            if not rest:
                break
    return merged


def _repeats(chunk: bytes) -> bool:
    """Return whether a chunk has few windows of the widest kind that differ."""
    widest = WINDOWS[-1]
    if len(chunk) <= FEW * widest:
        return False
    return len({chunk[at : at + widest] for at in range(0, len(chunk), widest)}) < FEW


def _joined(chunks: Sequence[bytes], ranks: PairRanks, width: int) -> list[str | None]:
    """Return the ids of chunks by windows of one width; None for those that cannot be joined.

    The chunks lie on one line, each from a multiple of the width on; window k begins at k steps.
    """
    step = width // 2
    sizes = np.fromiter(map(len, chunks), np.int64, len(chunks))
    begins = np.append(0, np.cumsum(-(-sizes // width) * width))
    number = np.concatenate(
        [
            np.arange(begin // step, begin // step - -size // step)
            for begin, size in zip(begins.tolist(), sizes.tolist(), strict=False)
        ]
    )
    windows = [
        chunk[start : start + width] for chunk in chunks for start in range(0, len(chunk), step)
    ]
    distinct = list(dict.fromkeys(windows))
    ids_of = dict(zip(distinct, merge_many(distinct, ranks), strict=True))
    # every second window lies end to end with the one before: two ways to cut a chunk
    ways = [
        _placed(
            [
                window
                for window, odd in zip(windows, (number % 2).tolist(), strict=True)
                if odd == way
            ],
            number[number % 2 == way],
            step,
            ids_of,
            ranks,
        )
        for way in (0, 1)
    ]
    cut = np.zeros((2, begins[-1]), np.int32)  # where the token ends that begins here, in each way
    for way, (_, starts, ends, _) in enumerate(ways):
        cut[way, starts] = ends
    (shared,) = np.nonzero((cut[0] == cut[1]) & (cut[0] > 0))
    (first,) = np.nonzero(np.diff(shared // step, prepend=-1))  # the first of each half window
    after = np.arange(begins[-1] // step + 1) * step  # each window has the tokens from here on
    lacks = np.zeros(len(after), bool)
    lacks[number] = True  # all half windows but a chunk's first lie in two
    lacks[begins[:-1] // step] = lacks[shared[first] // step] = False
    after[shared[first] // step] = cut[0, shared[first]]
    joined = np.full(begins[-1], -1, np.int32)
    for ids, starts, ends, window in ways:
        own = (starts >= after[window]) & (ends <= after[window + 1])
        joined[starts[own]] = ids[own]
    failed = set((np.searchsorted(begins, np.nonzero(lacks)[0] * step, "right") - 1).tolist())
    (filled,) = np.nonzero(joined >= 0)
    line, bounds = _string(joined[filled]), np.searchsorted(filled, begins).tolist()
    return [
        None if number in failed else line[start:end]
        for number, (start, end) in enumerate(pairwise(bounds))
    ]


def _placed(
    windows: Sequence[bytes],
    number: "Ints",
    step: int,
    ids_of: Mapping[bytes, str],
    ranks: PairRanks,
) -> "tuple[NDArray[np.uint32], Ints, Ints, Ints]":
    """Return the ids of windows, with where each begins and ends, and the number of its window."""
    merged = [ids_of[window] for window in windows]
    ids = to_array("".join(merged))
    counts = np.fromiter(map(len, merged), np.int64, len(merged))
    sizes = np.fromiter(map(len, windows), np.int64, len(windows))
    lengths = ranks.lengths[ids].astype(np.int64)
    ends = np.cumsum(lengths) + np.repeat(number * step - np.cumsum(sizes) + sizes, counts)
    return ids, ends - lengths, ends, np.repeat(number, counts)


def _string(ids: "NDArray[np.integer]") -> str:
    """Turn an array of ids into a string of them, row after row."""
    return ids.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
