"""Keep the ids of short chunks in arrays, found by the chunks' bytes as 64-bit words.

What: a chunk of up to LONGEST bytes is held as three 64-bit numbers with its bytes, and its length.
A table has the ids of each chunk: one id if the chunk is a token, several if it was merged before.
`ChunkIds` never changes, so threads may share it; `with_more` makes a new one. Source: none. Left
out: longer chunks, which are merged each time.
"""

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from scratch.tokenizer.hash_table import MIX, HashTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Tokens = NDArray[np.int32]

LONGEST = 24  # bytes
_WORD = 8  # bytes of 64 bits
_MASKS = np.array([(1 << 8 * bytes_) - 1 for bytes_ in range(_WORD + 1)], np.uint64)


class Keys(NamedTuple):
    """Chunks as numbers: eight bytes in each word, the length, and a hash of both."""

    words: "tuple[NDArray[np.uint64], ...]"  # three of (n,)
    sizes: "Ints"
    hashes: "NDArray[np.uint64]"

    def take(self, at: "Ints") -> "Keys":
        """Return the chunks at some indices."""
        words = tuple(word.take(at) for word in self.words)
        return Keys(words, self.sizes.take(at), self.hashes.take(at))

    def same(self, at: "NDArray[np.integer]", others: "Keys", where: "Ints") -> "NDArray[np.bool_]":
        """Return whether chunk at[i] equals chunk where[i] of others, for each i: (n,) bool.

        Of longer chunks only the first LONGEST bytes are compared.
        """
        sizes = self.sizes.take(at)
        same: NDArray[np.bool_] = sizes == others.sizes.take(where)
        same &= self.words[0].take(at) == others.words[0].take(where)
        (long,) = np.nonzero(same & (sizes > _WORD))
        at, where = at.take(long), where.take(long)
        for own, other in zip(self.words[1:], others.words[1:], strict=True):
            same[long] &= own.take(at) == other.take(where)
        return same


def keys(data: bytes, begin: "Ints", sizes: "Ints") -> Keys:
    """Read chunks as numbers: the first LONGEST bytes of each, and its length.

    data: the bytes of all chunks, then LONGEST bytes of padding
    begin, sizes: (n,) where each chunk begins in data, and its length in bytes

    >>> keys(b"ab" + bytes(LONGEST), np.array([0, 1]), np.array([1, 1])).words[0].tolist()
    [97, 98]
    """
    at_each = np.ndarray((len(data) - _WORD + 1,), "<u8", data, strides=(1,))
    words = [at_each.take(begin) & _MASKS.take(np.minimum(sizes, _WORD))]
    hashes = words[0] * MIX + sizes.astype(np.uint64)
    for offset in range(_WORD, LONGEST, _WORD):
        word = np.zeros(len(begin), np.uint64)
        (some,) = np.nonzero(sizes > offset)
        mask = _MASKS.take(np.minimum(sizes.take(some) - offset, _WORD))
        word[some] = at_each.take(begin.take(some) + offset) & mask
        hashes[some] ^= hashes.take(some) >> np.uint64(29)
        hashes[some] = (hashes.take(some) + word.take(some)) * MIX
        words.append(word)
    hashes ^= hashes >> np.uint64(32)
    return Keys(tuple(words), sizes, hashes * MIX)


class ChunkIds:
    """A table of chunks and their ids.

    The ids of chunk i are `ids[first[i] : first[i] + counts[i]]`.
    """

    def __init__(self, keys: Keys, counts: "Ints", ids: "Tokens") -> None:
        """Make the table.

        keys: n distinct chunks; counts: (n,) how many ids each has; ids: those of the first chunk,
        then those of the second, and so on
        """
        self.keys, self.counts, self.ids = keys, counts, ids
        self.first = np.cumsum(counts) - counts
        self._table = HashTable(keys.hashes)

    @classmethod
    def of_tokens(cls, data: bytes, sizes: "Ints") -> Self:
        """Return the table of an encoding's tokens, each with its one id.

        data: the bytes of all tokens, in the order of their ids; sizes: bytes of each
        """
        begin = np.cumsum(sizes) - sizes
        (short,) = np.nonzero(sizes <= LONGEST)
        entries = keys(data + bytes(LONGEST), begin[short], sizes[short])
        return cls(entries, np.ones(len(short), np.int64), short.astype(np.int32))

    def __len__(self) -> int:
        return len(self.first)

    def find(self, asked: Keys) -> "Tokens":
        """Return the index of each chunk in the table: (n,) int32, -1 where it is missing.

        A chunk that is longer than LONGEST is always missing.
        """
        return self._table.find(asked.hashes, lambda entry, at: self.keys.same(entry, asked, at))

    def with_more(self, more: Keys, counts: "Ints", ids: "Tokens") -> "ChunkIds":
        """Return a table of these chunks and more; none of the new ones may be here already."""
        words = tuple(map(np.concatenate, zip(self.keys.words, more.words, strict=True)))
        sizes = np.concatenate([self.keys.sizes, more.sizes])
        return ChunkIds(
            Keys(words, sizes, np.concatenate([self.keys.hashes, more.hashes])),
            np.concatenate([self.counts, counts]),
            np.concatenate([self.ids, ids]),
        )
