"""Rotate queries and keys by their positions, so that their products depend only on distance.

What: each pair of a vector's numbers is a point of a plane. At position p it is rotated by p times
an angle, which differs from pair to pair. Nothing is added and nothing is learned. In the product
of a query and a key the angles subtract: each vector is rotated by its own position, and their
product depends on the distance. `rotate` uses sines and cosines; `rotations` and `turn` do the same
by complex multiplication, with rotations that all layers of a model share. Source: Su et al.,
RoFormer: Enhanced Transformer with Rotary Position Embedding (2021), section 3.4.2. Left out:
stretching the angles for a longer context; the other common order of pairs (first half with second
half).
"""

import torch
from torch import Tensor

from scratch.embeddings.positional import BASE, wavelengths


def rotate(vectors: Tensor, positions: Tensor) -> Tensor:
    """Rotate the pairs (0, 1), (2, 3), ... of each vector by an angle that grows with its position.

    Pair i makes a full turn every `wavelengths(C)[i]` positions. There is no longest context.

    vectors: (..., T, C), C even; positions: (T,) int64. Returns: the shape and type of vectors.
    Raises: ValueError if C is odd, or there are not as many positions as vectors.
    Source: Su et al. 2021, equation 34, with the wavelengths of Vaswani et al. 2017.

    >>> rotate(torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([0, 1]))  # by 0 and 1 radian
    tensor([[1.0000, 0.0000],
            [0.5403, 0.8415]])
    """
    length, emb_dim = vectors.shape[-2:]
    if positions.shape != (length,):
        raise ValueError(
            f"{length} vectors and positions of shape {list(positions.shape)}; give one position"
            " for each vector"
        )
    # (T, 1) / (C/2,) -> (T, C/2), radians
    angle = 2 * torch.pi * positions.double()[:, None] / wavelengths(emb_dim)
    sine, cosine = angle.sin().to(vectors.dtype), angle.cos().to(vectors.dtype)
    across, up = vectors[..., 0::2], vectors[..., 1::2]  # (..., T, C) -> twice (..., T, C/2)
    # (..., T, C/2, 2)
    turned = torch.stack([across * cosine - up * sine, across * sine + up * cosine], dim=-1)
    return turned.flatten(-2)  # (..., T, C/2, 2) -> (..., T, C)


def rotations(positions: Tensor, emb_dim: int, base: float = BASE) -> Tensor:
    """Return the complex number of length 1 that rotates each pair of a vector at each position.

    positions: (T,) int64; base: as in `wavelengths`, larger for a longer context
    Returns: (T, C/2) complex64, C = emb_dim; the angles are computed in 64 bits.
    Raises: ValueError if emb_dim is odd.

    >>> [round(real, 4) for real in rotations(torch.tensor([0, 1]), 2).real[:, 0].tolist()]
    [1.0, 0.5403]
    """
    waves = wavelengths(emb_dim, base).to(positions.device)
    angle = 2 * torch.pi * positions.double()[:, None] / waves  # (T, 1) / (C/2,) -> (T, C/2)
    return torch.polar(torch.ones_like(angle), angle).to(torch.complex64)


def turn(vectors: Tensor, rotations: Tensor) -> Tensor:
    """Rotate as `rotate` does, by one multiplication: each pair (a, b) is read as a + bi.

    vectors: (..., T, C) float32; rotations: (T, C/2) from `rotations`. Returns: (..., T, C).

    >>> x = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    >>> torch.allclose(turn(x, rotations(torch.tensor([7]), 4)), rotate(x, torch.tensor([7])))
    True
    """
    pairs = torch.view_as_complex(
        vectors.view(*vectors.shape[:-1], -1, 2)
    )  # (..., T, C) -> (..., T, C/2)
    return torch.view_as_real(pairs * rotations).flatten(-2)  # (..., T, C/2, 2) -> (..., T, C)
