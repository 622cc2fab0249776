"""Remember the ids of short chunks in arrays, so that many are found at once.

What: a chunk of up to LONGEST bytes is its bytes in three numbers of 64 bits, and its length. The
entries of an encoding are such chunks with one id each, and so are chunks that were merged before.
`ChunkIds` never changes, so threads may share it: `with_more` makes another. Source: none. Left
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
    """Chunks as numbers: their bytes, eight in a number, their lengths, and the hash of all."""

    words: "tuple[NDArray[np.uint64], ...]"  # three of (n,)
    sizes: "Ints"
    hashes: "NDArray[np.uint64]"

    def take(self, at: "Ints") -> "Keys":
        """Return some of them."""
        words = tuple(word.take(at) for word in self.words)
        return Keys(words, self.sizes.take(at), self.hashes.take(at))

    def same(self, at: "NDArray[np.integer]", others: "Keys", where: "Ints") -> "NDArray[np.bool_]":
        """Return whether these are equal to others, one by one, as far as the numbers go."""
        sizes = self.sizes.take(at)
        same: NDArray[np.bool_] = sizes == others.sizes.take(where)
        same &= self.words[0].take(at) == others.words[0].take(where)
        (long,) = np.nonzero(same & (sizes > _WORD))
        at, where = at.take(long), where.take(long)
        for own, other in zip(self.words[1:], others.words[1:], strict=True):
            same[long] &= own.take(at) == other.take(where)
        return same


def keys(data: bytes, begin: "Ints", sizes: "Ints") -> Keys:
    """Return the chunks of data, of which LONGEST bytes count.

    data: the bytes of all chunks, and LONGEST bytes more

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
    """Chunks with their ids, some of which are many."""

    def __init__(self, keys: Keys, counts: "Ints", ids: "Tokens") -> None:
        """keys: (n,) distinct chunks; counts: of their ids, one chunk's after the other's"""
        self.keys, self.counts, self.ids = keys, counts, ids
        self.first = np.cumsum(counts) - counts
        self._table = HashTable(keys.hashes)

    @classmethod
    def of_tokens(cls, data: bytes, sizes: "Ints") -> Self:
        """Return those of an encoding's tokens. data: the bytes of all; sizes: of each"""
        begin = np.cumsum(sizes) - sizes
        (short,) = np.nonzero(sizes <= LONGEST)
        entries = keys(data + bytes(LONGEST), begin[short], sizes[short])
        return cls(entries, np.ones(len(short), np.int64), short.astype(np.int32))

    def __len__(self) -> int:
        return len(self.first)

    def find(self, asked: Keys) -> "Tokens":
        """Return the number of each chunk's entry, -1 where there is none, as of a longer chunk."""
        return self._table.find(asked.hashes, lambda entry, at: self.keys.same(entry, asked, at))

    def with_more(self, more: Keys, counts: "Ints", ids: "Tokens") -> "ChunkIds":
        """Return these and more chunks, all of them distinct."""
        words = tuple(map(np.concatenate, zip(self.keys.words, more.words, strict=True)))
        sizes = np.concatenate([self.keys.sizes, more.sizes])
        return ChunkIds(
            Keys(words, sizes, np.concatenate([self.keys.hashes, more.hashes])),
            np.concatenate([self.counts, counts]),
            np.concatenate([self.ids, ids]),
        )
