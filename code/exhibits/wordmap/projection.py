"""Word vectors at several steps of training, as a map needs them: of length 1, and placed in three
dimensions.

Only the direction of a vector counts, as it does for the cosine: each is brought to length 1. The
principal axes are fitted once, on the last step, so that a word moves because training moved it and
not because the axes turned. Neighbours come from the full space, never from the picture.

Source: Pearson 1901 for principal axes, here by eigenvectors of the covariance, exactly.
Left out: t-SNE and UMAP, which keep neighbours better and make distances between groups
meaningless.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

AXES = 3
NEIGHBOURS = 10


@dataclass(frozen=True)
class Projection:
    """What a page shows of the vectors of V words at S steps.

    places: (S, V, 3), within [-1, 1], the last step in the middle
    units: S tables (V, C) of the vectors, each of length 1 (or 0, if it was)
    pairs: S mean cosines of all pairs of two words
    share: of the last step's variance that the first two and three axes show
    """

    places: list[list[list[float]]]
    units: list[Tensor]
    pairs: list[float]
    share: tuple[float, float]

    @property
    def width(self) -> int:
        """Dimensions of the full space, C."""
        return int(self.units[0].shape[1])

    def nearest(self, word: int) -> list[tuple[int, float]]:
        """The closest words at the last step and their cosines; of two equally near the first word
        comes first.
        """
        cosines = self.units[-1] @ self.units[-1][word]
        cosines[word] = -2  # nobody is their own neighbour
        found, numbers = cosines.sort(descending=True, stable=True)
        count = min(NEIGHBOURS, len(cosines) - 1)
        return list(zip(numbers[:count].tolist(), found[:count].tolist(), strict=True))


def project(vectors: Sequence[Any]) -> Projection:
    """Find the places.

    vectors: one (V, C) table per step, nested lists or tensors, all of one shape.

    Raises: ValueError if there is no step, or shapes differ, or a value is not finite.

    >>> seen = project([[[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.0, 0.0, 1.0]]])
    >>> seen.nearest(0)[0][0], seen.width
    (1, 3)
    """
    import torch  # dear to import, and the page that has vectors has it already

    tables = [torch.as_tensor(table, dtype=torch.float64).detach().cpu() for table in vectors]
    if not tables:
        raise ValueError("there is no step; give at least one table of vectors")
    shapes = sorted({tuple(table.shape) for table in tables})
    if len(shapes) > 1 or len(shapes[0]) != 2:
        raise ValueError(
            f"the tables have the shapes {shapes}; give one (words, dimensions) at every step"
        )
    if not all(bool(torch.isfinite(table).all()) for table in tables):
        raise ValueError(
            "a vector is not finite; training has diverged, so lower its learning rate"
        )
    # (V, C), length 1
    units = [table / table.norm(dim=1, keepdim=True).clamp_min(1e-12) for table in tables]
    middle = units[-1].mean(dim=0)
    axes, variances = _principal_axes(units[-1] - middle)
    flat = torch.stack([(unit - middle) @ axes for unit in units])  # (S, V, 3)
    flat = torch.nn.functional.pad(flat, (0, AXES - flat.shape[2]))
    flat = flat - (flat[-1].amax(dim=0) + flat[-1].amin(dim=0)) / 2  # the last step fills the field
    flat = flat / flat.abs().max().clamp_min(1e-12)
    total = variances.sum().clamp_min(1e-12)
    share = (float(variances[:2].sum() / total), float(variances[:AXES].sum() / total))
    return Projection(flat.tolist(), units, [_of_pairs(unit) for unit in units], share)


def _principal_axes(centred: Tensor) -> tuple[Tensor, Tensor]:
    """The first axes as columns (C, 3), and all variances, the largest first. Each axis points to
    its largest entry.
    """
    import torch

    variances, vectors = torch.linalg.eigh(centred.T @ centred)
    axes = vectors.flip(1)[:, :AXES]
    largest = axes.gather(0, axes.abs().argmax(dim=0, keepdim=True))
    return axes * largest.sign(), variances.flip(0).clamp_min(0)


def _of_pairs(unit: Tensor) -> float:
    """The mean cosine of all pairs: the squared length of the sum of all vectors is the sum over
    pairs and selves.
    """
    count = len(unit)
    return float((unit.sum(dim=0).square().sum() - unit.square().sum()) / (count * (count - 1)))
