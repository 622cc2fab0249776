"""Look up many keys at once: a hash table in numpy arrays.

What: each entry has a 64-bit hash, whose top bits choose a slot. Of entries with the same slot one
keeps it; the others go to a further table, where other bits of the hash choose. A slot has the
index of an entry, and the caller compares the keys. There are about four slots per entry, so that
most keys which are not in the table meet an empty slot. Source: Knuth, The Art of Computer
Programming, volume 3, section 6.4 (multiplicative hashing). Left out: removing an entry, and adding
one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Ints = NDArray[np.int64]

MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, 2^64 divided by the golden ratio
MOST_LEVELS = (
    16  # entries of which so many have one hash are crafted, and the last ones are missing
)


class HashTable:
    """A table from hashes to the indices of entries.

    >>> keys = np.array([3, 5, 8], np.uint64)
    >>> asked = np.array([8, 4], np.uint64)
    >>> HashTable(keys * MIX).find(asked * MIX, lambda entry, at: keys[entry] == asked[at]).tolist()
    [2, -1]
    """

    def __init__(self, hashes: "Hashes") -> None:
        """Make the table of n entries; hashes: (n,), of distinct keys."""
        self._levels: list[tuple[np.uint64, NDArray[np.int32]]] = []
        rest, hashes = np.arange(len(hashes), dtype=np.int32), hashes.copy()
        while len(rest) and len(self._levels) < MOST_LEVELS:
            bits = max(8, len(rest).bit_length() + 2)
            shift, slots = np.uint64(64 - bits), np.full(1 << bits, -1, np.int32)
            slot = (hashes >> shift).view(np.int64)
            slots[slot] = rest
            self._levels.append((shift, slots))
            lost = slots[slot] != rest
            rest, hashes = rest[lost], hashes[lost] * MIX

    def find(
        self, hashes: "Hashes", same: "Callable[[NDArray[np.int32], Ints], NDArray[np.bool_]]"
    ) -> "NDArray[np.int32]":
        """Return the index of each key's entry: (n,) int32, -1 where there is none.

        hashes: (n,), of the keys
        same: same(entries, keys), given (m,) indices of both, returns (m,) bool: whether each entry
        has the key beside it
        """
        found = np.full(len(hashes), -1, np.int32)
        at = np.arange(len(hashes))
        for shift, slots in self._levels:
            entry = slots.take((hashes >> shift).view(np.int64))
            (some,) = np.nonzero(entry >= 0)
            entry, at, hashes = entry.take(some), at.take(some), hashes.take(some)
            hit = same(entry, at)
            found[at[hit]] = entry[hit]
            (rest,) = np.nonzero(~hit)
            if not len(rest):
                break
            at, hashes = at.take(rest), hashes.take(rest) * MIX
        return found
