"""Encode a long text with numpy: find chunks in the cache, merge the rest, place their ids.

What: `ArrayEncoder` cuts a text into chunks (`scratch.tokenizer.pretokenize_array`), finds those
that are tokens or were encoded before (`chunk_cache`), and merges all others at once
(`bpe_merge_array`). It works in slices, so that memory is bounded. Any number of threads may use
one. Source: Sennrich, Haddow and Birch 2016; the modules that it calls name theirs. Left out: short
texts, for which `scratch.tokenizer.bpe` is faster without arrays.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from scratch.tokenizer.bpe_merge_array import merge_chunks, stretches
from scratch.tokenizer.chunk_cache import LONGEST, ChunkIds, Keys, keys
from scratch.tokenizer.id_string import BYTE_OF_ID
from scratch.tokenizer.pair_ranks import PairRanks
from scratch.tokenizer.pretokenize_array import begins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Tokens = NDArray[np.int32]

SLICE = 1 << 17  # characters of a text at once
_TAIL = 1 << 11  # characters of a slice that are searched for its end
MOST_KEPT = 1 << 17  # chunks that are remembered, some 10 MB; then it forgets them all
_WORTH = 16  # what is remembered is written anew if a part in so many comes to it
# before white space that follows something else, and before a space that something else follows,
# no chunk goes on; Python's \s has a few control characters more, which does no harm so
_CUT = re.compile(r"\S(?=[ \t\n\r])|\s(?= \S)")
_ID_OF_BYTE = np.argsort(np.frombuffer(BYTE_OF_ID, np.uint8)).astype(np.uint8)


class ArrayEncoder:
    """The tables of an encoding, and a cache of encoded chunks.

    >>> pair = chr(64) * 2  # 64 is the id of the byte "a"
    >>> encoder = ArrayEncoder([pair], {pair: 0}, [bytes([byte]) for byte in BYTE_OF_ID] + [b"aa"])
    >>> encoder.encode("aaab").tolist()
    [256, 64, 65]
    """

    def __init__(
        self, merges: Sequence[str], by_pair: Mapping[str, int], tokens: Sequence[bytes]
    ) -> None:
        """Make the tables.

        merges: pairs, each a string of two ids, in the order in which they were learned
        by_pair: pair -> its rank, the index in merges
        tokens: the bytes of each id, special tokens left out
        """
        sizes = np.fromiter(map(len, tokens), np.int64, len(tokens))
        self.ranks = PairRanks(merges, by_pair, sizes)
        self._tokens = ChunkIds.of_tokens(b"".join(tokens), sizes)
        self._met = self._nothing = ChunkIds.of_tokens(b"", sizes[:0])

    def encode(self, text: str) -> "Tokens":
        """Encode a text, cut by GPT-2's pattern: (T,) int32. Raises: UnicodeEncodeError."""
        parts = [self._encode(part) for part in _slices(text)]
        return np.concatenate(parts) if parts else np.empty(0, np.int32)

    def encode_chunks(self, chunks: Sequence[str]) -> "Tokens":
        """Encode a text's chunks, none of them empty: (T,) int32. Raises: UnicodeEncodeError."""
        encoded = list(map(str.encode, chunks))
        sizes = np.fromiter(map(len, encoded), np.int64, len(encoded))
        return self._of_chunks(b"".join(encoded), np.cumsum(sizes) - sizes, sizes)

    def _encode(self, text: str) -> "Tokens":
        data = text.encode()
        (begin,) = np.nonzero(begins(np.frombuffer(text.encode("utf-32-le"), "<u4")))
        if len(data) > len(text):  # not ASCII: characters begin where no byte continues one
            (of_character,) = np.nonzero((np.frombuffer(data, np.uint8) & 0xC0) != 0x80)
            begin = of_character[begin]
        return self._of_chunks(data, begin, np.diff(begin, append=len(data)))

    def _of_chunks(self, data: bytes, begin: "Ints", sizes: "Ints") -> "Tokens":
        """Return the ids of chunks of data; none of them is empty."""
        asked = keys(data + bytes(LONGEST), begin, sizes)
        entry = self._tokens.find(asked)
        ids = self._tokens.ids.take(entry)  # wrong where there is none
        (rest,) = np.nonzero(entry < 0)
        if not len(rest):
            return ids
        first, counts, merged = self._merged(data, begin.take(rest), asked.take(rest))
        of_each = np.ones(len(ids), np.int64)
        of_each[rest] = counts
        after = np.cumsum(of_each)
        place = after - of_each
        placed = np.empty(after[-1], np.int32)
        placed[place] = ids
        placed[stretches(place.take(rest), counts)] = merged.take(stretches(first, counts))
        return placed

    def _merged(self, data: bytes, begin: "Ints", chunks: Keys) -> "tuple[Ints, Ints, Tokens]":
        """Return where the ids of each chunk begin, how many they are, and all ids."""
        met = self._met  # this call's, whatever another thread does
        entry = met.find(chunks)
        first, counts = np.empty(len(entry), np.int64), np.empty(len(entry), np.int64)
        new, old = np.nonzero(entry < 0)[0], entry >= 0
        first[old], counts[old] = met.first[entry[old]], met.counts[entry[old]]
        if not len(new):
            return first, counts, met.ids
        number, once = _distinct(chunks.take(new))
        unlike = chunks.take(new.take(once))
        place = stretches(begin.take(new).take(once), unlike.sizes)
        ids = _ID_OF_BYTE.take(np.frombuffer(data, np.uint8).take(place))
        tokens, last = merge_chunks(ids, np.cumsum(unlike.sizes), self.ranks)
        after = np.nonzero(last)[0] + 1
        many = np.diff(after, prepend=0)
        first[new] = (after - many + len(met.ids)).take(number)
        counts[new] = many.take(number)
        (short,) = np.nonzero(unlike.sizes <= LONGEST)
        if len(short) * _WORTH > len(met):
            kept = met if len(met) + len(short) <= MOST_KEPT else self._nothing
            each = tokens.take(stretches((after - many).take(short), many.take(short)))
            self._met = kept.with_more(unlike.take(short), many.take(short), each)
        return first, counts, np.concatenate([met.ids, tokens])


def _distinct(chunks: Keys) -> "tuple[Ints, Ints]":
    """Number the distinct chunks; return each chunk's number, and one chunk for each number.

    A chunk that is longer than LONGEST counts as distinct from all others.
    """
    order = np.argsort(chunks.hashes)
    like = chunks.same(order[1:], chunks, order[:-1])
    like &= chunks.sizes.take(order[1:]) <= LONGEST
    alone = np.append(True, ~like)
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(alone) - 1
    return number, order[alone]


def _slices(text: str) -> Iterator[str]:
    """Cut a text where no chunk goes across, about SLICE characters each."""
    start, end = 0, SLICE
    while end < len(text):
        cuts = list(_CUT.finditer(text, max(start, end - _TAIL), end))
        if cuts:
            yield text[start : cuts[-1].end()]
            start = cuts[-1].end()
        end += SLICE
    if start < len(text):
        yield text[start:]
