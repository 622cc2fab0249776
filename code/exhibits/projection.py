"""Word vectors at several steps of training, made small enough for a page: places in three dimensions, neighbours.

Only the direction of a vector counts, as it does for the cosine: each is brought to length 1. The principal axes are
fitted once, on the last step, so that a word moves because training moved it and not because the axes turned.
Neighbours come from the full space, never from the picture.

Source: Pearson 1901 for principal axes, here by eigenvectors of the covariance, exactly.
Left out: t-SNE and UMAP, which keep neighbours better and make distances between groups meaningless.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

AXES = 3
NEIGHBOURS = 10
LOWEST = -25  # hundredths: the smallest cosine that a neighbour is carried with


@dataclass(frozen=True)
class Projection:
    """What a page shows of the vectors of V words at S steps.

    places: (S, V, 3), within [-1, 1], the last step in the middle; nearest: (S, V, K) numbers of words, the closest
    first; cosines: (S, V, K), in hundredths;
    share: of the last step's variance that the first two and three axes show; width: dimensions of the full space
    """

    places: list[list[list[float]]]
    nearest: list[list[list[int]]]
    cosines: list[list[list[int]]]
    share: tuple[float, float]
    width: int


def project(vectors: Sequence[Any]) -> Projection:
    """Find places and neighbours.

    vectors: one (V, C) table per step, nested lists or tensors, all of one shape.

    Raises: ValueError if there is no step, or shapes differ, or a value is not finite.

    >>> seen = project([[[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.0, 0.0, 1.0]]])
    >>> seen.nearest[0][0][0], seen.width
    (1, 3)
    """
    import torch  # dear to import, and the page that has vectors has it already

    tables = [torch.as_tensor(table, dtype=torch.float64).detach().cpu() for table in vectors]
    if not tables:
        raise ValueError("there is no step; give at least one table of vectors")
    shapes = sorted({tuple(table.shape) for table in tables})
    if len(shapes) > 1 or len(shapes[0]) != 2:
        raise ValueError(f"the tables have the shapes {shapes}; give one (words, dimensions) at every step")
    if not all(bool(torch.isfinite(table).all()) for table in tables):
        raise ValueError("a vector is not finite; training has diverged, so lower its learning rate")
    units = [table / table.norm(dim=1, keepdim=True).clamp_min(1e-12) for table in tables]  # (V, C), length 1
    middle = units[-1].mean(dim=0)
    axes, variances = _principal_axes(units[-1] - middle)
    flat = torch.stack([(unit - middle) @ axes for unit in units])  # (S, V, 3)
    flat = torch.nn.functional.pad(flat, (0, AXES - flat.shape[2]))
    flat = flat - (flat[-1].amax(dim=0) + flat[-1].amin(dim=0)) / 2  # the last step fills the field
    flat = flat / flat.abs().max().clamp_min(1e-12)
    near = [_neighbours(unit) for unit in units]
    total = variances.sum().clamp_min(1e-12)
    share = (float(variances[:2].sum() / total), float(variances[:AXES].sum() / total))
    return Projection(
        flat.tolist(), [ids.tolist() for ids, _ in near], [found.tolist() for _, found in near], share, shapes[0][1]
    )


def _principal_axes(centred: Tensor) -> tuple[Tensor, Tensor]:
    """The first axes as columns (C, 3), and all variances, the largest first. Each axis points to its largest entry."""
    import torch

    variances, vectors = torch.linalg.eigh(centred.T @ centred)
    axes = vectors.flip(1)[:, :AXES]
    largest = axes.gather(0, axes.abs().argmax(dim=0, keepdim=True))
    return axes * largest.sign(), variances.flip(0).clamp_min(0)


def _neighbours(unit: Tensor) -> tuple[Tensor, Tensor]:
    """(V, K) ids of the nearest and their cosines in hundredths; of two equally near the first word comes first."""
    import torch

    cosine = unit @ unit.T
    cosine.fill_diagonal_(-2)  # nobody is their own neighbour
    found, ids = cosine.sort(dim=1, descending=True, stable=True)
    count = min(NEIGHBOURS, len(unit) - 1)
    hundredths = (100 * found[:, :count]).round().clamp(LOWEST, 100)
    return ids[:, :count], hundredths.to(torch.int64)


def pack(seen: Projection) -> dict[str, str]:
    """The arrays as base64, laid out so that gzip finds what repeats: byte by byte, rank by rank.

    places: int16, S x 3 x V; near: the low bytes of all ids, then the high bytes, S x K x V; cosines: one byte each,
    hundredths above LOWEST for the first rank, for each further one what it lost.
    """
    coordinates = b"".join(
        round(32767 * place[axis]).to_bytes(2, "little", signed=True)
        for step in seen.places
        for axis in range(AXES)
        for place in step
    )
    ranks = range(len(seen.nearest[0][0]))
    ids = [word[rank] for step in seen.nearest for rank in ranks for word in step]
    lost = [
        word[rank - 1] - word[rank] if rank else word[0] - LOWEST
        for step in seen.cosines
        for rank in ranks
        for word in step
    ]
    planes = bytes(number & 0xFF for number in ids) + bytes(number >> 8 for number in ids)
    arrays = {"places": coordinates, "near": planes, "cosines": bytes(lost)}
    return {name: base64.b64encode(array).decode() for name, array in arrays.items()}
