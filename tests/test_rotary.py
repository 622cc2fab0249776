"""Rotary positions: by hand, against complex numbers, and by what they promise.

Angles and turns are computed in 64 bits; torch.allclose allows a 100,000th.
"""

import math

import pytest
import torch

from scratch.embeddings.rotary import rotate


def vectors(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_first_pair_turns_by_one_radian_a_place() -> None:
    """Its wave is 2 pi places long: (1, 0) at place p becomes (cos p, sin p)."""
    found = rotate(torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([1, 3]))
    expected = torch.tensor([[math.cos(1), math.sin(1)], [math.cos(3), math.sin(3)]])
    assert torch.allclose(found, expected)


def test_it_is_a_product_of_complex_numbers() -> None:
    """Pair (a, b) as a + bi, times e^(i p w), w = 10000^(-2i/d): Su et al., equation 34, in torch's
    complex numbers.
    """
    given, places = vectors(2, 5, 8), torch.tensor([0, 1, 2, 9, 400])
    speeds = 10000.0 ** (-torch.arange(0, 8, 2, dtype=torch.float64) / 8)
    angle = places[:, None] * speeds
    turned = torch.view_as_complex(given.reshape(2, 5, 4, 2)) * torch.polar(
        torch.ones_like(angle), angle
    )
    assert torch.allclose(rotate(given, places), torch.view_as_real(turned).flatten(-2))


def test_the_product_of_a_query_and_a_key_knows_their_distance_alone() -> None:
    query, key = vectors(2, 8)
    places = torch.arange(30)
    scores = rotate(query.expand(30, 8), places) @ rotate(key.expand(30, 8), places).T
    assert torch.allclose(scores[1:, 1:], scores[:-1, :-1])
    assert not torch.allclose(scores[0, 1:], scores[0, :-1])  # and it does know it


def test_turning_changes_no_length_and_place_0_nothing_at_all() -> None:
    given = vectors(6, 8)
    assert torch.allclose(rotate(given, torch.arange(6)).norm(dim=-1), given.norm(dim=-1))
    assert torch.equal(rotate(given, torch.arange(6))[0], given[0])


def test_the_type_of_the_vectors_is_kept() -> None:
    assert rotate(vectors(3, 4).float(), torch.arange(3)).dtype == torch.float32


def test_an_odd_width_has_a_dimension_without_a_partner() -> None:
    with pytest.raises(ValueError, match="emb_dim is 5; sines and cosines come in pairs"):
        rotate(vectors(3, 5), torch.arange(3))


@pytest.mark.parametrize("places", [torch.arange(4), torch.arange(1), torch.zeros(3, 1)])
def test_each_vector_has_one_place(places: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="give one position for each vector"):
        rotate(vectors(3, 4), places)
