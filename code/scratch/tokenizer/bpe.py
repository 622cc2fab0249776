"""Encode any text by byte-pair encoding: into ids of learned pieces of words, and back.

What: a `BytePairEncoding` holds the merges, and turns text into ids and back.
`BytePairEncoding.gpt2()` is GPT-2's own, from the file that tiktoken reads. Any text can be
encoded, since every byte has an id; it is not normalised, so decoding gives the same text. Source:
Sennrich, Haddow and Birch 2016; on bytes, Radford et al. 2019, section 2.2; the handling of special
tokens is that of tiktoken 0.14. Left out: how merges are learned (`scratch.tokenizer.bpe_train`)
and applied (`scratch.tokenizer.bpe_merge`; to long texts `array_encoder`), and how a text is cut
into chunks (`scratch.tokenizer.pretokenize`).

Ids: 0 to 255 are the bytes in GPT-2's order; then come the merges in the order in which they were
learned, then the special tokens.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from scratch.tokenizer import bpe_file
from scratch.tokenizer.bpe_merge import merge
from scratch.tokenizer.id_string import BYTE_OF_ID, BYTES, of_bytes, to_array
from scratch.tokenizer.pretokenize import GPT2_PATTERN, cutter
from scratch.tokenizer.simple import END_OF_TEXT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scratch.tokenizer.array_encoder import ArrayEncoder

# characters of a text, and of its new chunks, from which on arrays are faster, about
LONG, NEW = 8_000, 2_000
MOST_KEPT = 500_000  # characters of chunks that short texts leave in memory, some 20 MB


class BadVocabulary(ValueError):
    """A vocabulary size or special token that is impossible; the message names it and the limit."""


class NotUnicode(ValueError):
    """Half of a surrogate pair, which UTF-8 cannot write; the message has its position."""


class SpecialInText(ValueError):
    """A text with a special token that the call does not allow; the message names the remedies."""


class UnknownId(ValueError):
    """An id without an entry in the encoding."""


class BytePairEncoding:
    """A byte-pair encoding: merges, special tokens, and the pattern that cuts a text into chunks.

    `tokens[id]` is the bytes of an id, `special_ids[text]` the id of a special token. It caches the
    chunks that it has encoded, and any number of threads may use it.

    >>> gpt2 = BytePairEncoding.gpt2()
    >>> gpt2.encode("Hello, world!")
    [15496, 11, 995, 0]
    >>> [gpt2.tokens[id] for id in gpt2.encode("unbelievable cats")]
    [b'un', b'bel', b'iev', b'able', b' cats']
    """

    _learned = False  # whether the merges are known to be those of a learner

    def __init__(
        self, merges: Iterable[str], specials: Sequence[str] = (), pattern: str = GPT2_PATTERN
    ) -> None:
        """Make an encoding from its merges.

        merges: pairs, each a string of two ids (`scratch.tokenizer.id_string`), in the order in
        which they were learned
        specials: the special tokens, as text
        pattern: a regular expression; each match is a chunk, and no merge crosses its end
        Raises: BadVocabulary for a special token that is empty or repeated; BadPattern.
        """
        self.merges, self.specials, self.pattern = tuple(merges), tuple(specials), pattern
        if "" in specials or len(set(specials)) < len(specials):
            raise BadVocabulary(
                f"the specials are {list(specials)}; each must be a text, and another one"
            )
        tokens = [bytes([byte]) for byte in BYTE_OF_ID]
        for pair in self.merges:
            tokens.append(tokens[ord(pair[0])] + tokens[ord(pair[1])])
        self._ids = {token: chr(id) for id, token in enumerate(tokens)}
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self.special_ids = {text: id for id, text in enumerate(self.specials, start=len(tokens))}
        # tokens[id] is the id's bytes
        self.tokens = (*tokens, *(text.encode() for text in self.specials))
        self._cut = cutter(pattern)
        self._known: dict[str, str] = {}  # the ids of chunks; a full one is replaced, not emptied
        self._kept = 0  # characters of them

    @classmethod
    def gpt2(cls) -> Self:
        """Load GPT-2's encoding: 50,257 entries, the last of them `<|endoftext|>`.

        It also makes the tables for long texts, which takes about 15 ms.

        Raises: TokenizerFiles if its file is damaged, or is missing and cannot be downloaded.
        """
        gpt2 = cls(bpe_file.read_gpt2(), [END_OF_TEXT])
        gpt2._learned = True
        _ = gpt2._encoder
        return gpt2

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Load an encoding that `save` wrote.

        Raises: DamagedEncoding if `save` did not write the file so; BadVocabulary or BadPattern if
        its special tokens or its pattern are wrong; OSError if it cannot be read.
        """
        merges, pattern, specials = bpe_file.read(Path(path))
        return cls(merges, specials, pattern)

    def save(self, path: Path | str) -> None:
        """Write the encoding to a text file, replacing what was there. Raises: OSError."""
        bpe_file.write(Path(path), self.merges, self.pattern, self.specials)

    def __len__(self) -> int:
        """Return the number of entries: bytes, merges and special tokens."""
        return len(self.tokens)

    def encode(
        self,
        text: str,
        *,
        allowed_special: Collection[str] | Literal["all"] = (),
        disallowed_special: Collection[str] | Literal["all"] = "all",
    ) -> list[int]:
        """Turn a text into ids; by default a special token in the text is an error.

        allowed_special: special tokens that are read as such, each as its one id
        disallowed_special: special tokens that are an error; "all" means all that are not allowed.
        A special token in neither collection is read as ordinary text.
        Returns: (T,) ids.
        Raises: SpecialInText for a disallowed special token; NotUnicode; BadVocabulary if
        allowed_special names a token that is not special in this encoding.

        >>> BytePairEncoding([], ["<end>"]).encode("!<end>", allowed_special={"<end>"})
        [0, 256]
        """
        allowed = set(self.specials if allowed_special == "all" else allowed_special)
        if unknown := allowed - self.special_ids.keys():
            raise BadVocabulary(
                f"{sorted(unknown)} are no specials of this encoding; it has {list(self.specials)}"
            )
        refused = (
            set(self.specials) - allowed if disallowed_special == "all" else set(disallowed_special)
        )
        if refused and (match := _any_of(frozenset(refused)).search(text)):
            raise SpecialInText(
                f"the text has {match[0]!r} at character {match.start():,}, which is not allowed;"
                f" to read it as a special token pass allowed_special={{{match[0]!r}}}, to read it"
                " as ordinary text pass disallowed_special=()"
            )
        if not allowed:
            return self.encode_ordinary(text)
        ids: list[int] = []
        start = 0
        for match in _any_of(frozenset(allowed)).finditer(text):
            ids += self.encode_ordinary(text[start : match.start()])
            ids.append(self.special_ids[match[0]])
            start = match.end()
        return ids + self.encode_ordinary(text[start:])

    def encode_ordinary(self, text: str) -> list[int]:
        """Turn a text into ids; special tokens in it are read as ordinary text.

        Returns: (T,) ids. Raises: NotUnicode.

        >>> BytePairEncoding([]).encode_ordinary("!")
        [0]
        """
        return self._encode(text).tolist()  # type: ignore[no-any-return]  # as numpy's stubs have it

    def encode_array(self, text: str) -> "NDArray[np.uint32]":
        """Return the ids of `encode_ordinary` as an array, which is faster than as a list.

        Returns: (T,) uint32, read-only. Raises: NotUnicode.
        """
        ids = self._encode(text)
        ids.flags.writeable = False
        return ids

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Turn ids into bytes: those of each token, joined.

        Raises: UnknownId for the first id outside 0 to len(self) - 1.

        >>> BytePairEncoding([]).decode_bytes([0, 0])
        b'!!'
        """
        ids = list(ids)
        if ids and not 0 <= min(ids) <= max(ids) < len(self):
            position, id = next(
                (position, id) for position, id in enumerate(ids) if not 0 <= id < len(self)
            )
            raise UnknownId(
                f"id {id} at position {position} is none of this encoding; its ids are 0 to"
                f" {len(self) - 1}"
            )
        return b"".join(map(self.tokens.__getitem__, ids))

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """Turn ids into text; bytes that are not UTF-8, such as half a character, become U+FFFD.

        errors: what to do about such bytes, as in bytes.decode; "strict" raises UnicodeDecodeError.
        Raises: UnknownId for the first id outside 0 to len(self) - 1.

        >>> BytePairEncoding([]).decode([0, 0])
        '!!'
        """
        return self.decode_bytes(ids).decode("utf-8", errors)

    def _encode(self, text: str) -> "NDArray[np.uint32]":
        with _refused_halves(text):
            if len(text) < LONG and (ids := self._by_chunk(text, NEW)) is not None:
                return to_array(ids)
            if not self._encoder:
                return to_array(self._by_chunk(text, len(text)) or "")
            if self.pattern == GPT2_PATTERN:
                return self._encoder.encode(text).view("u4")
            return self._encoder.encode_chunks(self._cut(text)).view("u4")

    def _by_chunk(self, text: str, most: int) -> str | None:
        """Return the ids as a string (`scratch.tokenizer.id_string`).

        Returns: None if the chunks that are not cached have more than `most` characters.
        """
        if self._kept > MOST_KEPT:
            self._known, self._kept = {}, 0
        known = self._known  # this call's, whatever another thread does
        chunks = self._cut(text)
        new = set(chunks) - known.keys()
        if (size := sum(map(len, new))) > most:
            return None
        self._kept += size
        for chunk in new:
            data = chunk.encode()
            known[chunk] = self._ids.get(data) or merge(of_bytes(data), self._ranks)
        return "".join(map(known.__getitem__, chunks))

    @cached_property
    def _encoder(self) -> "ArrayEncoder | None":
        """The tables for long texts, made when they are first asked for.

        None if a token is not the encoding of its bytes: no learning makes such merges.
        """
        from scratch.tokenizer.array_encoder import ArrayEncoder  # it takes numpy

        encoder = ArrayEncoder(self.merges, self._ranks, self.tokens[: BYTES + len(self.merges)])
        return encoder if self._learned or encoder.ranks.all_parted() else None


@contextmanager
def _refused_halves(text: str) -> Iterator[None]:
    """Say where the text has half of a surrogate pair, if it has one."""
    try:
        yield
    except UnicodeEncodeError:
        position = next(
            position for position, letter in enumerate(text) if "\ud800" <= letter <= "\udfff"
        )
        raise NotUnicode(
            f"character {position:,} of the text is U+{ord(text[position]):04X}, half of a"
            ' surrogate pair, which UTF-8 cannot write; mend it with text.encode("utf-16",'
            ' "surrogatepass").decode("utf-16", "replace")'
        ) from None


@cache
def _any_of(specials: frozenset[str]) -> re.Pattern[str]:
    """Find any of the specials; where one begins another, the longer one."""
    return re.compile(
        "|".join(map(re.escape, sorted(specials, key=lambda text: (-len(text), text))))
    )
