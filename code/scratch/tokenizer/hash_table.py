"""Find many keys at once: a hash table in arrays.

What: each entry has a 64-bit hash. Its top bits name a slot; of entries with the same slot one
keeps it, and the others go to a further table, where other bits of the hash count. A slot has the
number of an entry, and whoever asks compares the keys. Four slots an entry, so most keys that are
missing fall on an empty one. Source: Knuth, The Art of Computer Programming, volume 3, section 6.4
(multiplicative hashing). Left out: taking an entry out, and adding one.
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
    """Slots with the numbers of entries, by their hashes.

    >>> keys = np.array([3, 5, 8], np.uint64)
    >>> asked = np.array([8, 4], np.uint64)
    >>> HashTable(keys * MIX).find(asked * MIX, lambda entry, at: keys[entry] == asked[at]).tolist()
    [2, -1]
    """

    def __init__(self, hashes: "Hashes") -> None:
        """hashes: (n,), of distinct keys."""
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
        """Return the number of the entry of each key, -1 where there is none.

        hashes: (n,); same: says of entries and numbers of keys which of them are equal
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
