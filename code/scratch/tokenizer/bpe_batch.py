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
    merged = iter(merge_many([chunk for chunk in chunks if len(chunk) < LONG], ranks))
    ids_of = {
        chunk: merge_windows(chunk, ranks) or merge_long(of_bytes(chunk), by_pair) for chunk in long
    }
    return [ids_of[chunk] if len(chunk) >= LONG else next(merged) for chunk in chunks]


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


def merge_windows(chunk: bytes, ranks: PairRanks) -> str | None:
    """Return the ids of a long chunk; None if two windows share no token, however wide they are.

    Time: grows with the length of the chunk.

    >>> ranks = PairRanks([chr(64) * 2], [1] * 256 + [2])
    >>> ids = merge_windows(b"a" * 1001, ranks)
    >>> len(ids), ord(ids[0]), ord(ids[-1])
    (501, 256, 64)
    """
    widest = WINDOWS[-1]
    repeats = len({chunk[at : at + widest] for at in range(0, len(chunk), widest)}) < FEW
    widths = reversed(WINDOWS) if repeats and len(chunk) > FEW * widest else WINDOWS
    joined = (_joined(chunk, ranks, width) for width in widths)
    return next((ids for ids in joined if ids is not None), None)


def _joined(chunk: bytes, ranks: PairRanks, width: int) -> str | None:
    """Return the ids of a chunk by windows of one width."""
    step, size = width // 2, len(chunk)
    windows = [chunk[start : start + width] for start in range(0, size, step)]
    distinct = list(dict.fromkeys(windows))
    ids_of = dict(zip(distinct, merge_many(distinct, ranks), strict=True))
    # every second window lies end to end with the one before: two ways to cut the chunk
    ids = [to_array("".join(map(ids_of.__getitem__, windows[way::2]))) for way in (0, 1)]
    ends = [np.cumsum(ranks.lengths[each], dtype=np.int32) for each in ids]
    ends[1] += step
    starts = [each - ranks.lengths[tokens] for each, tokens in zip(ends, ids, strict=True)]
    cut = np.zeros((2, size), np.int32)  # where the token ends that begins here, in each way
    for way in (0, 1):
        cut[way, starts[way]] = ends[way]
    (shared,) = np.nonzero((cut[0] == cut[1]) & (cut[0] > 0))
    halves, first = np.unique(shared // step, return_index=True)
    if len(halves) < len(windows) - 1:  # all half windows but the first lie in two
        return None
    after = np.append(0, cut[0, shared[first]])  # each window has the tokens from here on
    after = np.append(after, size)
    joined = np.full(size, -1, np.int32)
    for way in (0, 1):
        window = (starts[way] - way * step) // width * 2 + way
        own = (starts[way] >= after[window]) & (ends[way] <= after[window + 1])
        joined[starts[way][own]] = ids[way][own]
    return _string(joined[joined >= 0])


def _string(ids: "NDArray[np.integer]") -> str:
    """Turn an array of ids into a string of them, row after row."""
    return ids.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
