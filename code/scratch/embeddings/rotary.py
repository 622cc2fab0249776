"""Rotate queries and keys by their positions, so that their products depend on distance alone.

What: the dimensions of a vector go in pairs; each pair is a point of a plane, and at position p it
is turned by p times an angle of its own. Nothing is added and nothing is learned. If both vectors
are turned, the angles of their product subtract: absolute in what is done, relative in what comes
of it. `rotate` does so with sines and cosines; `rotations` and `turn` do the same in one product of
complex numbers, whose angles all layers of a model share. Source: Su et al., RoFormer: Enhanced
Transformer with Rotary Position Embedding (2021), section 3.4.2. Left out: stretching the angles
for a longer context; the other common order of pairs (first half with second half).
"""

import torch
from torch import Tensor

from scratch.embeddings.positional import BASE, wavelengths


def rotate(vectors: Tensor, positions: Tensor) -> Tensor:
    """Rotate the pairs (0, 1), (2, 3), ... of each vector by its position, pair i by wavelength i.

    vectors: (..., T, C), C even; positions: (T,) int64. Returns: the shape and type of vectors.
    Any position has its angle, without a longest context.
    Raises: ValueError if C is odd, or T differs.
    Source: Su et al. 2021, equation 34, with Vaswani et al.'s waves.

    >>> rotate(torch.tensor([[1.0, 0.0]]), torch.tensor([0])).tolist()
    [[1.0, 0.0]]
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
    """Return the complex number of length 1 that turns each pair of a vector at each position.

    positions: (T,) int64; base: of the wavelengths, larger ones for a longer context.
    Returns: (T, C/2) complex64, C = emb_dim; the angles are computed in 64 bits.
    Raises: ValueError if emb_dim is odd.

    >>> [round(real, 4) for real in rotations(torch.tensor([0, 1]), 2).real[:, 0].tolist()]
    [1.0, 0.5403]
    """
    waves = wavelengths(emb_dim, base).to(positions.device)
    angle = 2 * torch.pi * positions.double()[:, None] / waves  # (T, 1) / (C/2,) -> (T, C/2)
    return torch.polar(torch.ones_like(angle), angle).to(torch.complex64)


def turn(vectors: Tensor, rotations: Tensor) -> Tensor:
    """Rotate as `rotate` does, in one product: read each pair (a, b) as a + bi.

    vectors: (..., T, C) float32; rotations: (T, C/2), see `rotations`. Returns: as vectors.

    >>> x = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    >>> torch.allclose(turn(x, rotations(torch.tensor([7]), 4)), rotate(x, torch.tensor([7])))
    True
    """
    pairs = torch.view_as_complex(
        vectors.view(*vectors.shape[:-1], -1, 2)
    )  # (..., T, C) -> (..., T, C/2)
    return torch.view_as_real(pairs * rotations).flatten(-2)  # (..., T, C/2, 2) -> (..., T, C)
