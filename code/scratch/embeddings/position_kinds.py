"""Compare five ways to encode positions, by the attention scores that they give.

What: the same token is put at every position, so that scores differ only by position. The first two
kinds are added to the input (their products with each other are taken as scores), two are added to
the score, the last rotates query and key. Source: as in `positional`, `relative` and `rotary`. Left
out: training; learned weights are random.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from scratch.embeddings import relative
from scratch.embeddings.positional import PositionEmbedding, sinusoidal
from scratch.embeddings.rotary import rotate


@dataclass(frozen=True)
class PositionKind:
    """A way to encode positions.

    scores: (T, T), of query (row) and key (column); weights: how many numbers it learns; added:
    whether it is added to the input.
    """

    scores: Tensor
    weights: int
    added: bool

    @property
    def distance_alone(self) -> bool:
        """Return whether the scores depend only on the distance of two positions."""
        return relative.knows_distance_alone(self.scores)


def position_kinds(
    token: Tensor, length: int, context_length: int, generator: torch.Generator
) -> dict[str, PositionKind]:
    """Return each kind by its name, for one token at the positions 0 to length - 1.

    token: (C,), its vector, C even; length: T; context_length: rows of the learned table
    Raises: ValueError if a size is below 1, or C is odd; ContextTooLong if length is more than
    context_length.

    >>> kinds = position_kinds(torch.ones(4), 8, 16, torch.Generator().manual_seed(0))
    >>> [name for name, kind in kinds.items() if not kind.weights]
    ['sines and cosines', 'rotary']
    """
    width, positions = len(token), torch.arange(length)
    everywhere = token.expand(length, width)  # (C,) -> (T, C)
    table = PositionEmbedding(context_length, width, generator)
    learned, waves = table(positions), sinusoidal(positions, width)  # (T, C) each
    by_distance = relative.RelativeTable(width, generator=generator)
    by_bucket = relative.BucketBias(generator=generator)
    turned = rotate(everywhere, positions)
    return {
        "learned table": PositionKind(learned @ learned.T, table.weight.numel(), True),
        "sines and cosines": PositionKind(waves @ waves.T, 0, True),
        "a vector per distance": PositionKind(
            by_distance(everywhere), by_distance.weight.numel(), False
        ),
        "a number per bucket": PositionKind(by_bucket(length), by_bucket.weight.numel(), False),
        "rotary": PositionKind(turned @ turned.T, 0, False),
    }
