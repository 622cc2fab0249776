"""Look up many pairs of tokens at once: which of them merge, and which stay two tokens.

What: `PairRanks.look_up` gives the rank of each pair: 0 for the one that was learned first.
`PairRanks.parted` says of two neighbouring tokens whether encoding their bytes gives these two, or
whether a merge would join a part of one with a part of the other first. Source: GitHub's crate
`bpe` (2024), which observed that a list of tokens is the encoding of its bytes if this holds for
each two neighbours, and which walks along the border in the same way. Left out: merging
(`scratch.tokenizer.bpe_merge_array`).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from scratch.tokenizer.hash_table import MIX, HashTable
from scratch.tokenizer.id_string import BYTES, to_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Tokens = NDArray[np.int32]
    Ints = NDArray[np.int64]

NONE = np.int32(2**31 - 1)  # above every rank
_SHIFT = np.uint64(21)  # bits of an id


class PairRanks:
    """The ranks of all pairs of an encoding.

    64 and 65 are the ids of "a" and "b":

    >>> ranks = PairRanks([chr(64) * 2], {chr(64) * 2: 0}, np.array([1] * 256 + [2]))
    >>> ids = np.array([64, 65], np.int32)
    >>> ranks.look_up(ids, np.array([64, 64], np.int32)).tolist() == [0, NONE]
    True
    """

    def __init__(self, merges: Sequence[str], by_pair: Mapping[str, int], sizes: "Ints") -> None:
        """Make the tables.

        merges: pairs, each a string of two ids, in the order in which they were learned
        by_pair: pair -> its rank, the index in merges; sizes: bytes of each token
        """
        self.by_pair, self.sizes = by_pair, sizes
        pairs = to_array("".join(merges)).astype(np.int32).reshape(-1, 2)
        left, right = np.ascontiguousarray(pairs.T)
        self._keys = _key(left, right)
        self._table = HashTable(self._keys * MIX)
        single = np.arange(BYTES, dtype=np.int32)
        # the two tokens of which each is made; a byte is its own first and last
        self._first = np.concatenate([single, left])
        self._last = np.concatenate([single, right])
        of_bytes = np.full((BYTES, BYTES), NONE, np.int32)
        (known,) = np.nonzero((left < BYTES) & (right < BYTES))
        of_bytes[left[known], right[known]] = known
        self._of_bytes = of_bytes.reshape(-1)

    def look_up(self, left: "Tokens", right: "Tokens") -> "Tokens":
        """Return the rank of each pair, or NONE if it does not merge: (n,), (n,) -> (n,) int32."""
        key = _key(left, right)
        found = self._table.find(
            key * MIX, lambda entry, at: self._keys.take(entry) == key.take(at)
        )
        return np.where(found < 0, NONE, found)

    def of_bytes(self, ids: "NDArray[np.uint8]") -> "Tokens":
        """Return the rank of each two neighbours in a row of byte ids: (n,) -> (n - 1,) int32."""
        return self._of_bytes.take((ids[:-1].astype(np.int64) << 8) | ids[1:])

    def parted(self, left: "Tokens", right: "Tokens") -> "NDArray[np.bool_]":
        """Return whether encoding the bytes of each two tokens gives these two: (n,), (n,) -> (n,).

        It is for pairs that do not merge. The merges are undone, the last one first: of the two
        tokens at the border the one that was learned later is split, and the tokens that then meet
        at the border must not merge earlier than that.
        """
        apart = np.ones(len(left), bool)
        (at,) = np.nonzero((left >= BYTES) | (right >= BYTES))
        left, right = left[at], right[at]
        while len(at):
            later = left > right  # of equal ones the right one, since the leftmost pair goes first
            limit = np.where(later, left, right + 1) - BYTES  # the ranks that came before
            left, right = (
                np.where(later, self._last.take(left), left),
                np.where(later, right, self._first.take(right)),
            )
            joined = self.look_up(left, right) < limit
            apart[at[joined]] = False
            (going,) = np.nonzero(~joined & ((left >= BYTES) | (right >= BYTES)))
            at, left, right = at.take(going), left.take(going), right.take(going)
        return apart

    def all_parted(self) -> bool:
        """Return whether encoding the bytes of each token gives that token, as learning ensures."""
        return bool(self.parted(self._first[BYTES:], self._last[BYTES:]).all())


def _key(left: "Tokens", right: "Tokens") -> "NDArray[np.uint64]":
    return (left.astype(np.uint64) << _SHIFT) | right.astype(np.uint64)
