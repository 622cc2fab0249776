"""Turn a query and a key by an angle that grows with their place: their product then knows only the
distance.

What: the dimensions of a vector go in pairs; each pair is a point of a plane, and at place p it is
turned by p times an angle of its own. Nothing is added and nothing is learned. If both vectors are
turned, the angles of their product subtract: absolute in what is done, relative in what comes of
it. `rotate` says so with sines and cosines; `rotations` and `turn` do the same in one product of
complex numbers, whose angles all layers of a model share. Source: Su et al., RoFormer: Enhanced
Transformer with Rotary Position Embedding (2021), section 3.4.2. Left out: stretching the angles for a longer context; the other common order of pairs (first
half with second half).
"""

import torch
from torch import Tensor

from scratch.embeddings.positional import BASE, wavelengths


def rotate(vectors: Tensor, places: Tensor) -> Tensor:
    """Turn the pairs (0, 1), (2, 3), ... of each vector by its place: pair i makes a full turn in
    wavelength i.

    vectors: (..., T, C), C even; places: (T,) int64. Returns: the shape and type of vectors.
    The context has no end here: any place has its angle.
    Raises: ValueError if C is odd, or T differs.
    Source: Su et al. 2021, equation 34, with Vaswani et al.'s waves.

    >>> rotate(torch.tensor([[1.0, 0.0]]), torch.tensor([0])).tolist()
    [[1.0, 0.0]]
    """
    length, emb_dim = vectors.shape[-2:]
    if places.shape != (length,):
        raise ValueError(
            f"{length} vectors and places of shape {list(places.shape)}; give one place for each"
            " vector"
        )
    # (T, 1) / (C/2,) -> (T, C/2), radians
    angle = 2 * torch.pi * places.double()[:, None] / wavelengths(emb_dim)
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

    >>> rotations(torch.tensor([0, 1]), 2).real.round(decimals=4).tolist()
    [[1.0], [0.5403]]
    """
    waves = wavelengths(emb_dim, base).to(positions.device)
    angle = 2 * torch.pi * positions.double()[:, None] / waves  # (T, 1) / (C/2,) -> (T, C/2)
    return torch.polar(torch.ones_like(angle), angle).to(torch.complex64)


def turn(vectors: Tensor, rotations: Tensor) -> Tensor:
    """Do what `rotate` does: read each pair (a, b) as a + bi and multiply.

    vectors: (..., T, C) float32; rotations: (T, C/2), see `rotations`. Returns: as vectors.

    >>> x = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
    >>> torch.allclose(turn(x, rotations(torch.tensor([7]), 4)), rotate(x, torch.tensor([7])))
    True
    """
    pairs = torch.view_as_complex(
        vectors.view(*vectors.shape[:-1], -1, 2)
    )  # (..., T, C) -> (..., T, C/2)
    return torch.view_as_real(pairs * rotations).flatten(-2)  # (..., T, C/2, 2) -> (..., T, C)
