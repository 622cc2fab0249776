"""Unpack weights that are stored in four or eight bits each.

What: 32 weights in a row are a block. Q8_0 stores a block as a scale and 32 integers from -128 to
127; Q4_1 as a scale, the least weight, and 32 integers from 0 to 15, two per byte. A weight is
scale x integer, in Q4_1 plus the least weight. So a weight costs 8.5 or 5 bits where a float32
costs 32. Source: llama.cpp's library ggml (ggml-quants.c, dequantize_row_q8_0 and
dequantize_row_q4_1). Left out: packing; the other formats of GGUF.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK = 32  # weights


def unpack_q8_0(data: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Unpack blocks of 34 bytes: a float16 scale, then 32 signed 8-bit integers.

    data: (bytes,), little-endian. Returns: (weights,) float32, 32 per block.

    >>> scale, numbers = np.array([0.5], "<f2"), np.arange(32, dtype=np.uint8)
    >>> block = np.concatenate([scale.view(np.uint8), numbers])
    >>> unpack_q8_0(block)[:4].tolist()
    [0.0, 0.5, 1.0, 1.5]
    """
    blocks = data.reshape(-1, 2 + BLOCK)  # (N, 34)
    scale = blocks[:, :2].view("<f2").astype(np.float32)  # (N, 34) -> (N, 1)
    return (scale * blocks[:, 2:].view(np.int8)).reshape(-1)  # (N, 1) * (N, 32) -> (32 N,)


def unpack_q4_1(data: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Unpack blocks of 20 bytes: the scale and the least weight in float16, then 32 4-bit integers.

    The low four bits of the 16 bytes are the block's first 16 integers, the high four the others.

    data: (bytes,), little-endian. Returns: (weights,) float32, 32 per block.

    >>> head = np.array([0.5, -1.0], "<f2").view(np.uint8)
    >>> block = np.concatenate([head, np.full(16, 0x31, np.uint8)])
    >>> unpack_q4_1(block)[[0, 15, 16, 31]].tolist()
    [-0.5, -0.5, 0.5, 0.5]
    """
    blocks = data.reshape(-1, 4 + BLOCK // 2)  # (N, 20)
    head = blocks[:, :4].view("<f2").astype(np.float32)  # (N, 20) -> (N, 2)
    scale, least = head[:, :1], head[:, 1:]
    pairs = blocks[:, 4:]
    numbers = np.concatenate([pairs & 0x0F, pairs >> 4], axis=1)  # (N, 16) -> (N, 32)
    weights: NDArray[np.float32] = scale * numbers  # (N, 1) * (N, 32) -> (N, 32)
    weights += least
    return weights.reshape(-1)


def unpack_f32(data: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Copy float32 numbers, little-endian: (bytes,) -> (weights,), which may be written to."""
    return data.view("<f4").astype(np.float32)


@dataclass(frozen=True)
class Format:
    """A format in which weights are stored."""

    name: str
    block: int  # weights that are stored together
    block_bytes: int
    unpack: Callable[[NDArray[np.uint8]], NDArray[np.float32]]

    def bytes_of(self, weights: int) -> int:
        """Return the bytes that a number of weights take; weights: a multiple of `block`.

        >>> FORMATS[3].bytes_of(64)
        40
        """
        return weights // self.block * self.block_bytes


FORMATS = {  # by GGUF's number
    0: Format("F32", 1, 4, unpack_f32),
    3: Format("Q4_1", BLOCK, 20, unpack_q4_1),
    8: Format("Q8_0", BLOCK, 34, unpack_q8_0),
}
