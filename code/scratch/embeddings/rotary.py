"""Turn a query and a key by an angle that grows with their place: their product then knows only the
distance.

What: the dimensions of a vector go in pairs; each pair is a point of a plane, and at place p it is
turned by p times an angle of its own. Nothing is added and nothing is learned. If both vectors are
turned, the angles of their product subtract: absolute in what is done, relative in what comes of
it. Source: Su et al., RoFormer: Enhanced Transformer with Rotary Position Embedding (2021), section
3.4.2. Left out: stretching the angles for a longer context; the other common order of pairs (first
half with second half).
"""

import torch
from torch import Tensor

from scratch.embeddings.positional import wavelengths


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
