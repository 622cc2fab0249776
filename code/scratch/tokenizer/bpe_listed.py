"""Encode with the ids of another model: byte-pair encoding whose entries come as a list.

What: `BytePairEncoding` numbers bytes, merges and special tokens in its own order. A model that was
trained elsewhere comes with a list of entries, where an entry's index is its id. `ListedEncoding`
encodes with `BytePairEncoding` and translates the ids. The list may lack bytes that the other
tokenizer never met in training; a text with such a byte is refused. Source: the lists of a GGUF
file, tokenizer.ggml.tokens and .merges, written with one printable letter per byte as in GPT-2's
own files; the pattern of SmolLM2's tokenizer, llama.cpp's pre-tokenizer "smollm". Left out: the
file itself (`scratch.model.gguf_file`), and conversations (`scratch.tokenizer.chat_template`).
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from scratch.tokenizer.bpe import BytePairEncoding, UnknownId
from scratch.tokenizer.bpe_file import DamagedEncoding
from scratch.tokenizer.id_string import BYTE_OF_ID, LETTERS

# GPT-2's pattern, but each digit is a chunk of its own, and to the white space before it the text
# ends there
DIGITS_APART = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+"


class NoEntry(ValueError):
    """A character whose bytes have no entry in the list; the message has it and its position."""


class ListedEncoding:
    """An encoding whose ids are the indices in a list of entries.

    `tokens[id]` is the bytes of an id, `special_ids[text]` the id of a special token, `missing` the
    bytes without an entry.

    >>> encoding = ListedEncoding(["<end>", "!", "a", "b", "ab"], ["a b"], ["<end>"])
    >>> encoding.encode("ab!b")
    [4, 1, 3]
    >>> encoding.decode([4, 0])
    'ab<end>'
    """

    def __init__(
        self,
        entries: Sequence[str],
        merges: Iterable[str],
        specials: Sequence[str],
        pattern: str = DIGITS_APART,
    ) -> None:
        """Translate a list of entries and merges.

        entries: special tokens as they are, others with one letter of LETTERS per byte
        (`scratch.tokenizer.id_string`); an entry's index is its id
        merges: two entries with a space between, in the order in which they were learned
        specials: the entries that are special tokens; pattern: as in `BytePairEncoding`

        Raises: DamagedEncoding for a merge of tokens that no byte or earlier merge made, and for a
        merged or special token that the entries lack.
        """
        own = {letter: chr(id) for id, letter in enumerate(LETTERS)}
        pairs = []
        for line in merges:
            left, _, right = line.partition(" ")
            if left not in own or right not in own or left + right in own:
                raise DamagedEncoding(f"the merge {line!r} is of no two entries before it")
            pairs.append(own[left] + own[right])
            own[left + right] = chr(len(own))
        ids = {entry: id for id, entry in enumerate(entries)}
        if lost := [text for text in [*list(own)[len(LETTERS) :], *specials] if text not in ids]:
            raise DamagedEncoding(f"{lost[0]!r} is no entry of the list ({len(lost)} are none)")
        self.bpe = BytePairEncoding(pairs, specials, pattern)
        self._ids = [ids.get(entry, -1) for entry in [*own, *specials]]  # ours -> the list's
        self.special_ids = {text: ids[text] for text in specials}
        # tokens[id] is the id's bytes
        tokens = {id: token for id, token in zip(self._ids, self.bpe.tokens, strict=True)}
        self.tokens = tuple(tokens.get(id, entry.encode()) for id, entry in enumerate(entries))
        self.missing = bytes(
            byte for byte, id in zip(BYTE_OF_ID, self._ids, strict=False) if id < 0
        )

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.tokens)

    def encode(
        self,
        text: str,
        *,
        allowed_special: Collection[str] | Literal["all"] = (),
        disallowed_special: Collection[str] | Literal["all"] = "all",
    ) -> list[int]:
        """Turn a text into ids; the arguments are those of `BytePairEncoding.encode`.

        Returns: (T,) ids.
        Raises: SpecialInText, NotUnicode or BadVocabulary as there; NoEntry.
        """
        own = self.bpe.encode(
            text, allowed_special=allowed_special, disallowed_special=disallowed_special
        )
        return self._listed(own, text)

    def encode_ordinary(self, text: str) -> list[int]:
        """Turn a text into ids; special tokens in it are read as ordinary text.

        Returns: (T,) ids. Raises: NotUnicode, NoEntry.
        """
        return self._listed(self.bpe.encode_ordinary(text), text)

    def _listed(self, own: list[int], text: str) -> list[int]:
        ids = [self._ids[id] for id in own]
        if -1 in ids:
            position, letter = next(
                (position, letter)
                for position, letter in enumerate(text)
                if set(letter.encode()) & set(self.missing)
            )
            raise NoEntry(
                f"character {position:,} of the text is U+{ord(letter):04X}, of which a byte has no"
                f" entry ({len(self.missing)} bytes have none); leave it out"
            )
        return ids

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Turn ids into bytes: those of each token, joined.

        Raises: UnknownId for the first id outside 0 to len(self) - 1.
        """
        ids = list(ids)
        if wrong := [id for id in ids if not 0 <= id < len(self)]:
            raise UnknownId(f"id {wrong[0]} is no entry; the ids are 0 to {len(self) - 1}")
        return b"".join(self.tokens[id] for id in ids)

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """Turn ids into text; bytes that are not UTF-8, such as half a character, become U+FFFD.

        errors: what to do about such bytes, as in bytes.decode; "strict" raises UnicodeDecodeError.
        Raises: UnknownId for the first id outside 0 to len(self) - 1.
        """
        return self.decode_bytes(ids).decode("utf-8", errors)
