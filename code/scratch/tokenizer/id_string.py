"""Hold a list of token ids as a string, one character per id, so that text methods work on tokens.

What: `chr(id)` is the id's character. Merging a pair is then `ids.replace(pair, new)`, which takes
the leftmost pair first and never overlaps, as the merging of byte-pair encoding asks; a pair is a
string of two; strings compare as their ids do. All of it runs in C. Bytes are numbered as in GPT-2:
first the 188 that are printable in Latin-1, then the other 68. Hugging Face's alphabet has the same
order. Source: Radford et al. 2019, whose released encoder has this numbering. Left out: ids above
the last code point, LARGEST; no vocabulary is so large.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 0x10FFFF  # the last code point
BYTES = 256  # ids 0 to 255 are the single bytes

_PRINTS = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
BYTE_OF_ID = bytes(_PRINTS + [byte for byte in range(BYTES) if byte not in _PRINTS])
_ID_OF_BYTE = bytes(BYTE_OF_ID.index(byte) for byte in range(BYTES))
# one that prints, for each byte
LETTERS = "".join(map(chr, _PRINTS + list(range(BYTES, 2 * BYTES - len(_PRINTS)))))


def of_bytes(data: bytes) -> str:
    """Turn bytes into a string of their ids, one character per byte.

    >>> [ord(id) for id in of_bytes(b"!\\n")]
    [0, 198]
    """
    return data.translate(_ID_OF_BYTE).decode("latin-1")


def to_array(ids: str) -> "NDArray[np.uint32]":
    """Turn a string of ids into an array.

    Returns: (T,) uint32, read-only; T is the length of the string.

    >>> to_array(chr(0) + chr(50256))
    array([    0, 50256], dtype=uint32)
    """
    import numpy as np

    return np.frombuffer(ids.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def to_list(ids: str) -> list[int]:
    """Turn a string of ids into a list.

    >>> to_list(chr(0) + chr(50256))
    [0, 50256]
    """
    return to_array(ids).tolist()  # type: ignore[no-any-return]  # numpy's stubs leave the type of an element open
