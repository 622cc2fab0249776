"""Tell attention how far apart two tokens are: relative encodings of position.

What: attention computes a score for every token (the query) and every other (the key).
`RelativeTable` learns a vector for each distance up to a limit, and adds its product with the query
to the score; `BucketBias` learns a number for each bucket of distances, and adds that. Source: Shaw
et al., Self-Attention with Relative Position Representations (2018), section 3.2, for the vectors;
Raffel et al., Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer
(2020), section 2.1, for the numbers and the buckets. Left out: Shaw's second table, for the values;
several heads (a BucketBias is for one). Neither kind has a longest context: all distances beyond
its limit are treated alike.
"""

import math

import torch
from torch import Tensor, nn

CLIP = 16  # positions; Shaw et al. found little change from 2 on
BUCKETS = 32  # for both directions together
FAR = 128  # positions: from here on all is one bucket


def distances(length: int) -> Tensor:
    """Return the distance from each query to each key: positive if the key comes after the query.

    Returns: (T, T) int64, T = length; row i, column j is j - i.
    Raises: ValueError if length < 1.

    >>> distances(3).tolist()
    [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]]
    """
    if length < 1:
        raise ValueError(f"length is {length}; a text needs 1 token or more")
    positions = torch.arange(length)
    return positions[None, :] - positions[:, None]  # (1, T) - (T, 1) -> (T, T)


def knows_distance_alone(scores: Tensor) -> bool:
    """Return whether the scores depend only on the distance of query and key.

    scores: (T, T), T at least 2; differences up to a thousandth of the largest score are ignored.

    >>> knows_distance_alone(distances(4)), knows_distance_alone(torch.eye(4) * torch.arange(4))
    (True, False)
    """
    moved = (scores[1:, 1:] - scores[:-1, :-1]).abs().max()  # both positions one further
    return bool(moved <= 1e-3 * scores.abs().max())


class RelativeTable(nn.Module):
    """A table with a learned vector for each distance from -clip to clip.

    Larger distances use the first and the last vector. Weights (2 * clip + 1, C), C = emb_dim: row
    k is for the distance k - clip. They are drawn from a standard normal distribution.
    Raises: ValueError if a size is below 1. Source: Shaw et al. 2018, section 3.2.

    >>> table = RelativeTable(emb_dim=4, clip=2, generator=torch.Generator().manual_seed(0))
    >>> table.bucket_of(torch.tensor([-9, -1, 0, 2, 9])).tolist()
    [0, 1, 2, 4, 4]
    """

    weight: nn.Parameter

    def __init__(self, emb_dim: int, clip: int = CLIP, *, generator: torch.Generator) -> None:
        """Draw the weights from the generator, so the caller's seed decides them."""
        super().__init__()
        for name, size in (("emb_dim", emb_dim), ("clip", clip)):
            if size < 1:
                raise ValueError(f"{name} is {size}; a table of distances needs 1 or more")
        self.clip = clip
        self.weight = nn.Parameter(torch.randn(2 * clip + 1, emb_dim, generator=generator))

    def bucket_of(self, distance: Tensor) -> Tensor:
        """Return the number of the row for each distance: int64 of any shape -> the same shape."""
        return distance.clamp(-self.clip, self.clip) + self.clip

    def forward(self, queries: Tensor) -> Tensor:
        """Multiply each query with the vector of its distance to each key: (T, C) -> (T, T).

        The products are divided by sqrt(C), like the attention scores to which they are added.
        Source: Shaw et al. 2018, equations 4 and 5.
        """
        vectors = self.weight[self.bucket_of(distances(len(queries)))]  # (T, T) -> (T, T, C)
        return torch.einsum("ic,ijc->ij", queries, vectors) / math.sqrt(queries.shape[-1])


def buckets(distance: Tensor, number: int = BUCKETS, far: int = FAR) -> Tensor:
    """Sort distances into buckets: small ones exactly, larger ones on a logarithmic scale.

    The first half of the buckets is for keys at or before the query, the second for keys after it.
    In each half, the first number / 4 buckets hold one distance each; the others widen by equal
    factors up to `far`, and the last also holds all larger distances.

    distance: int64 of any shape, as from `distances`; number: of buckets
    Returns: the same shape, 0 to number - 1.
    Raises: ValueError if number is not a multiple of 4, or far is not above number / 4.
    Source: Raffel et al. 2020, section 2.1, with the split into directions of their encoder.

    >>> buckets(torch.tensor([0, -1, -7, -8, -127, -5000, 1, 5000])).tolist()
    [0, 1, 7, 8, 15, 15, 17, 31]
    """
    if number < 4 or number % 4:
        raise ValueError(f"number is {number}; two directions of near and far need a multiple of 4")
    side, near = number // 2, number // 4  # of one direction; of these, one distance each
    if far <= near:
        raise ValueError(
            f"far is {far}; {near} distances have a bucket each, so give more than {near}"
        )
    length = distance.abs()
    # 0 at near, 1 at far
    growth = torch.log(length.clamp(min=1).double() / near) / math.log(far / near)
    coarse = (near + (growth * (side - near)).floor().long()).clamp(max=side - 1)
    return torch.where(length < near, length, coarse) + side * (distance > 0)


class BucketBias(nn.Module):
    """A table with a learned number for each bucket of distances, added to the attention scores.

    Weights (number,), for one head, drawn from a standard normal distribution.
    Raises: ValueError if number is not a multiple of 4, or far is not above number / 4.
    Source: Raffel et al. 2020, section 2.1.

    >>> BucketBias(generator=torch.Generator().manual_seed(0))(length=3).shape
    torch.Size([3, 3])
    """

    weight: nn.Parameter

    def __init__(
        self, number: int = BUCKETS, far: int = FAR, *, generator: torch.Generator
    ) -> None:
        """Draw the weights from the generator, so the caller's seed decides them."""
        super().__init__()
        self.far = far
        buckets(torch.tensor(0), number, far)  # refuses what makes no buckets
        self.weight = nn.Parameter(torch.randn(number, generator=generator))

    def forward(self, length: int) -> Tensor:
        """Return the number to add for each query and key: (T, T) float32, T = length."""
        return self.weight[buckets(distances(length), len(self.weight), self.far)]
