"""Absolute positions: rows of a table against torch's, waves against their formula, and the end of
a context.
"""

import math

import pytest
import torch

from scratch.embeddings.positional import (
    ContextTooLong,
    PositionEmbedding,
    input_embedding,
    position_ids,
    sinusoidal,
    wavelengths,
)


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_places_are_numbered_from_0_up_to_the_last_of_the_context() -> None:
    assert position_ids(4, context_length=4).tolist() == [0, 1, 2, 3]


def test_a_context_too_long_is_refused_with_both_lengths_and_a_remedy() -> None:
    with pytest.raises(
        ContextTooLong, match=r"1,025 tokens; the context has 1,024 positions, so cut the text"
    ) as caught:
        position_ids(1025, context_length=1024)
    assert (caught.value.length, caught.value.context_length) == (1025, 1024)
    assert isinstance(caught.value, ValueError)


def test_a_text_without_tokens_has_no_places() -> None:
    with pytest.raises(ValueError, match="length is 0; a text needs 1 token or more"):
        position_ids(0, context_length=4)


def test_the_table_looks_up_as_torchs_embedding_does_and_gets_its_gradient() -> None:
    table = PositionEmbedding(6, 4, seeded())
    torchs = torch.nn.Embedding(6, 4)
    torchs.weight = torch.nn.Parameter(table.weight.detach().clone())
    positions = torch.tensor([0, 3, 3])
    assert torch.equal(table(positions), torchs(positions))
    (table(positions) ** 2).sum().backward()
    (torchs(positions) ** 2).sum().backward()
    assert torch.equal(table.weight.grad, torchs.weight.grad)


def test_a_place_behind_the_last_row_is_a_context_too_long() -> None:
    """Place 6 is the seventh."""
    with pytest.raises(ContextTooLong, match="7 tokens; the context has 6 positions"):
        PositionEmbedding(6, 4, seeded())(torch.tensor([0, 6]))


def test_a_negative_place_is_no_place_from_the_end() -> None:
    with pytest.raises(ValueError, match="a position is -1; the first is 0"):
        PositionEmbedding(6, 4, seeded())(torch.tensor([2, -1]))


@pytest.mark.parametrize("sizes", [(0, 4), (6, 0)])
def test_a_table_has_at_least_one_row_and_one_column(sizes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a table needs 1 or more"):
        PositionEmbedding(*sizes, seeded())


def test_the_same_generator_draws_the_same_table_and_the_global_one_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    assert torch.equal(
        PositionEmbedding(6, 4, seeded()).weight, PositionEmbedding(6, 4, seeded()).weight
    )
    assert torch.equal(torch.random.get_rng_state(), before)


def test_each_wave_is_as_the_paper_writes_it() -> None:
    """PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i+1) = cos of the same: with plain floats,
    place by place.
    """
    emb_dim = 6
    found = sinusoidal(torch.tensor([0, 1, 7, 500]), emb_dim)
    for row, place in enumerate((0, 1, 7, 500)):
        for pair in range(emb_dim // 2):
            turn = place / 10000 ** (2 * pair / emb_dim)
            # a float32 of 64-bit sines
            assert found[row, 2 * pair].item() == pytest.approx(math.sin(turn), abs=1e-6)
            assert found[row, 2 * pair + 1].item() == pytest.approx(math.cos(turn), abs=1e-6)


def test_a_wave_returns_after_its_wavelength() -> None:
    """The first wave is 2 pi positions long; 710 = 113 * 2 pi + 0.00006, a whole number of turns
    within 0.0001.
    """
    assert wavelengths(4)[0].item() == pytest.approx(2 * math.pi)  # 64 bits
    first, later = sinusoidal(torch.tensor([0, 710]), 4)[:, :2]
    assert torch.allclose(first, later, atol=1e-4)


def test_the_inner_product_of_two_places_knows_their_distance_alone() -> None:
    """sin a sin b + cos a cos b = cos(a - b) in each pair, so p and q give the sum of cos of p - q.
    Eight products of float32 numbers up to 1 are rounded by some 1e-6 together.
    """
    found = sinusoidal(position_ids(40, 40), 8)
    products = found @ found.T
    assert torch.allclose(products[1:, 1:], products[:-1, :-1], atol=1e-4)
    expected = sum(math.cos(5 / 10000 ** (2 * pair / 8)) for pair in range(4))
    assert products[30, 25].item() == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("emb_dim", [0, 1, 7])
def test_waves_come_in_pairs(emb_dim: int) -> None:
    with pytest.raises(ValueError, match=f"emb_dim is {emb_dim}; sines and cosines come in pairs"):
        sinusoidal(torch.tensor([0]), emb_dim)


def test_every_text_of_a_batch_gets_the_same_places() -> None:
    tokens, positions = (
        torch.randn(2, 3, 4, generator=seeded()),
        torch.randn(3, 4, generator=seeded()),
    )
    found = input_embedding(tokens, positions)
    for text in range(2):
        for place in range(3):
            assert torch.equal(found[text, place], tokens[text, place] + positions[place])


@pytest.mark.parametrize("shape", [(1, 4), (3, 1), (4, 4), (2, 3, 4)])
def test_a_sum_of_other_shapes_is_refused_and_not_stretched(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"so look up 3 positions of emb_dim 4"):
        input_embedding(torch.zeros(2, 3, 4), torch.zeros(*shape))


def test_no_places_give_no_vectors() -> None:
    table = PositionEmbedding(4, emb_dim=3, generator=torch.Generator())
    assert table(torch.tensor([], dtype=torch.int64)).shape == (0, 3)
