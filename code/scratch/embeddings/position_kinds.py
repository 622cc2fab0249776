"""Set five ways to know a position beside each other, by what they make of an attention score.

What: one and the same token is put at every position, so that its scores differ by position alone.
The first two kinds are added to the input (their own products are shown), two act on the score,
the last turns query and key. Source: as in `positional`, `relative` and `rotary`. Left out:
training; whatever has weights has them at random.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from scratch.embeddings import relative
from scratch.embeddings.positional import PositionEmbedding, sinusoidal
from scratch.embeddings.rotary import rotate


@dataclass(frozen=True)
class PositionKind:
    """A kind of position: its scores (T, T), how many weights it learns, whether it is added to
    the input.
    """

    scores: Tensor
    weights: int
    added: bool

    @property
    def distance_alone(self) -> bool:
        """Whether its scores depend on the distance of two positions alone."""
        return relative.knows_distance_alone(self.scores)


def position_kinds(
    token: Tensor, length: int, context_length: int, generator: torch.Generator
) -> dict[str, PositionKind]:
    """Return each kind by name, for one token at positions 0 to length - 1.

    token: (C,), C even. Raises: ValueError if a size is below 1, or C is odd.

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
