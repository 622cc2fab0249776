"""Project word vectors at several steps of training to three dimensions, by principal components.

What: each vector is scaled to length 1, since a cosine depends only on directions. The principal
axes are fitted on the last step and used for all steps, so that a word moves only because training
moved it. Neighbours are computed in the full space, not in the picture. Source: Pearson 1901 for
principal axes, here the exact eigenvectors of the covariance. Left out: t-SNE and UMAP, which keep
neighbours better but make distances between groups meaningless.
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
    """The vectors of V words at S steps, projected.

    points: (S, V, 3), within [-1, 1], each axis to a scale of its own that the last step fills; a
        word farther out at an earlier step is drawn at the edge
    units: S tables (V, C) of the vectors, each scaled to length 1 (a vector 0 stays 0)
    pairs: the mean cosine of all pairs of words, at each step
    share: the fraction of the last step's variance in the first two axes, and in all three
    """

    points: list[list[list[float]]]
    units: list[Tensor]
    pairs: list[float]
    share: tuple[float, float]

    @property
    def width(self) -> int:
        """Return C, the dimensions of the full space."""
        return int(self.units[0].shape[1])

    def nearest(self, word: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return the NEIGHBOURS nearest words at the last step, with their cosines, nearest first.

        among: the words that count as neighbours, by default all. Of two equally near ones, the
        first word comes first.
        """
        cosines = self.units[-1] @ self.units[-1][word]
        values, numbers = cosines.sort(descending=True, stable=True)
        counted = set(range(len(cosines)) if among is None else among) - {word}
        near = zip(numbers.tolist(), values.tolist(), strict=True)
        return [(other, cosine) for other, cosine in near if other in counted][:NEIGHBOURS]


def project(vectors: Sequence[Any]) -> Projection:
    """Project the vectors of all steps onto the principal axes of the last one.

    vectors: one table (V, C) per step, nested lists or tensors, all of one shape

    Raises: ValueError if there is no step, shapes differ, or a value is not finite.

    >>> projection = project([[[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.0, 0.0, 1.0]]])
    >>> projection.nearest(0)[0][0], projection.width
    (1, 3)
    """
    import torch  # slow to import, and a page that has vectors has imported it

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
    units = [table / table.norm(dim=1, keepdim=True).clamp_min(1e-12) for table in tables]  # (V, C)
    middle = units[-1].mean(dim=0)
    axes, variances = _principal_axes(units[-1] - middle)
    flat = torch.stack([(unit - middle) @ axes for unit in units])  # (S, V, 3)
    flat = torch.nn.functional.pad(flat, (0, AXES - flat.shape[2]))
    flat = flat - (flat[-1].amax(dim=0) + flat[-1].amin(dim=0)) / 2
    flat = flat / flat[-1].abs().amax(dim=0).clamp_min(1e-12)  # the last step fills the field
    flat = flat.clamp(-1, 1)
    total = variances.sum().clamp_min(1e-12)
    share = (float(variances[:2].sum() / total), float(variances[:AXES].sum() / total))
    return Projection(flat.tolist(), units, [_of_pairs(unit) for unit in units], share)


def _principal_axes(centred: Tensor) -> tuple[Tensor, Tensor]:
    """Return the first axes as columns, (C, 3), and all variances, (C,), the largest first.

    The largest component of each axis is positive.
    """
    import torch

    variances, vectors = torch.linalg.eigh(centred.T @ centred)
    axes = vectors.flip(1)[:, :AXES]
    largest = axes.gather(0, axes.abs().argmax(dim=0, keepdim=True))
    return axes * largest.sign(), variances.flip(0).clamp_min(0)


def _of_pairs(unit: Tensor) -> float:
    """Return the mean cosine of all pairs of vectors of length 1, (V, C)."""
    # the squared length of the sum of all vectors is the sum over all pairs, each with itself too
    count = len(unit)
    return float((unit.sum(dim=0).square().sum() - unit.square().sum()) / (count * (count - 1)))
