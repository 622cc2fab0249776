"""One-hot vectors and the lookup table: derived by hand, and against torch.nn.Embedding as oracle."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rounding import close
from torch.nn.functional import one_hot as torchs_one_hot

from scratch.embeddings.embedding import Embedding, one_hot


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(st.lists(st.integers(0, 6), max_size=20))
def test_one_hot_vectors_are_torchs(ids: list[int]) -> None:
    given_ids = torch.tensor(ids, dtype=torch.int64)
    assert torch.equal(one_hot(given_ids, 7), torchs_one_hot(given_ids, 7).float())


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(0, 1000))
def test_one_hot_times_the_matrix_is_the_row_bit_for_bit(ids: list[int], seed: int) -> None:
    """Every other term is 0 times a finite weight, and a sum with zeros is exact; only the sign of
    a zero may differ.
    """
    table = Embedding(31, 8, seeded(seed))
    given_ids = torch.tensor(ids)
    assert torch.equal(one_hot(given_ids, 31) @ table.weight, table(given_ids))


def test_the_rows_and_the_gradients_are_torchs() -> None:
    mine = Embedding(11, 4, seeded())
    theirs = torch.nn.Embedding.from_pretrained(mine.weight.detach().clone(), freeze=False)
    ids = torch.tensor([[1, 3, 1], [10, 0, 1]])
    (mine(ids) ** 3).sum().backward()
    (theirs(ids) ** 3).sum().backward()
    assert torch.equal(mine(ids), theirs(ids))
    assert mine.weight.grad is not None and theirs.weight.grad is not None
    assert close(mine.weight.grad, theirs.weight.grad)


def test_the_gradient_of_a_row_counts_the_places_that_asked_for_it() -> None:
    """The sum of all outputs grows by 1 for each place that a weight stands in: row 2 twice, row 0
    once, row 1 never.
    """
    table = Embedding(3, 2, seeded())
    table(torch.tensor([2, 0, 2])).sum().backward()
    assert table.weight.grad is not None
    assert table.weight.grad.tolist() == [[1, 1], [0, 0], [2, 2]]


def test_the_table_is_weights_alone() -> None:
    assert [name for name, _ in Embedding(3, 2, seeded()).named_parameters()] == ["weight"]


def test_a_table_keeps_its_own_copy_of_the_weights() -> None:
    weight = torch.zeros(2, 2)
    table = Embedding.of(weight)
    weight.fill_(5)
    assert table(torch.tensor([0, 1])).sum().item() == 0


def test_the_same_seed_draws_the_same_weights() -> None:
    assert torch.equal(Embedding(4, 3, seeded(7)).weight, Embedding(4, 3, seeded(7)).weight)
    assert not torch.equal(Embedding(4, 3, seeded(7)).weight, Embedding(4, 3, seeded(8)).weight)


@pytest.mark.parametrize("wrong", [5, -1])
def test_an_id_outside_the_table_is_named(wrong: int) -> None:
    with pytest.raises(
        ValueError, match=f"id {wrong} is outside 0 to 4; encode with the vocabulary"
    ):
        Embedding(5, 2, seeded())(torch.tensor([0, wrong]))
    with pytest.raises(ValueError, match=f"id {wrong} is outside 0 to 4"):
        one_hot(torch.tensor([wrong]), 5)


def test_ids_that_are_no_integers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"the ids are torch\.float32; give integers"):
        Embedding(5, 2, seeded())(torch.tensor([0.0]))
    with pytest.raises(ValueError, match="give integers"):
        one_hot(torch.tensor([True]), 5)


def test_a_shape_without_rows_or_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="emb_dim is 0; a table needs 1 or more"):
        Embedding(5, 0, seeded())
    with pytest.raises(ValueError, match=r"shape \(3,\); give \(vocab_size, emb_dim\)"):
        Embedding.of(torch.zeros(3))
    with pytest.raises(ValueError, match="vocab_size is 0; a one-hot vector needs 1 or more"):
        one_hot(torch.tensor([], dtype=torch.int64), 0)
