"""Without positions attention sees a bag: its outputs change places with its inputs. With positions
they do not.
"""

import pytest
import torch
from torch import Tensor

from scratch.embeddings.embedding import Embedding
from scratch.embeddings.positional import (
    PositionEmbedding,
    input_embedding,
    position_ids,
    sinusoidal,
)
from scratch.embeddings.relative import BucketBias
from scratch.embeddings.rotary import rotate

LENGTH, WIDTH = 7, 8
ORDER = torch.tensor([3, 0, 6, 1, 5, 2, 4])  # no token stays where it is


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def attend(inputs: Tensor, bias: Tensor | float = 0.0, turn: bool = False) -> Tensor:
    """Self-attention of one head without a mask: weights drawn from a fixed seed. (T, C) -> (T, C),
    in 64 bits.
    """
    weights = torch.randn(3, WIDTH, WIDTH, generator=seeded(1)).double()
    query, key, value = (inputs.double() @ weights).unbind(0)
    if turn:
        query, key = (rotate(one, torch.arange(len(inputs))) for one in (query, key))
    return (query @ key.T / WIDTH**0.5 + bias).softmax(-1) @ value


def tokens() -> Tensor:
    return Embedding(20, WIDTH, seeded(2))(torch.arange(LENGTH) * 2).detach()


def moved(before: Tensor, after: Tensor) -> float:
    """The largest change of an output, each compared with that of the same token."""
    return (after - before[ORDER]).abs().max().item()


def test_without_positions_a_bag_of_inputs_gives_the_same_set_of_outputs() -> None:
    """A product of matrices commutes with a permutation of rows, and softmax looks at one row.
    Outputs are below 10, so their rounding is some 1e-15.
    """
    inputs = tokens()
    assert moved(attend(inputs), attend(inputs[ORDER])) < 1e-9


@pytest.mark.parametrize("kind", ["learned", "sinusoidal"])
def test_with_positions_added_it_does_not(kind: str) -> None:
    places = position_ids(LENGTH, context_length=16)
    added = (
        PositionEmbedding(16, WIDTH, seeded(3))(places).detach()
        if kind == "learned"
        else sinusoidal(places, WIDTH)
    )
    inputs = tokens()
    before, after = (attend(input_embedding(one, added)) for one in (inputs, inputs[ORDER]))
    assert moved(before, after) > 0.01


def test_with_relative_or_rotary_positions_it_does_not_either() -> None:
    inputs, bias = tokens(), BucketBias(generator=seeded(4))(LENGTH).detach()
    assert moved(attend(inputs, bias), attend(inputs[ORDER], bias)) > 0.01
    assert moved(attend(inputs, turn=True), attend(inputs[ORDER], turn=True)) > 0.01
