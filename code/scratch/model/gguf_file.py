"""Read a GGUF file: a model's metadata, and its tensors, in float32 or in four or eight bits.

What: the head of the file lists named values (sizes, the tokenizer's entries, the chat template),
then the tensors with their shapes; the numbers follow, each tensor at its own offset. `read_gguf`
reads the head and maps the rest into memory, so a tensor is read only when it is unpacked. Source:
the GGUF specification of llama.cpp's library ggml (docs/gguf.md), version 3. Left out: writing;
big-endian files; what a block of numbers means (`scratch.model.quantized`).
"""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratch.model.quantized import FORMATS, Format

MAGIC, VERSION = b"GGUF", 3
ALIGNMENT = 32  # bytes; tensors begin at multiples of it, unless the file names another number
STRING, ARRAY = 8, 9  # kinds of values that are longer than a number
NUMBERS = "B b H h I i f ? s a Q q d".split()  # struct's letter of each kind; s, a: the two above


class BadGGUF(ValueError):
    """A file that cannot be read here as GGUF; the message has the file and the remedy."""


@dataclass(frozen=True)
class StoredTensor:
    """A tensor as it is stored in the file."""

    name: str
    shape: tuple[int, ...]  # rows first, as torch has it; the file names the last dimension first
    format: Format
    data: NDArray[np.uint8]  # (bytes,), mapped from the file

    def unpack(self) -> NDArray[np.float32]:
        """Return the tensor's numbers, in its shape."""
        return self.format.unpack(self.data).reshape(self.shape)


@dataclass(frozen=True)
class GGUFFile:
    """The contents of a GGUF file: metadata and tensors, by name."""

    metadata: dict[str, Any]  # "llama.block_count": 30, "tokenizer.ggml.tokens": [...]
    tensors: dict[str, StoredTensor]


class _Reader:
    """Read values one after another, from a position on."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self.data, self.position = data.data, 0

    def number(self, letter: str) -> Any:
        size = struct.calcsize("<" + letter)
        (number,) = struct.unpack_from("<" + letter, self.data, self.position)
        self.position += size
        return number

    def string(self) -> str:
        size = self.number("Q")
        start, self.position = self.position, self.position + size
        if self.position > len(self.data):
            raise struct.error("a string reaches beyond the end")
        return str(self.data[start : self.position], "utf-8")

    def value(self, kind: int) -> Any:
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            item, count = self.number("I"), self.number("Q")
            return [self.value(item) for _ in range(count)]
        return self.number(NUMBERS[kind])


def read_gguf(path: Path | str) -> GGUFFile:
    """Read the head of a GGUF file, and map its tensors into memory.

    Raises: BadGGUF if it is not a whole GGUF file of version 3, or stores a tensor in a format that
    is not one of `scratch.model.quantized.FORMATS`; OSError if it cannot be read.
    """
    if Path(path).stat().st_size == 0:  # which cannot be mapped
        raise BadGGUF(f"{path} is empty; get it again")
    data = np.memmap(path, dtype=np.uint8, mode="r")
    if bytes(data[:4]) != MAGIC:
        raise BadGGUF(f"{path} does not begin with {MAGIC.decode()}; give a GGUF file")
    reader = _Reader(data)
    try:
        return _read(reader, data)
    except (struct.error, UnicodeDecodeError, IndexError):
        raise BadGGUF(
            f"{path} ends or breaks off at byte {reader.position:,} of its head; get it again"
        ) from None
    except BadGGUF as error:
        raise BadGGUF(f"{path}: {error}") from None


def _read(reader: _Reader, data: NDArray[np.uint8]) -> GGUFFile:
    reader.position = len(MAGIC)
    if (version := reader.number("I")) != VERSION:
        raise BadGGUF(f"its version is {version}; give a file of version {VERSION}")
    n_tensors, n_values = reader.number("Q"), reader.number("Q")
    metadata = {}
    for _ in range(n_values):
        name = reader.string()
        metadata[name] = reader.value(reader.number("I"))
    listed = []
    for _ in range(n_tensors):
        name = reader.string()
        sizes = [reader.number("Q") for _ in range(reader.number("I"))]
        listed.append((name, tuple(reversed(sizes)), reader.number("I"), reader.number("Q")))
    alignment = metadata.get("general.alignment", ALIGNMENT)
    start = math.ceil(reader.position / alignment) * alignment
    tensors = {}
    for name, shape, number, offset in listed:
        if number not in FORMATS:
            raise BadGGUF(f"{name} is stored in format {number}; there are {sorted(FORMATS)} here")
        size = FORMATS[number].bytes_of(math.prod(shape))
        stored = data[start + offset : start + offset + size]
        if len(stored) < size:
            raise BadGGUF(f"{name} is cut short; get the file again")
        tensors[name] = StoredTensor(name, shape, FORMATS[number], stored)
    return GGUFFile(metadata, tensors)
